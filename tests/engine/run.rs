//! `dfa.run_table`, `dfa.run_pipeline` and `CALL dfa.run` when all goes well, and arguments that they refuse.

mod changed;
mod far;
mod leftover;
mod parameters;
mod processes;
mod rerun;
mod trial;
mod watermark;

use crate::session::Session;

/// Sales land in `src_sale`; `ai_total` sums a day up, `ai_report` counts the days.
pub const SALES: &str = "
src_sale: {create: {features: {day: 'date', amount: 'int'}}}
ai_total:
  create: {features: {day: 'date not null', amount: 'bigint'}, primary_key: [day]}
  update:
    fill:
      parameter: [run_date, data_date]
      statement: >-
        insert into {ai_schema_name}.ai_total
        select day, sum(amount) from {ai_schema_name}.src_sale where day > date '{data_date}' and day <= date '{run_date}' group by day
        on conflict (day) do update set amount = excluded.amount
  retention: {column: day, months: 0}
  run: {quota: 1}
ai_report:
  create: {features: {days: 'bigint'}}
  update:
    clear: {statement: 'delete from {ai_schema_name}.ai_report'}
    fill: {statement: 'insert into {ai_schema_name}.ai_report select count(*) from {ai_schema_name}.ai_total'}
nightly: {id: n, nodes: [ai_total, ai_report], alert: [landed]}
";

/// [`SALES`] with a sale of 1 on 2021-01-01, of 2 on the next day, and so on to the 5th.
pub fn sales() -> Session {
    let mut session = Session::with(SALES);
    session.run("insert into ai.src_sale select date '2020-12-31' + n, n from generate_series(1, 5) as n");
    session
}

#[test]
fn a_run_gives_a_row_for_each_process() {
    let mut session = sales();
    assert_eq!(
        session.rows("select node, process, rows, status, message, duration >= '0' from dfa.run_table('ai_report', '2021-01-02')"),
        [
            "ai_report|clear|0|0|Success: Running 'ai_report' in common mode with logging value (0 rows, 0 sec)|t",
            "ai_report|fill|1|0|Success: Running 'ai_report' in common mode with logging value (1 row, 0 sec)|t",
        ]
    );
}

#[test]
fn a_run_is_logged_with_its_watermark_rows_and_task() {
    let mut session = sales();
    session.run_table("ai_total", "2021-01-03");
    assert_eq!(
        session.rows(
            "select table_name, data_date, log.run_date, row_record, action_type, log.status, task.status, task.process_type, state, step.rows
             from dfa.data_logging as log join dfa.task_process as task using (process_id) join dfa.task_step as step on step.id = step_id"
        ),
        ["ai_total|2021-01-03|2021-01-03|2|common|0|0|foreground|table|SUCCESS|2"]
    );
}

#[test]
fn a_pipeline_runs_its_nodes_in_order_and_is_tracked() {
    let mut session = sales();
    session.run("update dfa.task_schedule set tracking = 'FAILED', update_date = '2000-01-01'");
    assert_eq!(
        session.rows("select node, process, rows from dfa.run_pipeline('nightly', '2021-01-05')"),
        ["ai_total|fill|4", "ai_report|clear|0", "ai_report|fill|1"]
    );
    assert_eq!(session.rows("select days from ai.ai_report"), ["4"]);
    assert_eq!(
        session.rows("select pipeline_id, tracking, update_date > now() - interval '1 hour' from dfa.task_schedule order by 1"),
        ["landed|SUCCESS|t", "n|SUCCESS|t"]
    );
}

#[test]
fn a_pipeline_is_found_by_id_and_a_table_by_short_name_or_type() {
    let mut session = sales();
    assert_eq!(
        session.rows("select distinct node from dfa.run_pipeline('n', '2021-01-02') order by 1"),
        ["ai_report", "ai_total"]
    );
    assert_eq!(session.rows("select distinct node from dfa.run_table('at', '2021-01-03')"), ["ai_total"]);
    assert_eq!(
        session.rows("select distinct node from dfa.run_table('sql:ai_total', '2021-01-04')"),
        ["ai_total"]
    );
}

#[test]
fn a_call_runs_each_date_in_order_and_says_how_it_ended() {
    let mut session = sales();
    assert_eq!(
        session.value("call dfa.run('nightly', array['2021-01-03', '2021-01-02']::date[])").split('|').nth(1),
        Some("0")
    );
    assert_eq!(
        session.value("select process_number_put, process_number_get, run_date_put, run_date_get, status from dfa.task_process where process_module = 'framework|data'"),
        "4|4|2021-01-03,2021-01-02|2021-01-02,2021-01-03|0"
    );
    assert_eq!(
        session.rows("select step_order, node, run_date, rows from dfa.task_step order by 1"),
        [
            "1|ai_total|2021-01-02|1",
            "2|ai_report|2021-01-02|1",
            "3|ai_total|2021-01-03|1",
            "4|ai_report|2021-01-03|2"
        ]
    );
    let message =
        session.value("select process_message from dfa.task_process where process_module = 'framework|data'");
    assert!(message.starts_with("[ run_date: 2021-01-02 ]\nSuccess: Running 'ai_total'"), "{message}");
}

#[test]
fn a_call_without_dates_runs_today() {
    let mut session = sales();
    session.run("call dfa.run('ai_report')");
    assert_eq!(session.value("select run_date = current_date from dfa.task_step"), "t");
}

#[test]
fn names_that_nobody_loaded_are_refused_with_a_suggestion() {
    for (call, near) in [
        ("select * from dfa.run_table('ai_totel')", "'ai_total'"),
        ("select * from dfa.run_pipeline('nihgtly')", "'nightly'"),
        ("call dfa.run('ai_totel')", "'ai_total'"),
    ] {
        let refusal = sales().refused(call);
        assert_eq!(refusal.sqlstate, "DF002", "{refusal}");
        refusal.says(&["is not known", near]);
    }
}

#[test]
fn a_short_name_of_two_tables_is_refused_with_both() {
    let mut session = sales();
    session.load("src_sold: {create: {features: {a: 'int'}}}");
    let refusal = session.refused("select * from dfa.run_table('ss')");
    assert_eq!(refusal.sqlstate, "DF002");
    refusal.says(&["src_sale", "src_sold", "full name"]);
}

#[test]
fn wrong_arguments_are_refused_and_leave_no_task() {
    let mut session = sales();
    for (call, sqlstate, word) in [
        ("select * from dfa.run_table('ai_total', run_mode => 'again')", "22023", "common or rerun"),
        ("select * from dfa.run_pipeline('nightly', run_mode => '')", "22023", "common or rerun"),
        ("select * from dfa.run_table('ai_total', 'infinity')", "22023", "run_date"),
        ("select * from dfa.run_table('ai_total', choose => '{filll}')", "22023", "fill"),
        ("select * from dfa.run_table('ai_total', choose => '{fill,!fill}')", "22023", "choose"),
        ("select * from dfa.run_table(null)", "22004", "name is null"),
        ("select * from dfa.run_table('ai_total', null)", "22004", "run_date is null"),
        ("select * from dfa.run_pipeline('nightly', run_mode => null)", "22004", "run_mode is null"),
        ("call dfa.run('nightly', '{}')", "22023", "at least one date"),
        ("call dfa.run('nightly', '{2021-01-01,null}')", "22004", "run_dates"),
        ("call dfa.run(null)", "22004", "name is null"),
        ("call dfa.run('nightly', run_mode => 'x')", "22023", "common or rerun"),
    ] {
        let refusal = session.refused(call);
        assert_eq!(refusal.sqlstate, sqlstate, "{call}: {refusal}");
        refusal.says(&[word]);
        assert!(!refusal.hint.is_empty(), "{call}: no hint: {refusal}");
        assert!(!refusal.detail.contains("pgrx"), "{call}: a backtrace: {refusal}");
    }
    assert_eq!(session.value("select count(*) from dfa.task_process where process_type like 'foreground%' and process_module like '%data'"), "0");
}

#[test]
fn a_call_inside_a_transaction_says_why_it_cannot_commit() {
    let refusal = sales().refused("begin; call dfa.run('nightly')");
    assert_eq!(refusal.sqlstate, "2D000");
}

#[test]
fn a_missing_table_is_made_if_the_caller_says_so() {
    let mut session = Session::fresh();
    session.load(SALES);
    session.run("select * from dfa.setup('src_sale')");
    assert_eq!(
        session.rows("select process, rows, status from dfa.run_table('ai_report', auto_create => true)"),
        ["fill|0|1"],
        "the table that it reads is missing, too"
    );
    assert_eq!(session.value("select to_regclass('ai.ai_report') is null"), "t");
    assert_eq!(
        session.rows("select node, process, rows, status from dfa.run_pipeline('nightly', '2021-01-02', auto_create => true)"),
        ["ai_total|fill|0|0", "ai_report|clear|0|0", "ai_report|fill|1|0"]
    );
    assert_eq!(session.watermark("ai_total"), "2021-01-02|2021-01-02|0");
}

#[test]
fn a_dropped_table_fails_with_a_hint() {
    let mut session = sales();
    session.run("drop table ai.ai_total");
    let row = session.value("select status, message from dfa.run_table('ai_total')");
    assert_eq!(row, "1|Error: table 'ai.ai_total' does not exist");
    let error = session.value("select error ->> 'sqlstate', error ->> 'hint' from dfa.task_step");
    assert!(
        error.starts_with("42P01|")
            && error.contains("dfa.setup('ai_total')")
            && error.contains("auto_create"),
        "{error}"
    );
}

#[test]
fn a_deleted_watermark_fails_with_a_hint() {
    let mut session = sales();
    session.run("delete from dfa.data_pipeline where table_name = 'ai_total'; select * from dfa.run_table('ai_total')");
    let error = session.value("select error ->> 'sqlstate', error ->> 'hint' from dfa.task_step");
    assert!(error.starts_with("DF002|") && error.contains("dfa.setup('ai_total')"), "{error}");
}

#[test]
fn a_watermark_that_is_switched_off_is_not_run() {
    let mut session = sales();
    session.run("update ai.ctr_data_pipeline set active_flg = 'N' where table_name = 'ai_total'");
    let row = session.value("select status, message from dfa.run_table('ai_total')");
    assert!(row.starts_with("1|Error: table 'ai_total' is switched off"), "{row}");
    assert_eq!(session.value("select count(*) from ai.ai_total"), "0");
}

#[test]
fn views_and_functions_that_a_statement_needs_are_made_when_they_are_missing() {
    let mut session = Session::fresh();
    session.load(
        "func:fn_one: {create: 'create function {ai_schema_name}.fn_one() returns int language sql as $$ select 1 $$'}
view:vw_one: {create: 'create view {ai_schema_name}.vw_one as select {ai_schema_name}.fn_one() as a'}
ai_t:
  create: {features: {a: 'int'}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_t select a + {ai_schema_name}.fn_one() from {ai_schema_name}.vw_one'}}
",
    );
    session.run("select * from dfa.setup('ai_t')");
    assert_eq!(session.run_table("ai_t", "2030-01-01"), ["ai_t|fill|1|0"]);
    assert_eq!(session.rows("select a from ai.ai_t"), ["2"]);
}
