//! What is left when a role loses its rights or is dropped, and what the defaults of a database do to workers.

use crate::{ended, submit};
use dfa_tests::Session;

const HELD: &str = "
ai_held: {create: {features: {a: int}}, update: {p: {statement: \"select pg_advisory_xact_lock(1); insert into {ai_schema_name}.ai_held values (1)\"}}}
ai_free: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_free values (1)'}}}
held: {nodes: [ai_held]}
";

/// The superuser's session, that of a login that may run, and its name.
fn with_login() -> (Session, Session, String) {
    let mut owner = Session::with(HELD);
    let login = format!("leaver_of_{}", owner.value("select current_database()"));
    owner.run(&format!("create role {login} login; grant dfa_operator to {login}"));
    let guest = owner.another_as(&login);
    (owner, guest, login)
}

fn no_worker(session: &mut Session) {
    session.until("select not exists (select from pg_stat_activity where backend_type = 'dfa worker' and datname = current_database())");
}

#[test]
fn a_worker_whose_role_loses_its_rights_ends_and_its_tasks_say_so() {
    for (lose, reason) in
        [("revoke dfa_operator from", "has lost the rights of dfa_operator"), ("drop role", "is gone")]
    {
        let (mut owner, mut guest, login) = with_login();
        let mut holder = owner.another();
        holder.run("select pg_advisory_lock(1)");
        let under_way = submit(&mut guest, "held", "2021-01-02");
        owner.until(
            "select exists (select from dfa.task_step where node = 'ai_held' and state = 'PROCESSING')",
        );
        let waiting = submit(&mut guest, "ai_held", "2021-01-03");
        owner.run(&format!("{lose} {login}"));
        holder.run("select pg_advisory_unlock(1)");
        no_worker(&mut owner);
        for id in [&under_way, &waiting] {
            assert_eq!(ended(&mut owner, id), "1");
            let status = owner.value(&format!("select status, message from dfa.process_status('{id}')"));
            assert!(
                status.starts_with("1|") && status.contains(&login) && status.contains(reason),
                "{status}"
            );
        }
        assert_eq!(
            owner.value("select tracking from dfa.task_schedule where pipeline_name = 'held'"),
            "FAILED"
        );
        // Its number is free for others, and nobody is left in the database.
        let id = submit(&mut owner, "ai_free", "2021-01-02");
        assert_eq!(ended(&mut owner, &id), "0");
        if lose.starts_with("revoke") {
            owner.run(&format!("drop role {login}"));
        }
    }
}

#[test]
fn an_idle_worker_whose_role_loses_its_rights_ends() {
    let (mut owner, mut guest, login) = with_login();
    let id = submit(&mut guest, "ai_free", "2021-01-02");
    assert_eq!(ended(&mut guest, &id), "0");
    owner.run(&format!("revoke dfa_operator from {login}"));
    no_worker(&mut owner);
    owner.run(&format!("drop role {login}"));
}

#[test]
fn a_worker_without_work_that_is_terminated_stays_away() {
    let mut session = Session::with(HELD);
    let id = submit(&mut session, "ai_free", "2021-01-02");
    assert_eq!(ended(&mut session, &id), "0");
    // A task that waits for its next attempt would keep it here.
    session.run("select pg_terminate_backend(pid, 30000) from dfa.worker");
    no_worker(&mut session);
}

#[test]
fn tasks_of_a_role_that_is_gone_are_ended_by_whoever_comes_next() {
    let (mut owner, mut guest, login) = with_login();
    owner.run(&format!("alter role {login} nologin"));
    let id = submit(&mut guest, "ai_free", "2021-01-02");
    drop(guest);
    no_worker(&mut owner);
    owner.run(&format!("drop role {login}"));
    let status = owner.value(&format!("select status, message from dfa.process_status('{id}')"));
    assert_eq!(status, format!("1|Error: role {login}, which submitted it, is gone"));
    owner.run("select * from dfa.tick()");
    assert_eq!(owner.value(&format!("select status from dfa.task_process where process_id = '{id}'")), "1");
    assert_eq!(owner.value("select state from dfa.task_step"), "FAILED");
}

#[test]
fn workers_begin_their_transactions_as_they_need_them() {
    let mut session = Session::with(
        "src_s: {create: {features: {a: int}}, initial: {value: '1'}}
ai_read: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_read select a from {ai_schema_name}.src_s'}}}",
    );
    let name = session.database.quoted_name();
    for (day, default) in [
        (2, "default_transaction_isolation = 'repeatable read'"),
        (3, "default_transaction_isolation = 'serializable'"),
        (4, "default_transaction_read_only = on"),
        (5, "default_transaction_deferrable = on"),
    ] {
        session.run(&format!("alter database {name} set {default}"));
        // The worker of before has the defaults of before.
        session.run("select pg_terminate_backend(pid, 30000) from dfa.worker");
        no_worker(&mut session);
        let id = submit(&mut session, "ai_read", &format!("2021-01-0{day}"));
        assert_eq!(ended(&mut session, &id), "0", "{default}");
    }
    assert_eq!(session.value("select count(*) from ai.ai_read"), "4");
}

#[test]
fn who_waited_for_the_number_of_a_worker_without_rights_goes_on() {
    for lose in ["revoke dfa_operator from", "drop role"] {
        let (mut owner, mut guest, login) = with_login();
        let name = owner.value("select quote_ident(current_database())");
        owner.run(&format!("alter database {name} set dfa.max_workers = 1"));
        let other = format!("other_{login}");
        owner.run(&format!("create role {other} login; grant dfa_operator to {other}"));
        owner.run(&format!("grant usage on schema ai to {other}; grant insert on ai.ai_free to {other}"));
        let (mut holder, mut second) = (owner.another(), owner.another_as(&other));
        holder.run("select pg_advisory_lock(1)");
        submit(&mut guest, "ai_held", "2021-01-02");
        owner.until(
            "select exists (select from dfa.task_step where node = 'ai_held' and state = 'PROCESSING')",
        );
        // There is no number left for a worker of its own, and nobody asks again.
        let waiting = submit(&mut second, "ai_free", "2021-01-03");
        owner.run(&format!("{lose} {login}"));
        holder.run("select pg_advisory_unlock(1)");
        owner.until(&format!("select status = 0 from dfa.task_process where process_id = '{waiting}'"));
        no_worker(&mut owner);
        owner.run(&format!("drop owned by {other}; drop role {other}"));
        if lose.starts_with("revoke") {
            owner.run(&format!("drop role {login}"));
        }
    }
}
