//! Dates from the far side: they do not move the cut, and one of them empties no table.

use super::retain;
use crate::session::Session;

const BY_DATA: &str = "insert into dfa.data_parameter (parameter_name, parameter_value) values ('data_retention_mode', 'data_date')";

fn with(datatype: &str, more: &str) -> Session {
    let mut session = Session::with(&format!(
        "imp_r: {{create: {{features: {{id: int, at: '{datatype}'}}{more}}}, retention: {{column: at, months: 2}}}}"
    ));
    session.run("insert into ai.imp_r select m, make_date(2024, m, 15) from generate_series(1, 6) as m");
    session
}

#[test]
fn by_data_date_no_day_after_the_run_date_counts() {
    for datatype in ["date", "timestamp", "timestamptz"] {
        for far in ["2204-05-05", "infinity", "2024-07-16"] {
            let mut session = with(datatype, "");
            session.run(BY_DATA);
            session.run(&format!("insert into ai.imp_r values (99, '{far}')"));
            assert_eq!(
                retain(&mut session, "'imp_r', '2024-07-15'"),
                ["imp_r|2024-04-01|3|0"],
                "{datatype} {far}: from the newest row, of 15 June"
            );
            assert_eq!(session.value("select count(*) from ai.imp_r where id = 99"), "1");
        }
    }
}

#[test]
fn where_all_rows_are_of_days_to_come_none_goes() {
    let mut session = with("date", "");
    session.run(BY_DATA);
    session.run(
        "delete from ai.imp_r; insert into ai.imp_r values (1, '2204-05-05'), (2, 'infinity'), (3, null)",
    );
    assert_eq!(retain(&mut session, "'imp_r', '2024-07-15'"), ["imp_r|2024-05-01|0|0"]);
}

#[test]
fn the_newest_row_of_a_key_is_one_that_has_come() {
    for far in ["infinity", "9999-12-31"] {
        let mut session = Session::with(
            "imp_scd: {create: {features: {id: 'int not null', valid_to: 'date not null'}, primary_key: [id, valid_to]}, retention: {column: valid_to, months: 2}, run: {table_type: master}}",
        );
        session.run(&format!(
            "insert into ai.imp_scd values (1, '2024-05-01'), (1, '{far}'), (1, '2024-01-01'), (2, '2024-06-01'), (3, '{far}'), (4, '2001-01-01')"
        ));
        assert_eq!(retain(&mut session, "'imp_scd', '2024-06-15'"), ["imp_scd|2024-04-01|1|0"]);
        assert_eq!(
            session.rows("select id, min(valid_to) from ai.imp_scd group by id order by id"),
            [
                "1|2024-05-01".to_owned(),
                "2|2024-06-01".to_owned(),
                format!("3|{far}"),
                "4|2001-01-01".to_owned()
            ]
        );
    }
}
