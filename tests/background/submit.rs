//! A submitted run: what it does, in which order, and what goes side by side.

use crate::{ended, steps, submit};
use dfa_tests::Session;

const CHAIN: &str = "
src_s: {create: {features: {day: date, a: int}}}
ai_first:
  create: {features: {day: date, a: bigint}}
  retention: {column: day, months: 0}
  update:
    fill: {parameter: [run_date, data_date], statement: \"insert into {ai_schema_name}.ai_first select day, a from {ai_schema_name}.src_s where day > date '{data_date}' and day <= date '{run_date}'\"}
ai_second:
  create: {features: {day: date, a: bigint}}
  update:
    fill: {parameter: [run_date], statement: \"insert into {ai_schema_name}.ai_second select date '{run_date}', sum(a) from {ai_schema_name}.ai_first\"}
nightly: {nodes: [ai_first, ai_second]}
";

/// Two tables that wait for a lock of the test each, and read nothing of each other.
const HELD: &str = "
ai_left: {create: {features: {a: int}}, update: {p: {statement: \"select pg_advisory_xact_lock(1); insert into {ai_schema_name}.ai_left values (1)\"}}}
ai_right: {create: {features: {a: int}}, update: {p: {statement: \"select pg_advisory_xact_lock(1); insert into {ai_schema_name}.ai_right values (1)\"}}}
ai_both: {create: {features: {a: int}}, update: {p: {statement: \"insert into {ai_schema_name}.ai_both select a from {ai_schema_name}.ai_left union all select a from {ai_schema_name}.ai_right\"}}}
both: {nodes: [ai_left, ai_right, ai_both]}
";

fn chain() -> Session {
    let mut session = Session::with(CHAIN);
    session.run("insert into ai.src_s select date '2021-01-01' + n, n from generate_series(1, 9) as n");
    session
}

#[test]
fn a_submitted_run_does_what_a_call_does() {
    let mut session = chain();
    let id = session.value("select dfa.submit('data', 'nightly', '{2021-01-03,2021-01-02}')");
    assert_eq!(ended(&mut session, &id), "0");
    assert_eq!(session.rows("select a from ai.ai_first order by 1"), ["1", "2"]);
    assert_eq!(session.rows("select day, a from ai.ai_second order by 1"), ["2021-01-02|1", "2021-01-03|3"]);
    assert_eq!(session.watermark("ai_first"), "2021-01-03|2021-01-03|0");
    assert_eq!(
        steps(&mut session, &id),
        [
            "ai_first|2021-01-02|SUCCESS",
            "ai_second|2021-01-02|SUCCESS",
            "ai_first|2021-01-03|SUCCESS",
            "ai_second|2021-01-03|SUCCESS"
        ]
    );
    assert_eq!(
        session.value(&format!(
            "select process_type, status, process_number_put, process_number_get from dfa.task_process where process_id = '{id}'"
        )),
        "background|pipeline|0|4|4"
    );
    assert_eq!(
        session.value("select count(*) from dfa.data_logging where status = 0 and action_type = 'common'"),
        "4"
    );
    assert_eq!(
        session.value("select tracking from dfa.task_schedule where pipeline_id = 'nightly'"),
        "SUCCESS"
    );
}

#[test]
fn nothing_runs_before_the_commit_and_nothing_after_a_rollback() {
    let mut session = chain();
    session.run("begin");
    submit(&mut session, "nightly", "2021-01-02");
    session.run("rollback");
    session.run("begin");
    let id = submit(&mut session, "nightly", "2021-01-03");
    let refusal = session.refused(&format!("select dfa.wait('{id}')"));
    assert_eq!(refusal.sqlstate, "55000");
    session.run("rollback; begin");
    let id = submit(&mut session, "nightly", "2021-01-04");
    session.run("commit");
    assert_eq!(ended(&mut session, &id), "0");
    assert_eq!(session.rows("select distinct run_date from dfa.task_step"), ["2021-01-04"]);
}

#[test]
fn nodes_that_read_nothing_of_each_other_run_side_by_side() {
    let mut session = Session::with(HELD);
    let mut holder = session.another();
    holder.run("select pg_advisory_lock(1)");
    let id = submit(&mut session, "both", "2021-01-02");
    session.until("select count(*) = 2 from pg_stat_activity where datname = current_database() and wait_event = 'advisory'");
    assert_eq!(
        steps(&mut session, &id),
        ["ai_left|2021-01-02|PROCESSING", "ai_right|2021-01-02|PROCESSING", "ai_both|2021-01-02|WAITING"]
    );
    assert_eq!(
        session.value(&format!(
            "select status, percent, steps_finished, steps, node from dfa.process_status('{id}')"
        )),
        "2|0|0|3|ai_left"
    );
    holder.run("select pg_advisory_unlock(1)");
    assert_eq!(ended(&mut session, &id), "0");
    assert_eq!(session.value("select count(*) from ai.ai_both"), "2");
    assert_eq!(session.value(&format!("select status, percent from dfa.process_status('{id}')")), "0|100");
}

#[test]
fn two_tasks_at_the_same_table_run_one_after_the_other() {
    let mut session = Session::with(HELD);
    let mut holder = session.another();
    holder.run("select pg_advisory_lock(1)");
    let first = submit(&mut session, "ai_left", "2021-01-02");
    session.until("select exists (select from dfa.task_step where state = 'PROCESSING')");
    let second = submit(&mut session, "ai_left", "2021-01-03");
    let third = submit(&mut session, "ai_right", "2021-01-03");
    session.until(&format!("select state = 'PROCESSING' from dfa.task_step where process_id = '{third}'"));
    assert_eq!(steps(&mut session, &second), ["ai_left|2021-01-03|WAITING"]);
    holder.run("select pg_advisory_unlock(1)");
    for id in [first, second, third] {
        assert_eq!(ended(&mut session, &id), "0");
    }
}

#[test]
fn less_priority_is_sooner() {
    let mut session = Session::with(HELD);
    let mut holder = session.another();
    holder.run("select pg_advisory_lock(1)");
    let first = submit(&mut session, "ai_left", "2021-01-02");
    session.until("select exists (select from dfa.task_step where state = 'PROCESSING')");
    let late = session
        .value("select dfa.submit('data', 'ai_left', '{2021-01-03}', params => '{\"priority\": 200}')");
    let soon =
        session.value("select dfa.submit('data', 'ai_left', '{2021-01-04}', params => '{\"priority\": 1}')");
    holder.run("select pg_advisory_unlock(1)");
    for id in [&first, &late, &soon] {
        ended(&mut session, id);
    }
    let order =
        session.rows("select process_id from dfa.task_step where state = 'SUCCESS' order by finished_at");
    // The later date ran first, so the earlier one is before the watermark.
    assert_eq!(order, [first, soon]);
    assert_eq!(steps(&mut session, &late), ["ai_left|2021-01-03|FAILED"]);
}

#[test]
fn chosen_processes_and_missing_tables_are_passed_on() {
    let mut session = chain();
    session.run("drop table ai.ai_second");
    let id = session.value("select dfa.submit('data', 'ai_second', '{2021-01-02}', params => '{\"auto_create\": true, \"choose\": [\"fill\"]}')");
    assert_eq!(ended(&mut session, &id), "0");
    assert_eq!(session.value("select count(*) from ai.ai_second"), "1");
}

#[test]
fn wrong_arguments_are_refused_and_leave_no_task() {
    let mut session = chain();
    for (call, sqlstate, word) in [
        ("select dfa.submit('date', 'nightly')", "22023", "data runs a table"),
        ("select dfa.submit('data', 'nightli')", "DF002", "nightly"),
        ("select dfa.submit('data', 'nightly', '{}')", "22023", "at least one date"),
        ("select dfa.submit('data', 'nightly', '{null}')", "22004", "null"),
        ("select dfa.submit('data', 'nightly', run_mode => 'x')", "22023", "common or rerun"),
        ("select dfa.submit('data', 'nightly', params => '{\"chose\": 1}')", "22023", "choose"),
        ("select dfa.submit('data', 'nightly', params => '{\"choose\": [\"x\"]}')", "22023", "fill"),
        ("select dfa.submit('data', 'nightly', params => '[]')", "22023", "object"),
    ] {
        let refusal = session.refused(call);
        assert_eq!(refusal.sqlstate, sqlstate, "{call}: {refusal}");
        refusal.says(&[word]);
    }
    assert_eq!(session.value("select count(*) from dfa.task_step"), "0");
}

#[test]
fn setup_and_retention_run_in_the_background_too() {
    let mut session = Session::fresh();
    session.load(CHAIN);
    let id = session
        .value("select dfa.submit('setup', null, '{2021-01-01}', params => '{\"initial_data\": \"Y\"}')");
    assert_eq!(ended(&mut session, &id), "0");
    assert_eq!(session.watermark("ai_first"), "2021-01-01|2021-01-01|0");
    session.run(
        "insert into ai.ai_first values ('2020-01-01', 1), ('2021-01-01', 2);
                 update ai.ctr_data_pipeline set rtt_value = 3 where table_name = 'ai_first'",
    );
    let id = session.value(
        "select dfa.submit('retention', 'ai_first', '{2021-01-31}', params => '{\"backup_table\": \"Y\", \"backup_schema\": \"Y\"}')",
    );
    assert_eq!(ended(&mut session, &id), "0");
    assert_eq!(session.rows("select a from ai.ai_first"), ["2"]);
    assert_eq!(session.value("select count(*) from ai_bk.ai_first_bk"), "2");
    assert_eq!(
        session.value(&format!("select process_module, process_type, message <> '' from dfa.process_status('{id}') join dfa.task_process using (process_id)")),
        "framework|retention|background|table|t"
    );
    assert_eq!(
        session.rows("select process_module, process_type from dfa.task_process order by process_id"),
        ["framework|setup|background|all", "framework|retention|background|table"],
        "one task each"
    );
    assert_eq!(
        session.rows(&format!(
            "select action_type, row_record from dfa.data_logging where process_id = '{id}' order by id"
        )),
        ["backup|2", "retention|1"]
    );
    let refusal = session.refused("select dfa.submit('setup', null, params => '{\"choose\": []}')");
    refusal.says(&["choose", "initial_data"]);
    session.refused("select dfa.submit('retention', 'ai_frst')").says(&["'ai_first'"]);
}

#[test]
fn a_setup_that_fails_in_part_says_which_and_keeps_the_rest() {
    let mut session = Session::fresh();
    session
        .load("src_good: {create: {features: {a: int}}}\nsrc_bad: {create: {features: {a: no_such_type}}}");
    let id = session.value("select dfa.submit('setup', null, '{2021-01-01}')");
    assert_eq!(ended(&mut session, &id), "1");
    assert_eq!(session.value("select to_regclass('ai.src_good') is not null"), "t");
    assert_eq!(
        session
            .value(&format!("select message like '%src_bad%no_such_type%' from dfa.process_status('{id}')")),
        "t"
    );
}

#[test]
fn every_change_of_state_is_told() {
    let mut session = chain();
    let mut listener = session.another();
    listener.run("listen dfa_event");
    let id = submit(&mut session, "nightly", "2021-01-02");
    ended(&mut session, &id);
    listener.run("select 1");
    let mut told = Vec::new();
    let mut notifications = listener.client.notifications();
    let mut pending = notifications.timeout_iter(dfa_tests::DEADLINE);
    use postgres::fallible_iterator::FallibleIterator;
    while told.len() < 4 {
        let Some(notification) = pending.next().expect("a connection") else { break };
        let event: serde_json::Value = serde_json::from_str(notification.payload()).expect("JSON");
        told.push(format!(
            "{} {} {}",
            event["event"].as_str().unwrap_or(""),
            event["node"].as_str().unwrap_or(""),
            event["state"].as_str().unwrap_or("")
        ));
    }
    assert_eq!(told, ["task  SUBMITTED", "step ai_first SUCCESS", "step ai_second SUCCESS", "task  SUCCESS"]);
}

#[test]
fn workers_work_in_the_data_schema_of_the_database() {
    let mut session = Session::fresh();
    session.run("set dfa.ai_schema = 'qa'");
    session.load("ai_t: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_t values (1)'}}}");
    session.set_up();
    let run = session.value("select dfa.submit('data', 'ai_t', array[date '2021-02-01'])");
    assert_eq!(ended(&mut session, &run), "0");
    assert_eq!(session.value("select count(*) from qa.ai_t"), "1");
    let setup =
        session.value("select dfa.submit('setup', 'ai_t', params => '{\"drop_before_create\": \"Y\"}')");
    assert_eq!(ended(&mut session, &setup), "0");
    assert_eq!(session.value("select count(*) from qa.ai_t"), "0");
    assert_eq!(session.value("select to_regnamespace('ai') is null"), "t");
}

#[test]
fn ingests_of_several_parts_with_the_same_keys_in_other_orders_all_end() {
    let mut session = Session::with("imp_k: {create: {features: {a: int, v: int}, primary_key: [a]}}");
    let part = |from: u32| {
        let rows: Vec<String> = (from..from + 200).map(|a| format!(r#"{{"a":{a},"v":{from}}}"#)).collect();
        format!("[{}]", rows.join(","))
    };
    let mut holder = session.another();
    holder.run("begin; lock table ai.imp_k");
    let ids: Vec<String> = (0..4)
        .map(|n| {
            let id = session.value("select dfa.ingest_begin('imp_k', background => true)");
            for number in 0..4 {
                let from = if n % 2 == 0 { number } else { 3 - number } * 200;
                session.run(&format!("select dfa.ingest_chunk('{id}', {number}, '{}')", part(from)));
            }
            session.run(&format!("select * from dfa.ingest_end('{id}')"));
            id
        })
        .collect();
    holder.run("commit");
    for id in ids {
        assert_eq!(ended(&mut session, &id), "0");
    }
    assert_eq!(session.value("select count(*) from ai.imp_k"), "800");
}

#[test]
fn a_task_whose_pipeline_is_held_by_others_is_summed_up_when_it_is_free() {
    let mut session = Session::with(HELD);
    let name = session.database.quoted_name();
    session.run(&format!("alter database {name} set dfa.lock_timeout = '100ms'"));
    let mut steps = session.another();
    steps.run("set dfa.lock_timeout = '1h'; begin; lock table ai.ai_both in share mode; select pg_advisory_xact_lock(1)");
    let id = submit(&mut session, "both", "2021-01-02");
    let mut holder = session.another();
    holder.run("begin; update ai.ctr_task_schedule set active_flg = active_flg");
    steps.run("commit");
    session.until(&format!(
        "select not exists (select from dfa.task_step where process_id = '{id}' and state <> 'SUCCESS')"
    ));
    assert_eq!(session.value(&format!("select status from dfa.task_process where process_id = '{id}'")), "2");
    holder.run("commit");
    assert_eq!(ended(&mut session, &id), "0");
    assert_eq!(
        session.value("select tracking from dfa.task_schedule where pipeline_name = 'both'"),
        "SUCCESS"
    );
}
