//! Days of rows that a watermark cannot follow, and that it follows with a word.

use super::{ingest, platform, refused};
use crate::session::Session;

#[test]
fn infinity_moves_no_watermark() {
    for (kind, more) in [("date", ""), ("timestamp", ""), ("timestamptz", ""), ("date", ", 'update'")] {
        let mut session = Session::with(&format!(
            "imp_f: {{retention: {{column: day, months: 9}}, create: {{features: {{id: int, day: '{kind}'}}, primary_key: [id]}}}}"
        ));
        session.run("insert into ai.imp_f values (1), (2), (3)");
        let rows = r#"[{"id":1,"day":"infinity"},{"id":2,"day":"2021-02-03"},{"id":3,"day":"-infinity"}]"#;
        assert_eq!(ingest(&mut session, "imp_f", rows, more), "3|0", "{kind}");
        assert_eq!(session.watermark("imp_f"), "2021-02-03|2021-01-01|0", "{kind}");
    }
    let mut session = Session::with(
        "imp_f: {retention: {column: day, months: 9}, create: {features: {id: int, day: date}}}",
    );
    ingest(
        &mut session,
        "imp_f",
        r#"[{"id":1,"day":"infinity"},{"id":2,"day":"2021-02-03"},{"id":3,"day":"-infinity"}]"#,
        "",
    );
    assert_eq!(session.watermark("imp_f"), "2021-02-03|2021-01-01|0", "rows that go in as they are read");
}

#[test]
fn a_day_long_after_the_run_date_is_told_and_updates_go_on() {
    let mut session = platform();
    let message = session.value(
        r#"select message from dfa.ingest('it', '[{"store":1,"day":"9999-12-31"},{"store":2,"day":"2021-02-01"}]', run_date => '2021-02-01')"#,
    );
    assert!(
        message.contains("rows up to 9999-12-31 now, more than a year after the run date 2021-02-01"),
        "{message}"
    );
    let near = session.value(
        r#"select message from dfa.ingest('it', '{"store":1,"day":"2022-01-31"}', run_date => '2021-02-01')"#,
    );
    assert!(!near.contains("Warning"), "{near}");
    assert_eq!(
        ingest(&mut session, "it", r#"{"store":1,"day":"2021-02-01"}"#, ", update_date => now()"),
        "1|0"
    );
}

#[test]
fn a_column_that_says_no_day_is_named_as_what_is_wrong() {
    let mut session = platform();
    session.run(
        "alter table ai.imp_target add time_ns bigint; update dfa.data_pipeline set rtt_column = 'time_ns'",
    );
    let refusal = refused(&mut session, "it", r#"{"store":1,"day":"2021-02-01"}"#, "");
    assert_eq!(refusal.sqlstate, "42804");
    refusal.says(&["time_ns", "bigint", "is no date", "to_timestamp"]);
    session.run("update dfa.data_pipeline set rtt_column = 'to_timestamp(time_ns / 1e9)'");
    assert_eq!(
        ingest(&mut session, "it", r#"{"store":1,"day":"2021-02-01","time_ns":1613606400000000000}"#, ""),
        "1|0"
    );
    assert_eq!(session.value("select data_date - date '2021-02-18' between -1 and 1 from dfa.data_pipeline where table_name = 'imp_target'"), "t");
}

#[test]
fn a_row_that_is_dated_far_ahead_refuses_no_update_date_after_it() {
    let mut session = platform();
    let update = ", update_date => '2021-02-01'";
    assert_eq!(ingest(&mut session, "it", r#"{"store":1,"day":"9999-12-31"}"#, ""), "1|0");
    assert_eq!(ingest(&mut session, "it", r#"{"store":2,"day":"2021-02-01"}"#, update), "1|0");
    let early =
        refused(&mut session, "it", r#"{"store":3,"day":"2021-02-01"}"#, ", update_date => '2020-12-31'");
    early.says(&["update_date", "2020-12-31", "9999-12-31"]);
}
