//! Failures in the background: what is tried again, what is not, what is written down.

use crate::{ended, steps, submit};
use dfa_tests::Session;

const TABLES: &str = "
ai_broken: {create: {features: {a: int}}, retries: 1, update: {p: {statement: 'insert into {ai_schema_name}.ai_broken values (1); select 1 / 0'}}}
ai_once: {create: {features: {a: int}}, update: {p: {statement: 'select 1 / 0'}}}
ai_reader: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_reader select a from {ai_schema_name}.ai_once'}}}
ai_other: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_other values (1)'}}}
ai_nap: {create: {features: {a: int}}, timeout: 1, update: {p: {statement: 'select pg_sleep(600)'}}}
ai_deferred:
  create: {features: {a: int}}
  update: {p: {statement: 'insert into {ai_schema_name}.ai_deferred values (1)'}}
mixed: {nodes: [ai_once, ai_reader, ai_other]}
";

#[test]
fn a_failed_node_stops_its_readers_and_no_others() {
    let mut session = Session::with(TABLES);
    let id = submit(&mut session, "mixed", "2021-01-02");
    assert_eq!(ended(&mut session, &id), "1");
    assert_eq!(
        steps(&mut session, &id),
        ["ai_once|2021-01-02|FAILED", "ai_reader|2021-01-02|BLOCKED", "ai_other|2021-01-02|SUCCESS"]
    );
    assert_eq!(
        session.value("select error ->> 'sqlstate', attempts from dfa.task_step where node = 'ai_once'"),
        "22012|1"
    );
}

#[test]
fn a_worker_whose_step_failed_or_gave_back_all_locks_is_alive() {
    for statement in ["select 1 / 0", "select pg_advisory_unlock_all()"] {
        let mut session = Session::with(&format!(
            "ai_first: {{create: {{features: {{a: int}}}}, update: {{p: {{statement: '{statement}'}}}}}}
ai_held: {{create: {{features: {{a: int}}}}, update: {{p: {{statement: 'select pg_advisory_xact_lock(1)'}}}}}}"
        ));
        let name = session.database.quoted_name();
        session.run(&format!("alter database {name} set dfa.max_workers = 1"));
        let mut session = session.another();
        let mut holder = session.another();
        holder.run("select pg_advisory_lock(1)");
        holder.run("begin");
        let first = submit(&mut holder, "ai_first", "2021-01-02");
        let held = submit(&mut holder, "ai_held", "2021-01-02");
        holder.run("commit");
        session.until(
            "select exists (select from dfa.task_step where node = 'ai_held' and state = 'PROCESSING')",
        );
        assert_eq!(
            session.value("select count(distinct worker), bool_and(worker in (select pid from dfa.worker)) from dfa.task_step"),
            "1|t",
            "{statement}"
        );
        holder.run("select pg_advisory_unlock(1)");
        assert_eq!(ended(&mut session, &held), "0");
        ended(&mut session, &first);
        assert_eq!(session.value("select max(attempts) from dfa.task_step"), "1");
    }
}

#[test]
fn retries_of_the_catalog_are_new_attempts_in_the_log() {
    let mut session = Session::with(TABLES);
    let id = submit(&mut session, "ai_broken", "2021-01-02");
    assert_eq!(ended(&mut session, &id), "1");
    assert_eq!(session.value("select attempts, state from dfa.task_step"), "2|FAILED");
    assert_eq!(
        session.rows("select status, attempt_of is not null from dfa.data_logging where table_name = 'ai_broken' and action_type = 'common' order by id"),
        ["1|f", "1|t"]
    );
    assert_eq!(session.value("select count(*) from ai.ai_broken"), "0");
}

#[test]
fn a_node_that_takes_too_long_is_ended_by_its_timeout() {
    let mut session = Session::with(TABLES);
    let id = submit(&mut session, "ai_nap", "2021-01-02");
    assert_eq!(ended(&mut session, &id), "1");
    assert_eq!(
        session.value("select state, error ->> 'sqlstate', message from dfa.task_step"),
        "FAILED|57014|Error: node 'ai_nap' took longer than 1 s"
    );
}

#[test]
fn statement_timeout_of_the_database_holds_for_workers() {
    let mut session = Session::with(
        "ai_nap: {create: {features: {a: int}}, update: {p: {statement: 'select pg_sleep(600)'}}}",
    );
    let name = session.database.quoted_name();
    session.run(&format!("alter database {name} set statement_timeout = '300ms'"));
    let mut session = session.another();
    session.run("set statement_timeout = 0");
    let id = submit(&mut session, "ai_nap", "2021-01-02");
    assert_eq!(ended(&mut session, &id), "1");
    session.until("select message = 'Error: node ''ai_nap'' took longer than 0.3 s' from dfa.task_step");
}

#[test]
fn what_fails_at_the_commit_has_failed() {
    let mut session = Session::with(TABLES);
    session.run(
        "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'too late'; end $$;
         create constraint trigger late after insert on ai.ai_deferred deferrable initially deferred for each row execute function refuse()",
    );
    let id = submit(&mut session, "ai_deferred", "2021-01-02");
    assert_eq!(ended(&mut session, &id), "1");
    assert_eq!(session.value("select state, message from dfa.task_step"), "FAILED|Error: too late");
    assert_eq!(session.watermark("ai_deferred"), "2021-01-01|2021-01-01|0");
}

#[test]
fn a_lock_that_is_not_got_in_time_is_tried_again() {
    let mut session = Session::with(TABLES);
    let name = session.database.quoted_name();
    session.run(&format!("alter database {name} set dfa.lock_timeout = '100ms'"));
    let mut holder = session.another();
    holder.run("begin; select * from dfa.run_table('ai_other', '2021-01-02')");
    let id = submit(&mut session, "ai_other", "2021-01-02");
    session.until(
        "select attempts = 1 and state = 'WAITING' and error ->> 'sqlstate' = '55P03' from dfa.task_step",
    );
    holder.run("rollback");
    assert_eq!(ended(&mut session, &id), "0");
}
