//! `dfa.why` while workers are at work.

use crate::{ended, submit};
use dfa_tests::Session;

const NIGHT: &str = "
ai_held: {create: {features: {a: int}}, update: {p: {statement: \"select pg_advisory_xact_lock(1); insert into {ai_schema_name}.ai_held values (1)\"}}}
ai_t: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_t select a from {ai_schema_name}.ai_held'}}}
two: {nodes: [ai_held, ai_t]}
again: {nodes: [ai_held]}
";

#[test]
fn what_runs_what_waits_in_its_task_and_what_is_queued_behind_it_say_so() {
    let mut session = Session::with(NIGHT);
    let mut holder = session.another();
    holder.run("select pg_advisory_lock(1)");
    let first = submit(&mut session, "two", "2021-01-02");
    session.until("select exists (select from dfa.task_step where state = 'PROCESSING')");
    assert_eq!(
        session.rows(&format!(
            "select cause, node, run_date, percent, process_id = '{first}', since <= clock_timestamp() from dfa.why('two')"
        )),
        ["running|ai_held|2021-01-02|0|t|t"]
    );
    assert_eq!(session.value("select cause, percent from dfa.why('ai_held')"), "running|0");
    assert_eq!(session.value("select cause, waits_for from dfa.why('ai_t')"), "queued|ai_held");
    let second = submit(&mut session, "again", "2021-01-03");
    assert_eq!(
        session
            .value("select cause, waits_for, sentence like 'is queued behind task %' from dfa.why('again')"),
        format!("queued|{first}|t")
    );
    session.run("select dfa.pause('worker', 'new disks')");
    assert_eq!(
        session.value("select cause, sentence like 'paused by % new disks' from dfa.why('again')"),
        "paused|t"
    );
    session.run("select dfa.unpause('worker')");
    holder.run("select pg_advisory_unlock(1)");
    for task in [first, second] {
        assert_eq!(ended(&mut session, &task), "0");
    }
    assert_eq!(session.value("select cause from dfa.why('two')"), "unscheduled");
}
