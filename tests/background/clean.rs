//! A worker's next task finds a clean session, and settings of the database do not stop a task.

use crate::{ended, submit};
use dfa_tests::{Cluster, Session};

const LEAVERS: &str = "
src_parent: {create: {features: {id: 'bigint not null'}, primary_key: [id]}}
ai_rep: {create: {features: {n: bigint}}, update: {p1: {statement: \"set session_replication_role = replica; set timezone = 'Asia/Tokyo'; set role nobody_special; insert into {ai_schema_name}.ai_rep select 1\"}}}
ai_stage:
  create: {features: {n: bigint}}
  update:
    p1:
      statement: >-
        create temp table stage_x as select 1 as n; prepare stage_p as select 1; declare stage_c cursor with hold for select 1; select pg_advisory_lock(77);
        insert into {ai_schema_name}.ai_stage select n from stage_x
ai_child: {create: {features: {n: bigint}, foreign_key: {n: src_parent.id}}, update: {p1: {statement: 'insert into {ai_schema_name}.ai_child select 99'}}}
ai_look:
  create: {features: {what: text}}
  update:
    p1:
      statement: >-
        insert into {ai_schema_name}.ai_look select concat_ws(' ', current_user, current_setting('timezone'), current_setting('session_replication_role'),
          (select count(*) from pg_locks where locktype = 'advisory' and objid = 77 and pid = pg_backend_pid()))
";

fn leavers(cluster: &Cluster) -> Session {
    let mut session = Session::on(cluster, "clean");
    session.run("create role nobody_special; alter database clean set dfa.max_workers = 1; alter database clean set timezone = 'Asia/Bangkok'");
    session.load(LEAVERS);
    session.run("select from dfa.setup(run_date => '2021-01-01'); grant all on schema ai to nobody_special; grant all on all tables in schema ai to nobody_special");
    session.another()
}

#[test]
fn what_a_task_leaves_in_its_worker_ends_with_it() {
    let cluster = Cluster::start(&[]);
    let mut session = leavers(&cluster);
    for (name, day, status) in [
        ("ai_rep", "2021-01-02", "0"),
        ("ai_stage", "2021-01-02", "0"),
        ("ai_child", "2021-01-02", "1"),
        ("ai_stage", "2021-01-03", "0"),
        ("ai_look", "2021-01-02", "0"),
        ("ai_stage", "2021-01-04", "0"),
    ] {
        let task = submit(&mut session, name, day);
        assert_eq!(ended(&mut session, &task), status, "{name} {day}");
    }
    assert_eq!(session.rows("select what from ai.ai_look"), ["postgres Asia/Bangkok origin 0"]);
    assert_eq!(session.value("select count(*) from ai.ai_stage"), "3");
}

#[test]
fn a_wait_sees_the_end_in_a_transaction_whose_snapshot_is_fixed() {
    let cluster = Cluster::start(&[]);
    let mut session = leavers(&cluster);
    for level in ["repeatable read", "serializable"] {
        let day = if level == "serializable" { "2021-01-03" } else { "2021-01-02" };
        let mut waiter = session.another();
        let task = submit(&mut session, "ai_rep", day);
        assert_eq!(waiter.value(&format!("begin isolation level {level}; select count(*) from dfa.task_process; select dfa.wait('{task}', '60 s')")), "0", "{level}");
        waiter.run("rollback");
    }
}

#[test]
fn a_call_runs_under_whatever_the_database_begins_transactions_with() {
    let cluster = Cluster::start(&[]);
    let mut session = leavers(&cluster);
    session.load("src_s: {create: {features: {a: int}}}\nai_s: {create: {features: {n: bigint}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_s select count(*) from {ai_schema_name}.src_s'}}}");
    session.run("select from dfa.setup(run_date => '2021-01-01')");
    for (level, day) in [("repeatable read", "2021-01-02"), ("serializable", "2021-01-03")] {
        session.run(&format!("alter database clean set default_transaction_isolation = '{level}'"));
        let mut other = session.another();
        let answer = other.value(&format!("call dfa.run('ai_s', '{{{day}}}')"));
        assert_eq!(answer.split('|').nth(1), Some("0"), "{answer}");
        assert_eq!(other.value("show transaction_isolation"), level);
    }
}
