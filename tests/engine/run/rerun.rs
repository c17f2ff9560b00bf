//! Reruns: which dates their statements see, and what they leave alone.

use super::sales;
use crate::session::Session;

/// A table that writes down the dates of its runs.
fn witness(run_type: &str) -> Session {
    let mut session = Session::with(&format!(
        "
ai_seen:
  create: {{features: {{run_date: 'date', data_date: 'date', mode: 'text'}}}}
  run: {{type: {run_type}, table_type: transaction}}
  update:
    see:
      parameter: [run_date, data_date, run_mode]
      statement: \"insert into {{ai_schema_name}}.ai_seen values ('{{run_date}}', '{{data_date}}', '{{run_mode}}')\"
"
    ));
    session.run("update dfa.data_pipeline set run_date = '2021-06-30', data_date = '2021-06-30'");
    session
}

fn rerun(session: &mut Session, run_date: &str) {
    assert_eq!(
        session.rows(&format!("select status from dfa.run_table('ai_seen', '{run_date}', 'rerun')")),
        ["0"]
    );
}

fn parameter(session: &mut Session, name: &str, kind: &str, value: &str) {
    session.run(&format!("insert into ai.ctr_data_parameter (parameter_name, parameter_type, parameter_value) values ('{name}', '{kind}', '{value}')"));
}

#[test]
fn a_rerun_before_the_data_date_takes_the_floor_of_its_interval_and_one_interval_before() {
    // 2021-05-19 is a Wednesday.
    for (run_type, dates) in [
        ("daily", "2021-05-19|2021-05-18|rerun"),
        ("weekly", "2021-05-17|2021-05-10|rerun"),
        ("monthly", "2021-05-01|2021-04-01|rerun"),
        ("yearly", "2021-01-01|2020-01-01|rerun"),
    ] {
        let mut session = witness(run_type);
        rerun(&mut session, "2021-05-19");
        assert_eq!(session.rows("select * from ai.ai_seen"), [dates], "{run_type}");
    }
}

#[test]
fn the_sla_parameter_of_the_run_type_reaches_further_back() {
    for (run_type, unit, dates) in [
        ("daily", "day", "2021-05-19|2021-05-16"),
        ("weekly", "week", "2021-05-17|2021-04-26"),
        ("monthly", "month", "2021-05-01|2021-02-01"),
        ("yearly", "year", "2021-01-01|2018-01-01"),
    ] {
        let mut session = witness(run_type);
        parameter(&mut session, &format!("date_range_sla_{unit}"), "int", "2");
        rerun(&mut session, "2021-05-19");
        assert_eq!(session.rows("select run_date, data_date from ai.ai_seen"), [dates], "{run_type}");
    }
}

#[test]
fn resetting_the_sla_takes_none() {
    let mut session = witness("monthly");
    parameter(&mut session, "date_range_sla_month", "int", "2");
    parameter(&mut session, "data_normal_rerun_reset_sla", "str", "Y");
    rerun(&mut session, "2021-05-19");
    assert_eq!(session.rows("select data_date from ai.ai_seen"), ["2021-04-01"]);
    session.run("update ai.ctr_data_parameter set active_flg = 'N' where parameter_name = 'data_normal_rerun_reset_sla'");
    rerun(&mut session, "2021-05-19");
    assert_eq!(session.rows("select data_date from ai.ai_seen order by 1"), ["2021-02-01", "2021-04-01"]);
}

#[test]
fn a_rerun_from_the_data_date_on_uses_the_dates_as_they_are() {
    let mut session = witness("monthly");
    rerun(&mut session, "2021-06-30");
    rerun(&mut session, "2021-07-15");
    assert_eq!(
        session.rows("select run_date, data_date from ai.ai_seen order by 1"),
        ["2021-06-30|2021-06-30", "2021-07-15|2021-06-30"]
    );
}

#[test]
fn a_rerun_moves_the_data_date_alone() {
    let mut session = sales();
    session.run_table("ai_total", "2021-01-05");
    session.run("insert into ai.src_sale values ('2021-01-03', 30), ('2021-01-09', 9)");
    session.run("delete from ai.ai_total where day = '2021-01-05'");
    assert_eq!(
        session.rows("select rows, status from dfa.run_table('ai_total', '2021-01-03', 'rerun')"),
        ["1|0"]
    );
    assert_eq!(session.value("select amount from ai.ai_total where day = '2021-01-03'"), "33");
    assert_eq!(session.watermark("ai_total"), "2021-01-04|2021-01-05|0");
}

#[test]
fn a_rerun_asks_for_no_quota() {
    let mut session = sales();
    session.run("update dfa.data_pipeline set rtt_column = null");
    for _ in 0..3 {
        session.run_table("ai_total", "2021-01-05");
    }
    assert_eq!(
        session.rows("select rows, status from dfa.run_table('ai_total', '2021-01-05', 'RERUN')"),
        ["4|0"]
    );
    assert_eq!(session.watermark("ai_total"), "2021-01-01|2021-01-05|1");
}

#[test]
fn resetting_the_data_deletes_the_rows_of_a_transaction_table_from_the_run_date_on() {
    let mut session = sales();
    session.run_table("ai_total", "2021-01-05");
    parameter(&mut session, "data_normal_rerun_reset_data", "str", "Y");
    session.run("insert into ai.ai_total values ('2021-01-04', 0), ('2021-01-20', 1) on conflict do nothing");
    session.run("update ai.ctr_data_pipeline set table_type = 'transaction' where table_name = 'ai_total'");
    session.run("select * from dfa.run_table('ai_total', '2021-01-04', 'rerun')");
    assert_eq!(
        session.rows("select * from ai.ai_total order by day"),
        ["2021-01-02|2", "2021-01-03|3", "2021-01-04|4"]
    );
}

#[test]
fn other_tables_keep_their_rows_whatever_the_parameter() {
    let mut session = sales();
    session.run_table("ai_total", "2021-01-05");
    parameter(&mut session, "data_normal_rerun_reset_data", "str", "Y");
    session.run("select * from dfa.run_table('ai_total', '2021-01-04', 'rerun')");
    assert_eq!(session.value("select count(*) from ai.ai_total"), "4");
}

#[test]
fn a_rerun_is_logged_as_one() {
    let mut session = sales();
    session.run("select * from dfa.run_table('ai_total', '2021-01-04', 'rerun')");
    assert_eq!(
        session.value("select action_type, run_date, status from dfa.data_logging"),
        "rerun|2021-01-04|0"
    );
}
