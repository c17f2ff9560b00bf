//! Names as long as they can be, and names that have to be quoted.

use super::retain;
use crate::session::Session;

/// A table that keeps two months, with a row of each month of 2020.
fn with(name: &str, column: &str, more: &str) -> Session {
    let mut session = Session::with(&format!(
        "{name}:
  create: {{features: {{\"{column}\": 'date not null', n: int}}{more}}}
  update: {{f: {{parameter: [run_date], statement: \"insert into {{ai_schema_name}}.{name} select make_date(2020, m, 15), m from generate_series(1, 12) as m\"}}}}
"
    ));
    session.run(&format!("update dfa.data_pipeline set rtt_value = 2, rtt_column = '{column}'"));
    session
}

#[test]
fn a_column_whose_name_has_to_be_quoted_dates_rows_everywhere() {
    for column in ["saleDate", "end", "or der", "quo\"\"te"] {
        let yaml = column.replace("\"\"", "\\\"");
        let stored = column.replace("\"\"", "\"");
        for more in ["", ", partition_by_range: [KEY]"] {
            let more = more.replace("KEY", &format!("\"{yaml}\""));
            let mut session = Session::with(&format!(
                "ai_mix:
  retention: {{column: \"{yaml}\", months: 2, backup: rows}}
  run: {{table_type: transaction}}
  create: {{features: {{\"{yaml}\": 'date not null', n: int}}{more}}}
  update: {{f: {{statement: 'insert into {{ai_schema_name}}.ai_mix select make_date(2020, m, 15), m from generate_series(1, 12) as m'}}}}
"
            ));
            assert_eq!(session.run_table("ai_mix", "2021-01-02"), ["ai_mix|f|12|0"], "{column}");
            assert!(session.watermark("ai_mix").starts_with("2020-12-15|"), "{column}");
            assert_eq!(retain(&mut session, "'ai_mix', '2020-12-20'"), ["ai_mix|2020-10-01|9|0"], "{column}");
            session.run("insert into dfa.data_parameter (parameter_name, parameter_value) values ('data_retention_mode', 'data_date')");
            assert_eq!(retain(&mut session, "'ai_mix', '2021-12-20'"), ["ai_mix|2020-10-01|0|0"], "{column}");
            assert_eq!(
                session.value("select dfa.restore_backup('ai_mix', '2020-01-01', '2020-02-28')"),
                "2",
                "{column}"
            );
            session.run("update dfa.data_pipeline set table_type = 'master'");
            assert_eq!(retain(&mut session, "'ai_mix', '2021-12-20'"), ["ai_mix|2020-10-01|2|0"], "{column}");
            let quoted = stored.replace('"', "\"\"");
            session.run(&format!("insert into ai.ai_mix values ('2021-03-01', 1); select from dfa.ingest('ai_mix', json_build_object('{stored}', '2021-04-01', 'n', 2)::text::json)"));
            assert_eq!(session.value(&format!("select max(\"{quoted}\") from ai.ai_mix")), "2021-04-01");
            session.run("update dfa.data_pipeline set table_type = 'transaction'; insert into dfa.data_parameter (parameter_name, parameter_value) values ('data_normal_rerun_reset_data', 'Y')");
            session.run("select * from dfa.run_table('ai_mix', '2020-12-01', run_mode => 'rerun')");
            assert_eq!(
                session.value(&format!("select max(\"{quoted}\") from ai.ai_mix")),
                "2020-12-15",
                "a reset finds the column"
            );
        }
    }
}

#[test]
fn the_longest_names_have_their_backups_and_archives() {
    for length in [48, 60, 61, 62, 63] {
        let name = format!("ai_{}", "x".repeat(length - 3));
        for (more, what) in [
            ("", "table"),
            ("", "rows"),
            (", partition_by_range: [day]", "table"),
            (", partition_by_range: [day]", "rows"),
        ] {
            let mut session = with(&name, "day", more);
            session.run_table(&name, "2021-01-02");
            session.load(&format!(
                "{name}:
  version: 2021-02-01
  retention: {{column: day, months: 2, backup: {what}}}
  create: {{features: {{day: 'date not null', n: int}}{more}}}
  update: {{f: {{statement: 'select 1'}}}}
"
            ));
            for (date, rows) in [("2020-10-20", 7), ("2020-12-20", 2)] {
                let said =
                    session.value(&format!("select message from dfa.run_retention('{name}', '{date}')"));
                assert!(said.contains(&format!("({rows} rows before")), "{length} {what} {more}: {said}");
            }
            assert_eq!(
                session.value(&format!("select dfa.restore_backup('{name}') > 0")),
                "t",
                "{length} {what}"
            );
            assert_eq!(
                session.value(&format!("select count(*) from ai.{name}")),
                if what == "rows" { "12" } else { "5" }
            );
        }
    }
}
