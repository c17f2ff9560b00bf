//! The audit tells what people and rules change, and nothing of what workers write about their own work.

use dfa_tests::Session;

const NIGHT: &str = "
ai_t: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_t values (1)'}}}
ai_broken: {create: {features: {a: int}}, update: {p: {statement: 'select 1 / 0'}}, retries: 1}
ai_slow: {create: {features: {a: int}}, update: {p: {statement: 'select pg_sleep(600)'}}}
good: {id: good, nodes: [ai_t]}
bad: {id: bad, nodes: [ai_broken, ai_t]}
follows: {id: follows, nodes: [ai_t], trigger: good}
slow: {id: slow, nodes: [ai_slow]}
";

const BY_HAND: &str = "select kind, name, action from dfa.audit_entry
    where kind in ('task', 'schedule', 'watermark') order by id";

#[test]
fn what_workers_write_when_a_task_begins_and_ends_is_no_change() {
    let mut session = Session::with(NIGHT);
    session.run("update dfa.task_schedule set started_at = now(); select dfa.submit('data', 'good'), dfa.submit('data', 'bad')");
    let before = session.rows(BY_HAND).len();
    session.until("select not exists (select from dfa.task_process where status = 2)");
    session.run("select * from dfa.tick()");
    session
        .until("select count(*) = 1 from dfa.task_process where process_name_put = 'follows' and status = 0");
    assert_eq!(session.rows(BY_HAND).len(), before, "{:?}", session.rows(BY_HAND));
    // All of them are told as tasks.
    assert_eq!(
        session.rows("select way, name, action from dfa.audit where action = 'run' order by 2"),
        ["sql|bad|run", "trigger|follows|run", "sql|good|run"]
    );
}

#[test]
fn a_cancel_is_told_once_and_its_end_is_not() {
    let mut session = Session::with(NIGHT);
    session.run("select dfa.submit('data', 'slow')");
    session
        .until("select exists (select from dfa.task_step where node = 'ai_slow' and state = 'PROCESSING')");
    session.run("select dfa.cancel(process_id) from dfa.task_process where process_name_put = 'slow'");
    session.until("select not exists (select from dfa.task_process where status = 2)");
    assert_eq!(session.rows(BY_HAND), ["task|slow|cancel"]);
}
