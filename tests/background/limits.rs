//! Named limits: at most so many steps of all that name one run at once, whatever workers there are.

use crate::{ended, submit};
use dfa_tests::Session;

/// Four tables that each wait for a lock that the test holds; three of them read the same system.
fn catalog() -> String {
    let table = |name: &str, keys: &str| {
        format!(
            "{name}: {{create: {{features: {{a: int}}}}, {keys} update: {{p: {{statement: 'insert into {{ai_schema_name}}.{name} select 1 from (select pg_advisory_xact_lock_shared(7)) as held'}}}}}}\n"
        )
    };
    format!(
        "{}{}{}{}by_pipeline: {{nodes: [ai_d], limit: {{other: 1}}}}\n",
        table("ai_a", "limit: {erp: 2},"),
        table("ai_b", "limit: {erp: 2},"),
        table("ai_c", "limits: {erp: 2, more: 9},"),
        table("ai_d", "")
    )
}

#[test]
fn no_more_steps_of_a_limit_run_at_once_than_it_says_and_all_come_to_their_turn() {
    let mut session = Session::with(&catalog());
    session.run("set dfa.max_workers = 4");
    let mut holder = session.another();
    holder.run("select pg_advisory_lock(7)");
    let tasks: Vec<String> =
        ["ai_a", "ai_b", "ai_c", "ai_d"].map(|table| submit(&mut session, table, "2021-01-02")).to_vec();
    session.until("select count(*) = 3 from dfa.task_step where state = 'PROCESSING' and worker in (select pid from dfa.worker)");
    // A worker without a step looks, finds none, and ends: then it is settled.
    session.until("select count(*) = 3 from dfa.worker");
    assert_eq!(
        session.rows("select node from dfa.task_step where state = 'WAITING'"),
        ["ai_c"],
        "two of erp, and the one that names no limit"
    );
    assert_eq!(session.value("select limit_name, most, steps from dfa.limit_use"), "erp|2|2");
    // What waits for its turn says so.
    let held = "select cause, sentence from dfa.open_task where cause = 'limit'";
    assert_eq!(session.value(held), "limit|waits for limit erp: 2 of 2 steps are at work");
    holder.run("select pg_advisory_unlock(7)");
    for task in tasks {
        assert_eq!(ended(&mut session, &task), "0");
    }
}

#[test]
fn a_limit_of_a_pipeline_is_that_of_its_steps_and_other_steps_are_free() {
    let mut session = Session::with(&catalog());
    session.run("set dfa.max_workers = 4");
    session.load("also: {nodes: [ai_a], limit: {other: 1}}");
    let mut holder = session.another();
    holder.run("select pg_advisory_lock(7)");
    let first = submit(&mut session, "by_pipeline", "2021-01-02");
    session.until("select count(*) = 1 from dfa.task_step where state = 'PROCESSING'");
    let second = submit(&mut session, "also", "2021-01-02");
    let free = submit(&mut session, "ai_b", "2021-01-02");
    session.until("select count(*) = 2 from dfa.task_step where state = 'PROCESSING' and worker in (select pid from dfa.worker)");
    assert_eq!(session.rows("select pipeline_name from dfa.task_step where state = 'WAITING'"), ["also"]);
    holder.run("select pg_advisory_unlock(7)");
    for task in [first, second, free] {
        assert_eq!(ended(&mut session, &task), "0");
    }
}
