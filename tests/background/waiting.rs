//! Workers come and go: no slot left, nothing to do, the database or the extension goes.

use crate::{ended, submit};
use dfa_tests::{Cluster, Session};

const HELD: &str = "
ai_held: {create: {features: {a: int}}, update: {p: {statement: \"select pg_advisory_xact_lock(1); insert into {ai_schema_name}.ai_held values (1)\"}}}
";

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
    session.until("select not exists (select from dfa.task_process where status = 2)");
    assert_eq!(session.value("select count(*), count(*) filter (where status = 0) from dfa.task_process where process_type like 'background|%'"), "1000|1000");
    assert_eq!(session.value("select count(*) from ai.ai_t"), "1000");
    assert_eq!(session.value("select count(*) <= 4 from dfa.worker"), "t");
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
fn no_worker_is_allowed_when_the_setting_says_none() {
    let mut session = Session::with(HELD);
    session.run("set dfa.max_workers = 0");
    session.refused("select dfa.submit('data', 'ai_held')").says(&["dfa.max_workers is 0", "CALL dfa.run"]);
}
