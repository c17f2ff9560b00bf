//! A background run has the rights of the role that asked for it, and no other.

use crate::{ended, submit};
use dfa_tests::Session;

const TOTAL: &str = "
src_s: {create: {features: {a: int}}, initial: {value: '1'}}
ai_total: {create: {features: {a: bigint}}, update: {fill: {statement: 'insert into {ai_schema_name}.ai_total select sum(a) from {ai_schema_name}.src_s'}}}
ai_who: {create: {features: {who: text}}, update: {fill: {statement: \"insert into {ai_schema_name}.ai_who values (session_user || ' ' || current_user)\"}}}
ai_climb: {create: {features: {who: text}}, update: {fill: {statement: \"reset role; insert into {ai_schema_name}.ai_climb values (current_user)\"}}}
nightly: {nodes: [ai_total]}
";

/// The superuser's session, and that of a login of its own with these memberships.
fn with_login(roles: &str) -> (Session, Session, String) {
    let mut owner = Session::with(TOTAL);
    let login = format!("login_of_{}", owner.value("select current_database()"));
    owner.run(&format!("create role {login} login; grant {roles} to {login}"));
    let guest = owner.another_as(&login);
    (owner, guest, login)
}

#[test]
fn a_submitted_run_reaches_nothing_that_its_role_may_not() {
    let (mut owner, mut operator, login) = with_login("dfa_operator");
    let id = submit(&mut operator, "nightly", "2021-01-02");
    assert_eq!(ended(&mut operator, &id), "0");
    owner.run("revoke select on ai.src_s from dfa_reader, dfa_operator");
    let id = submit(&mut operator, "nightly", "2021-01-03");
    assert_eq!(ended(&mut operator, &id), "1");
    assert_eq!(
        owner.value(&format!(
            "select error ->> 'sqlstate', message from dfa.task_step where process_id = '{id}'"
        )),
        "42501|Error: permission denied for table src_s"
    );
    assert_eq!(
        owner.value(&format!("select process_by, run_as from dfa.task_process where process_id = '{id}'")),
        format!("{login}|{login}")
    );
    let id = submit(&mut operator, "ai_who", "2021-01-02");
    assert_eq!(ended(&mut operator, &id), "0");
    assert_eq!(owner.value("select who from ai.ai_who"), format!("{login} {login}"));
}

#[test]
fn a_role_that_was_set_is_set_for_the_run_too() {
    let (mut owner, mut operator, login) = with_login("dfa_operator");
    owner.run("create role limited_role; grant dfa_operator to limited_role");
    owner.run(&format!("grant limited_role to {login}"));
    operator.run("set role limited_role");
    let id = submit(&mut operator, "ai_who", "2021-01-02");
    assert_eq!(ended(&mut operator, &id), "0");
    assert_eq!(owner.value("select who from ai.ai_who"), format!("{login} limited_role"));
    owner.run("drop owned by limited_role; drop role limited_role");
}

#[test]
fn nobody_writes_tasks_or_steps_for_another_role() {
    let (mut owner, mut operator, login) = with_login("dfa_operator");
    owner.run("insert into dfa.task_process (process_id, process_type, process_name_put, process_module, status) values ('owned', 'background|table', 'ai_total', 'framework|data', 1)");
    for statement in [
        "insert into dfa.task_process (process_id, process_type, process_name_put, process_module, process_by) values ('x', 'background|table', 'ai_total', 'framework|data', 'postgres')",
        "insert into dfa.task_process (process_id, process_type, process_name_put, process_module, run_as) values ('x', 'background|table', 'ai_total', 'framework|data', 'postgres')",
        "insert into dfa.task_step (process_id, step_order, node, run_date) values ('owned', 1, 'ai_total', '2021-01-02')",
        "update dfa.task_process set process_by = 'postgres'",
        "update dfa.task_process set run_as = 'postgres'",
    ] {
        assert_eq!(operator.refused(statement).sqlstate, "42501", "{statement}");
    }
    operator.run("update dfa.task_process set status = 2 where process_id = 'owned'");
    assert_eq!(owner.value("select status from dfa.task_process where process_id = 'owned'"), "1");
    owner.run(&format!("grant dfa_admin to {login}"));
    assert_eq!(operator.refused("update dfa.task_process set process_by = 'postgres'").sqlstate, "42501");
}

#[test]
fn a_reader_submits_nothing() {
    let (_, mut reader, _) = with_login("dfa_reader");
    for call in [
        "dfa.submit('data', 'nightly')",
        "dfa.backfill('nightly', '2021-01-01', '2021-01-02')",
        "dfa.tick()",
        "dfa.cancel('x')",
        "dfa.resume('x')",
    ] {
        assert_eq!(reader.refused(&format!("select {call}")).sqlstate, "42501", "{call}");
    }
}

#[test]
fn tasks_of_several_roles_all_end() {
    let (mut owner, mut operator, _) = with_login("dfa_operator");
    let own: Vec<String> =
        (2..12).map(|day| submit(&mut owner, "nightly", &format!("2021-01-{day:02}"))).collect();
    let id = submit(&mut operator, "ai_who", "2021-01-02");
    assert_eq!(ended(&mut operator, &id), "0");
    for id in own {
        assert_eq!(ended(&mut owner, &id), "0");
    }
}

/// Code of an operator that a superuser's session happens to run in the operator's name.
const IN_ANOTHERS_NAME: &str = "
ai_who: {create: {features: {who: text}}, update: {fill: {statement: \"reset role; insert into {ai_schema_name}.ai_who values (session_user || ' ' || current_user)\"}}}
";

#[test]
fn a_task_belongs_to_the_role_in_whose_name_the_code_runs() {
    let mut owner = Session::with(IN_ANOTHERS_NAME);
    let login = format!("login_of_{}", owner.value("select current_database()"));
    owner.run(&format!("create role {login} login; grant dfa_operator to {login}; create schema {login} authorization {login}"));
    let mut operator = owner.another_as(&login);
    operator.run(&format!(
        "create function {login}.f(a int) returns int language plpgsql immutable as $$begin
             if current_setting('is_superuser') = 'on' or session_user = 'postgres' then
                 perform dfa.submit('data', 'ai_who', '{{2021-01-02}}');
             end if; return a; end$$;
         create table {login}.t (a int); insert into {login}.t values (1);
         create index on {login}.t ({login}.f(a));
         create function {login}.g() returns text language sql security definer as $$select dfa.submit('data', 'ai_who', '{{2021-01-03}}')$$"
    ));
    // Postgres runs the function of the index in the name of the table's owner, in the superuser's session.
    owner.run(&format!("reindex table {login}.t"));
    let id = owner.value(&format!("select {login}.g()"));
    assert_eq!(ended(&mut owner, &id), "0");
    owner.until("select count(*) > 1 and bool_and(status = 0) from dfa.task_process where process_module = 'framework|data'");
    assert_eq!(owner.rows("select distinct process_by, run_as from dfa.task_process where process_module = 'framework|data'"), [format!("{login}|{login}")]);
    assert_eq!(owner.rows("select distinct who from ai.ai_who"), [format!("{login} {login}")]);
    // By hand, without the function: the same rule.
    owner.run(&format!(
        "create or replace function {login}.g() returns text language sql security definer as $$
             insert into dfa.task_process (process_id, process_type, process_name_put, process_module, process_by)
             values ('x', 'background|table', 'ai_who', 'framework|data', session_user) returning process_id$$;
         alter function {login}.g() owner to {login}"
    ));
    assert_eq!(owner.refused(&format!("select {login}.g()")).sqlstate, "42501");
    owner.run("insert into dfa.task_process (process_id, process_type, process_name_put, process_module, status) values ('owned', 'background|table', 'ai_who', 'framework|data', 1)");
    for write in [
        "insert into dfa.task_step (process_id, step_order, node, run_date) values ('owned', 1, 'ai_who', '2021-01-02') returning node",
        "update dfa.task_process set status = 2 where process_id = 'owned' returning process_id",
    ] {
        owner.run(&format!(
            "create or replace function {login}.g() returns text language sql security definer as $${write}$$"
        ));
        let outcome = owner.try_rows(&format!("select {login}.g()"));
        assert!(outcome.is_err() || outcome.is_ok_and(|rows| rows == [""]), "{write}");
    }
    owner.run(&format!("drop owned by {login}; drop role {login}"));
}
