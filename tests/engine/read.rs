//! Functions that look and change nothing: render, explain, lineage, dependency; and named queries.

mod lineage;
mod queries;

use crate::session::Session;

const DAILY: &str = "
src_s: {create: {features: {day: 'date', a: 'int'}}, initial: {value: \"'2021-01-02', 1\"}}
ai_daily:
  create: {features: {day: 'date', a: 'bigint'}}
  update:
    clear: {parameter: [run_date], statement: \"delete from {ai_schema_name}.ai_daily where day = date '{run_date}'; select 1\"}
    fill:
      parameter: [run_date, data_date, run_mode]
      statement:
        with_w: \"select * from {ai_schema_name}.src_s where day > '{data_date}' and day <= '{run_date}'\"
        with_row_table: \"insert into {ai_schema_name}.ai_daily select day, sum(a) from w group by day\"
";

#[test]
fn render_shows_the_statements_that_a_run_would_send() {
    let mut session = Session::with(DAILY);
    assert_eq!(
        session.rows("select process, statement_order, statement from dfa.render('ai_daily', run_date => '2021-01-02')"),
        [
            "clear|1|delete from ai.ai_daily where day = date '2021-01-02'",
            "clear|2|select 1",
            "fill|1|with w as (\nselect * from ai.src_s where day > '2021-01-01' and day <= '2021-01-02'\n)\ninsert into ai.ai_daily select day, sum(a) from w group by day",
        ]
    );
    assert_eq!(
        session.value("select count(*) from dfa.task_process where process_module = 'framework|data'"),
        "0"
    );
}

#[test]
fn render_of_a_rerun_shows_its_dates() {
    let mut session = Session::with(DAILY);
    session.run("update dfa.data_pipeline set run_type = 'monthly', data_date = '2021-06-30', run_date = '2021-06-30' where table_name = 'ai_daily'");
    assert_eq!(
        session.value("select statement from dfa.render('ai_daily', 'clear', '2021-05-19', 'rerun') where statement_order = 1"),
        "delete from ai.ai_daily where day = date '2021-05-01'"
    );
}

#[test]
fn render_works_before_setup() {
    let mut session = Session::fresh();
    session.load(DAILY);
    assert_eq!(
        session
            .value("select statement from dfa.render('ad', 'clear', '2021-01-02') where statement_order = 1"),
        "delete from ai.ai_daily where day = date '2021-01-02'"
    );
}

#[test]
fn render_names_a_process_or_placeholder_that_is_not_there() {
    let mut session = Session::with(DAILY);
    let refusal = session.refused("select * from dfa.render('ai_daily', 'fil')");
    assert_eq!(refusal.sqlstate, "DF002");
    refusal.says(&["process 'fil'", "'fill'"]);
    session.load("ai_x: {create: {features: {a: 'int'}}, update: {p: {parameter: [nobody], statement: 'select {nobody}'}}}");
    assert_eq!(session.refused("select * from dfa.render('ai_x')").sqlstate, "DF004");
    assert_eq!(session.refused("select * from dfa.render('ai_daily', run_mode => 'x')").sqlstate, "22023");
}

#[test]
fn explain_shows_plans_and_runs_nothing() {
    let mut session = Session::with(DAILY);
    let plans = session.rows("select process, plan from dfa.explain('ai_daily', 'fill', '2021-01-02')");
    assert!(
        plans[0].starts_with("fill|Insert on ai_daily") && !plans[0].contains("actual time"),
        "{plans:?}"
    );
    assert_eq!(session.value("select count(*) from ai.ai_daily"), "0");
}

#[test]
fn explain_that_executes_takes_its_effects_back() {
    let mut session = Session::with(DAILY);
    let plans = session.rows("select plan from dfa.explain('ai_daily', null, '2021-01-02', execute => true)");
    assert_eq!(plans.len(), 3);
    assert!(plans[2].contains("actual time") && plans[2].contains("Seq Scan on src_s"), "{plans:?}");
    assert_eq!(session.value("select count(*) from ai.ai_daily"), "0");
    assert_eq!(session.watermark("ai_daily"), "2021-01-01|2021-01-01|0");
}

#[test]
fn explain_gives_the_error_of_a_statement_that_fails() {
    let mut session = Session::with(DAILY);
    session.run("drop table ai.ai_daily");
    assert_eq!(session.refused("select * from dfa.explain('ai_daily')").sqlstate, "42P01");
}

#[test]
fn explain_passes_over_statements_that_have_no_plan() {
    let mut session = Session::with(
        "ai_t: {create: {features: {a: 'int'}}, update: {p: {statement: 'truncate {ai_schema_name}.ai_t; insert into {ai_schema_name}.ai_t values (1)'}}}",
    );
    let plans = session.rows("select statement_order, plan from dfa.explain('ai_t')");
    assert_eq!(plans.len(), 2, "{plans:?}");
    assert!(plans[1].starts_with("2|Insert on ai_t"), "{plans:?}");
}
