//! Workers come and go: no slot left, nothing to do, the database or the extension goes.

use crate::{ended, submit};
use dfa_tests::{own_memory, Cluster, Session};

const HELD: &str = "
ai_held: {create: {features: {a: int}}, update: {p: {statement: \"select pg_advisory_xact_lock(1); insert into {ai_schema_name}.ai_held values (1)\"}}}
";

/// What a worker may have of its own, however many tasks it has run: plans, the catalog cache, one step's work.
const WORKER_KB: u64 = 32 * 1024;

fn held(cluster: &Cluster, name: &str) -> Session {
    let mut session = Session::on(cluster, name);
    session.load(HELD);
    session.set_up();
    session
}

#[test]
fn without_a_free_slot_a_task_waits_says_so_and_goes_on() {
    // One for the launcher of logical replication, one for ours, one for a worker.
    let cluster = Cluster::start(&["shared_preload_libraries=dfa", "max_worker_processes=3"]);
    let mut first = held(&cluster, "first");
    let mut second = held(&cluster, "second");
    let mut holder = first.another();
    holder.run("select pg_advisory_lock(1)");
    let busy = submit(&mut first, "ai_held", "2021-01-02");
    first.until("select exists (select from dfa.task_step where state = 'PROCESSING')");
    let waiting = submit(&mut second, "ai_held", "2021-01-02");
    assert_eq!(
        second.value(&format!("select status, message like 'Waiting: no worker yet%max_worker_processes%' from dfa.process_status('{waiting}')")),
        "2|t"
    );
    holder.run("select pg_advisory_unlock(1)");
    assert_eq!(ended(&mut first, &busy), "0");
    assert_eq!(ended(&mut second, &waiting), "0");
}

#[test]
fn without_a_launcher_the_next_tick_starts_what_waits() {
    let cluster = Cluster::start(&["max_worker_processes=2"]);
    let mut first = held(&cluster, "first");
    let mut second = held(&cluster, "second");
    let mut holder = first.another();
    holder.run("select pg_advisory_lock(1)");
    let busy = submit(&mut first, "ai_held", "2021-01-02");
    first.until("select exists (select from dfa.task_step where state = 'PROCESSING')");
    let waiting = submit(&mut second, "ai_held", "2021-01-02");
    holder.run("select pg_advisory_unlock(1)");
    assert_eq!(ended(&mut first, &busy), "0");
    first.until("select not exists (select from pg_stat_activity where backend_type = 'dfa worker')");
    assert_eq!(second.value(&format!("select dfa.wait('{waiting}', '10 ms')")), "2");
    second.run("select * from dfa.tick()");
    assert_eq!(ended(&mut second, &waiting), "0");
}

#[test]
fn a_thousand_tasks_at_once_all_end_and_no_worker_stays() {
    let mut session = Session::with("ai_t: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_t values (1)'}}}");
    session.run(
        "select dfa.submit('data', 'ai_t', array[date '2021-01-01' + n]) from generate_series(1, 1000) as n",
    );
    let mut greatest = 0;
    while session.value("select exists (select from dfa.task_process where status = 2)") == "t" {
        let workers = session.rows("select pid from dfa.worker");
        assert!(workers.len() <= 4, "{workers:?}");
        greatest = workers.iter().map(own_memory).max().unwrap_or(0).max(greatest);
    }
    assert!((1..WORKER_KB).contains(&greatest), "a worker had {greatest} kB of its own");
    assert_eq!(session.value("select count(*), count(*) filter (where status = 0) from dfa.task_process where process_type like 'background|%'"), "1000|1000");
    assert_eq!(session.value("select count(*) from ai.ai_t"), "1000");
    session.until("select not exists (select from dfa.worker)");
}

#[test]
fn the_extension_and_the_database_can_be_dropped_after_work() {
    let mut session = Session::with("ai_t: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_t values (1)'}}}");
    let id = submit(&mut session, "ai_t", "2021-01-02");
    assert_eq!(ended(&mut session, &id), "0");
    session.run("drop extension dfa cascade; create extension dfa; drop extension dfa");
    let name = session.database.quoted_name();
    let mut elsewhere = Session::fresh();
    drop(session);
    elsewhere.run(&format!("drop database {name}"));
}

#[test]
fn a_database_that_goes_under_its_worker_takes_no_slot_with_it() {
    // One for the launcher of logical replication, one for a worker.
    let cluster = Cluster::start(&["max_worker_processes=2"]);
    let mut doomed = held(&cluster, "doomed");
    let mut other = held(&cluster, "other");
    let mut holder = doomed.another();
    holder.run("select pg_advisory_lock(1)");
    submit(&mut doomed, "ai_held", "2021-01-02");
    doomed.until("select exists (select from dfa.task_step where state = 'PROCESSING')");
    other.run("drop database doomed with (force)");
    let id = submit(&mut other, "ai_held", "2021-01-02");
    assert_eq!(ended(&mut other, &id), "0");
}

#[test]
fn the_extension_waits_for_the_step_under_way_and_is_dropped() {
    let mut session = Session::with(HELD);
    let mut holder = session.another();
    holder.run("select pg_advisory_lock(1)");
    for date in ["2021-01-02", "2021-01-03"] {
        submit(&mut session, "ai_held", date);
    }
    session.until("select exists (select from dfa.task_step where state = 'PROCESSING')");
    let mut dropper = session.another();
    let pid = dropper.pid();
    let drop = std::thread::spawn(move || dropper.run("drop extension dfa cascade"));
    session.until_waiting(&pid);
    holder.run("select pg_advisory_unlock(1)");
    drop.join().expect("the extension is dropped");
    assert_eq!(
        session.value("select count(*) from ai.ai_held"),
        "1",
        "the step under way was committed, the other not begun"
    );
    session.until("select not exists (select from pg_stat_activity where backend_type = 'dfa worker' and datname = current_database())");
}

#[test]
fn a_task_of_a_role_that_may_not_log_in_says_so_and_can_be_cancelled() {
    let mut session = Session::with(HELD);
    session.run("create role leaves login; grant dfa_operator to leaves; grant usage on schema ai to leaves; grant all on all tables in schema ai to leaves");
    let mut holder = session.another();
    holder.run("select pg_advisory_lock(1)");
    let id = submit(&mut session.another_as("leaves"), "ai_held", "2021-01-02");
    session.until("select exists (select from dfa.task_step where state = 'PROCESSING')");
    session.run("alter role leaves nologin; select pg_terminate_backend(pid) from dfa.worker where process_by = 'leaves'");
    session.until("select not exists (select from dfa.worker where process_by = 'leaves')");
    assert_eq!(
        session.value(&format!("select status, message from dfa.process_status('{id}')")),
        "2|Waiting: role leaves, which submitted it, is gone or may not log in"
    );
    assert_eq!(session.value(&format!("select dfa.cancel('{id}')")), "t");
    assert_eq!(session.value(&format!("select status from dfa.process_status('{id}')")), "1");
    assert_eq!(session.value("select state from dfa.task_step"), "CANCELLED");
    session.run("drop owned by leaves; drop role leaves");
}

#[test]
fn no_worker_is_allowed_when_the_setting_says_none() {
    let mut session = Session::with(HELD);
    session.run("set dfa.max_workers = 0");
    session.refused("select dfa.submit('data', 'ai_held')").says(&["dfa.max_workers is 0", "CALL dfa.run"]);
}
