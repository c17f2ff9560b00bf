//! Pauses of pipelines and workers: what ends, what waits, and what begins when they are over.

use crate::{ended, steps, submit};
use dfa_tests::Session;

const NIGHT: &str = "
ai_held: {create: {features: {a: int}}, update: {p: {statement: \"select pg_advisory_xact_lock(1); insert into {ai_schema_name}.ai_held values (1)\"}}}
ai_t: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_t values (1)'}}}
two: {nodes: [ai_held, ai_t]}
";

fn no_task_left(session: &mut Session) {
    session.until("select not exists (select from dfa.task_process where status = 2)");
}

#[test]
fn a_paused_worker_ends_its_step_and_takes_no_other_until_it_is_let_go() {
    for word in ["worker", "all"] {
        let mut session = Session::with(NIGHT);
        let mut holder = session.another();
        holder.run("select pg_advisory_lock(1)");
        // Of one table: the second waits for the first.
        let task: String =
            session.value("select dfa.submit('data', 'ai_held', array[date '2021-01-02', '2021-01-03'])");
        session.until("select exists (select from dfa.task_step where state = 'PROCESSING')");
        session.run(&format!("select dfa.pause('{word}', 'new disks')"));
        holder.run("select pg_advisory_unlock(1)");
        session.until("select not exists (select from dfa.worker)");
        assert_eq!(
            steps(&mut session, &task),
            ["ai_held|2021-01-02|SUCCESS", "ai_held|2021-01-03|WAITING"],
            "{word}"
        );
        assert_eq!(
            session.value(&format!(
                "select message like 'Waiting: paused by % new disks' from dfa.process_status('{task}')"
            )),
            "t"
        );
        session.run(&format!("select dfa.unpause('{word}')"));
        assert_eq!(ended(&mut session, &task), "0", "{word}");
    }
}

#[test]
fn what_is_submitted_for_paused_workers_waits_and_runs_afterwards_for_each_role() {
    let mut owner = Session::with(NIGHT);
    let login = format!("sleeper_of_{}", owner.value("select current_database()"));
    owner.run(&format!("create role {login} login; grant dfa_operator to {login}"));
    let mut guest = owner.another_as(&login);
    owner.run("select dfa.pause('worker', 'new disks')");
    let (own, theirs) =
        (submit(&mut owner, "ai_t", "2021-01-02"), submit(&mut guest, "ai_held", "2021-01-02"));
    owner.until("select not exists (select from dfa.worker)");
    assert_eq!(owner.value("select count(*) from dfa.task_step where state <> 'WAITING'"), "0");
    owner.run("select dfa.unpause('worker')");
    // Asked for, not waited for: `dfa.wait` would start the worker of its caller.
    no_task_left(&mut owner);
    for task in [own, theirs] {
        assert_eq!(ended(&mut owner, &task), "0");
    }
}

#[test]
fn workers_whose_pause_ends_by_itself_go_on_with_the_next_tick() {
    let mut session = Session::with(NIGHT);
    session.run("select dfa.pause('worker', 'new disks', now() + interval '1 hour')");
    let task = submit(&mut session, "ai_t", "2021-01-02");
    session.until("select not exists (select from dfa.worker)");
    session.run("update dfa.paused set until = clock_timestamp(); select * from dfa.tick()");
    no_task_left(&mut session);
    assert_eq!(ended(&mut session, &task), "0");
}

#[test]
fn slots_of_a_paused_pipeline_follow_its_catch_up_when_it_goes_on() {
    let mut session = Session::with(NIGHT);
    for catch_up in ["none", "last", "all"] {
        session.load(&format!(
            "p_{catch_up}: {{id: {catch_up}, nodes: [ai_t], schedule: \"0 * * * *\", timezone: UTC, catch_up: {catch_up}, overlap: parallel}}"
        ));
        session.run(&format!("select dfa.pause('p_{catch_up}', 'wait')"));
    }
    session.run("update dfa.task_schedule set next_slot = '2021-03-01 01:00+00' where next_slot is not null");
    for hour in 1..5 {
        assert!(session.rows(&format!("select * from dfa.tick('2021-03-01 0{hour}:00+00')")).is_empty());
    }
    session.run("select dfa.unpause(name) from dfa.paused_now");
    session.run("select * from dfa.tick('2021-03-01 04:30+00')");
    assert_eq!(
        session.rows(
            "select pipeline_id, string_agg(to_char(slot at time zone 'UTC', 'HH24'), ' ' order by slot)
             from dfa.schedule_slot where process_id is not null group by 1 order by 1"
        ),
        ["all|01 02 03 04", "last|04"]
    );
    no_task_left(&mut session);
}

#[test]
fn what_a_paused_pipeline_waits_for_is_new_to_it_when_it_goes_on() {
    let mut session = Session::with(NIGHT);
    session.load("reader: {id: r, nodes: [ai_t], trigger: landed}");
    session.run("update dfa.task_schedule set started_at = now(); select dfa.pause('reader', 'wait')");
    assert!(session.rows("select * from dfa.notify_source('landed', '2021-01-05')").is_empty());
    assert!(session.rows("select * from dfa.tick()").is_empty());
    session.run("select dfa.unpause('reader')");
    assert_eq!(session.rows("select pipeline_name, reason from dfa.tick()"), ["reader|trigger landed"]);
    no_task_left(&mut session);
    assert!(session.rows("select * from dfa.tick()").is_empty());
}
