//! Cancel and resume.

use crate::{ended, steps, submit};
use dfa_tests::Session;
use std::time::{Duration, Instant};

const SLOW: &str = "
ai_quick: {create: {features: {a: int}}, update: {p: {statement: \"insert into {ai_schema_name}.ai_quick values (1)\"}}}
ai_slow:
  create: {features: {a: int}}
  update: {p: {parameter: [nap], statement: \"insert into {ai_schema_name}.ai_slow select 1 from {ai_schema_name}.ai_quick limit 1; select pg_sleep({nap})\"}}
ai_after: {create: {features: {a: int}}, update: {p: {statement: \"insert into {ai_schema_name}.ai_after select a from {ai_schema_name}.ai_slow\"}}}
slow: {nodes: [ai_quick, ai_slow, ai_after]}
";

fn slow() -> Session {
    let mut session = Session::with(SLOW);
    session.run("insert into ai.ctr_data_parameter (parameter_name, parameter_type, parameter_value) values ('nap', 'int', '600')");
    session
}

/// A task whose second node sleeps.
fn asleep(session: &mut Session) -> String {
    let id = submit(session, "slow", "2021-01-02");
    session.until("select exists (select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep')");
    id
}

#[test]
fn a_cancel_stops_the_statement_at_once_and_a_resume_does_the_rest() {
    let mut session = slow();
    let id = asleep(&mut session);
    let started = Instant::now();
    assert_eq!(session.value(&format!("select dfa.cancel('{id}')")), "t");
    assert_eq!(ended(&mut session, &id), "1");
    // It would sleep for ten minutes.
    assert!(started.elapsed() < Duration::from_secs(120), "{:?}", started.elapsed());
    assert_eq!(
        steps(&mut session, &id),
        ["ai_quick|2021-01-02|SUCCESS", "ai_slow|2021-01-02|CANCELLED", "ai_after|2021-01-02|CANCELLED"]
    );
    assert_eq!(session.value("select count(*) from ai.ai_slow"), "0");
    assert_eq!(session.watermark("ai_slow"), "2021-01-01|2021-01-01|0");
    assert_eq!(session.value("select tracking from dfa.task_schedule where pipeline_id = 'slow'"), "FAILED");

    session.run("update ai.ctr_data_parameter set parameter_value = '0'");
    assert_eq!(session.value(&format!("select dfa.resume('{id}')")), "2");
    assert_eq!(ended(&mut session, &id), "0");
    assert_eq!(session.rows("select (select count(*) from ai.ai_quick), (select count(*) from ai.ai_slow), (select count(*) from ai.ai_after)"), ["1|1|1"]);
    assert_eq!(session.value("select tracking from dfa.task_schedule where pipeline_id = 'slow'"), "SUCCESS");
}

#[test]
fn a_call_in_the_foreground_can_be_cancelled_too() {
    let mut session = slow();
    let mut caller = session.another();
    let call = std::thread::spawn(move || caller.refused("call dfa.run('slow', '{2021-01-02}')").sqlstate);
    session.until("select exists (select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep')");
    let id =
        session.value("select process_id from dfa.task_process where process_type = 'foreground|pipeline'");
    assert_eq!(session.value(&format!("select dfa.cancel('{id}')")), "t");
    assert_eq!(call.join().expect("the caller"), "57014");
    // Its session lives on: only that it no longer holds the task tells that it gave up.
    session.until(&format!("select status = 1 from dfa.process_status('{id}')"));
    session.run("update ai.ctr_data_parameter set parameter_value = '0'");
    session.run(&format!("select dfa.resume('{id}')"));
    assert_eq!(ended(&mut session, &id), "0");
}

#[test]
fn what_a_session_left_goes_on_in_its_order() {
    let mut session = slow();
    let id = session.value("select dfa.begin_run('slow', '{2021-01-02,2021-01-03}', 'common', null, false)");
    session.run(&format!("select dfa.cancel('{id}')"));
    session.run("update ai.ctr_data_parameter set parameter_value = '0'");
    assert_eq!(session.value(&format!("select dfa.resume('{id}')")), "6");
    assert_eq!(ended(&mut session, &id), "0");
    let side_by_side = format!(
        "select count(*) from dfa.task_step as earlier join dfa.task_step as later using (process_id)
         where process_id = '{id}' and earlier.step_order < later.step_order and later.started_at < earlier.finished_at"
    );
    assert_eq!(session.value(&side_by_side), "0");
    assert_eq!(
        session.value("select count(*) from ai.ai_after"),
        "3",
        "one row of the first date, two of the second"
    );
}

#[test]
fn a_cancel_between_two_transactions_of_a_call_stops_the_step_too() {
    let mut session = slow();
    let id = session.value("select dfa.begin_run('slow', '{2021-01-02}', 'common', null, false)");
    let step = session.value(&format!("select dfa.claim_next_step('{id}')"));
    session.another().run(&format!("select dfa.cancel('{id}')"));
    session.run(&format!("select dfa.run_step('{id}', {step})"));
    assert_eq!(session.value(&format!("select dfa.claim_next_step('{id}') is null")), "t");
    assert_eq!(session.value(&format!("select dfa.finish_run('{id}')")), "1");
    assert_eq!(
        steps(&mut session, &id),
        ["ai_quick|2021-01-02|CANCELLED", "ai_slow|2021-01-02|CANCELLED", "ai_after|2021-01-02|CANCELLED"]
    );
    assert_eq!(session.value("select count(*) from ai.ai_quick"), "0");
}

#[test]
fn what_cannot_be_cancelled_or_resumed_is_refused() {
    let mut session = slow();
    session.run("update ai.ctr_data_parameter set parameter_value = '0'");
    let id = submit(&mut session, "slow", "2021-01-02");
    assert_eq!(ended(&mut session, &id), "0");
    for (call, sqlstate, word) in [
        (format!("select dfa.cancel('{id}')"), "55000", "has ended"),
        (format!("select dfa.resume('{id}')"), "55000", "succeeded"),
        ("select dfa.cancel('nobody')".to_owned(), "DF002", "'nobody'"),
        ("select dfa.resume('nobody')".to_owned(), "DF002", "'nobody'"),
        ("select dfa.wait('nobody')".to_owned(), "DF002", "'nobody'"),
        ("select * from dfa.process_status('nobody')".to_owned(), "DF002", "'nobody'"),
        ("select dfa.cancel(null)".to_owned(), "22004", "process_id is null"),
    ] {
        let refusal = session.refused(&call);
        assert_eq!(refusal.sqlstate, sqlstate, "{call}: {refusal}");
        refusal.says(&[word]);
    }
}

#[test]
fn who_waits_can_be_stopped_and_the_task_goes_on() {
    let mut session = slow();
    let id = asleep(&mut session);
    let refusal = session.refused(&format!("set statement_timeout = '200 ms'; select dfa.wait('{id}')"));
    assert_eq!(refusal.sqlstate, "57014");
    session.run("reset statement_timeout");
    assert_eq!(session.value(&format!("select status from dfa.process_status('{id}')")), "2");
    session.run(&format!("select dfa.cancel('{id}')"));
    ended(&mut session, &id);
}

#[test]
fn a_running_task_cannot_be_resumed() {
    let mut session = slow();
    let id = asleep(&mut session);
    session.refused(&format!("select dfa.resume('{id}')")).says(&["is waiting or running"]);
    assert_eq!(session.value(&format!("select dfa.wait('{id}', '10 ms')")), "2");
    session.run(&format!("select dfa.cancel('{id}')"));
    ended(&mut session, &id);
}

#[test]
fn somebody_elses_cancel_of_the_statement_leaves_the_step_to_be_run() {
    let mut session = slow();
    let id = asleep(&mut session);
    session.run("update ai.ctr_data_parameter set parameter_value = '0'");
    session.run("select pg_cancel_backend(pid) from dfa.worker");
    assert_eq!(ended(&mut session, &id), "0");
    assert_eq!(session.value("select count(*) from ai.ai_slow"), "1");
}
