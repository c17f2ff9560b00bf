//! Whoever owns a table, a schema or a row that DFA trusts must not get the rights of those who call DFA.

use crate::session::Session;

const KEPT: &str = "
ai_t:
  create: {features: {id: int, day: date}}
  retention: {column: day, months: 1}
  initial: {values: [\"1, '2021-01-01'\", \"2, '2024-03-10'\"]}
  update: {fill: {statement: \"insert into {ai_schema_name}.ai_t values (3, '2024-03-11')\"}}
ai_u:
  create: {features: {id: int, day: date}}
  initial: {value: \"7, '2021-01-01'\"}
";

/// The superuser's session, and that of an operator who may create schemas and roles' worth of functions.
fn operator(catalog: &str) -> (Session, Session, String) {
    let mut admin = Session::with(catalog);
    let login = format!("operator_of_{}", admin.database.name());
    admin.run(&format!("create role {login} login; grant dfa_operator to {login}"));
    admin.run(&format!("grant create on database {} to {login}", admin.database.quoted_name()));
    let guest = admin.another_as(&login);
    (admin, guest, login)
}

/// What the code of the operator does when it runs: it says as whom.
const SPRING: &str = "create schema trap; grant usage on schema trap to public; create table trap.sprung (who text);
    grant insert on trap.sprung to public;
    create function trap.spring() returns boolean language plpgsql as
        $$begin insert into trap.sprung values (current_user); return true; end$$;
    create function trap.spring_row() returns trigger language plpgsql as
        $$begin insert into trap.sprung values (current_user); return coalesce(new, old); end$$";

fn nothing_sprang(admin: &mut Session) {
    assert_eq!(admin.rows("select distinct who from trap.sprung where who = 'postgres'"), Vec::<String>::new());
}

#[test]
fn a_backup_is_not_what_an_operator_says_it_is() {
    let (mut admin, mut operator, login) = operator(KEPT);
    admin.run("select * from dfa.run_retention('ai_t', '2024-03-15', 'Y')");
    operator.run(SPRING);
    operator.run("create temp view ev as select 77 as id, date '2021-01-01' as day where trap.spring()");
    operator.run("create view trap.ev as select 77 as id, date '2021-01-01' as day where trap.spring()");
    operator.run("create table trap.plain (id int, day date)");
    operator.run("create table trap.ruled (id int, day date); create trigger t before delete on trap.ruled for each row execute function trap.spring_row(); insert into trap.ruled values (77, '2021-01-01')");
    let temp = operator.value("select nspname from pg_namespace where oid = pg_my_temp_schema()");
    for (schema, table, content) in [
        (temp.as_str(), "ev", "table"),
        ("pg_temp", "ev", "table"),
        ("trap", "ev", "table"),
        ("trap", "ev", "rows"),
        ("trap", "plain", "rows"),
        ("trap", "ruled", "rows"),
        ("ai", "ai_u", "rows"),
    ] {
        operator.run(&format!(
            "insert into dfa.table_backup values ('ai_t', '{schema}', '{table}', '{content}', null, 1, now() + interval '10 years')"
        ));
        // The row of whom one can trust counts, however much newer the other one is.
        admin.run("begin; delete from ai.ai_t");
        assert_eq!(admin.value("select dfa.restore_backup('ai_t')"), "2", "{schema}.{table} {content}");
        admin.run("rollback");
        nothing_sprang(&mut admin);
    }
    assert_eq!(admin.value("select count(*) from ai.ai_u"), "1");
    admin.run("delete from dfa.table_backup where made_by = 'postgres'");
    let refusal = admin.refused("select dfa.restore_backup('ai_t')");
    assert_eq!(refusal.sqlstate, "DF002", "{refusal}");
    operator.run("delete from trap.sprung; insert into dfa.table_backup values ('ai_t', 'trap', 'plain', 'rows', null, 1, now() + interval '11 years') on conflict do nothing");
    admin.run("delete from dfa.table_backup where backup_table <> 'plain'");
    let refusal = admin.refused("select dfa.restore_backup('ai_t')");
    assert_eq!(refusal.sqlstate, "42501");
    refusal.says(&["trap.plain", &login, "owner to dfa_admin"]);
}

#[test]
fn nobody_writes_for_another_where_backups_and_answers_are() {
    let (mut admin, mut operator, _) = operator(KEPT);
    admin.run("select * from dfa.run_retention('ai_t', '2024-03-15', 'Y')");
    admin.run("select dfa.ingest('ai_u', '{\"id\": 1}', idempotency_key => 'mine')");
    admin.run("select dfa.claim_request('service', 'key', 'PUT /', 'x'); select dfa.answer_request('service', 'key', 200, '{}')");
    for statement in [
        "insert into dfa.table_backup (table_name, backup_schema, backup_table, content, made_by) values ('ai_t', 'x', 'y', 'rows', 'postgres')",
        "insert into dfa.ingest_receipt (idempotency_key, request, process_id, created_by) values ('k', '', '', 'postgres')",
        "insert into dfa.idempotent_request (caller, key, request, fingerprint, made_by) values ('service', 'other', '', '', 'postgres')",
        "insert into dfa.ingest_chunk select process_id, 1, '', 0, 0 from dfa.task_process where process_module = 'data|ingestion'",
        "update dfa.data_logging set status = 0",
        "update dfa.rejected_row set reason = ''",
    ] {
        assert_eq!(operator.refused(statement).sqlstate, "42501", "{statement}");
    }
    operator.run("update dfa.table_backup set backup_schema = 'ai', backup_table = 'ai_u', content = 'rows'");
    operator.run("update dfa.ingest_receipt set answer = '{\"forged\": true}'; update dfa.idempotent_request set status = 500");
    operator.run("delete from dfa.idempotent_request");
    assert_eq!(
        admin.value("select backup_schema, backup_table from dfa.table_backup"),
        "ai_bk|ai_t_bk"
    );
    assert_eq!(admin.value("select answer ->> 'forged' is null from dfa.ingest_receipt"), "t");
    assert_eq!(admin.value("select status from dfa.idempotent_request"), "200");
    // The same key of another role is another key.
    assert_eq!(
        operator.value("select claimed from dfa.claim_request('service', 'key', 'PUT /', 'x')"),
        "t"
    );
}

#[test]
fn retention_writes_into_no_table_of_whom_the_caller_cannot_trust() {
    let (mut admin, mut operator, login) = operator(KEPT);
    operator.run(SPRING);
    operator.run(
        "create schema ai_bk; grant all on schema ai_bk to public; create table ai_bk.ai_t_bk (id int, day date);
         create trigger t before insert on ai_bk.ai_t_bk for each row execute function trap.spring_row();
         grant all on ai_bk.ai_t_bk to public",
    );
    let row = admin.value("select status, message from dfa.run_retention('ai_t', '2024-03-15', 'Y')");
    assert!(row.starts_with("1|Error: backup 'ai_bk.ai_t_bk' belongs to role"), "{row}");
    assert!(row.contains(&login), "{row}");
    nothing_sprang(&mut admin);
    assert_eq!(admin.value("select count(*) from ai.ai_t"), "2");
    // The schema alone: he could put another table in the place of ours.
    admin.run("drop table ai_bk.ai_t_bk; create table ai_bk.ai_t_bk (id int, day date)");
    let row = admin.value("select status, message from dfa.run_retention('ai_t', '2024-03-15', 'Y')");
    assert!(row.contains("belongs to role"), "{row}");
    // A trigger by whoever may put one.
    admin.run(&format!("alter schema ai_bk owner to postgres; grant trigger on ai_bk.ai_t_bk to {login}"));
    operator.run("create trigger t before insert on ai_bk.ai_t_bk for each row execute function trap.spring_row()");
    let row = admin.value("select status, message from dfa.run_retention('ai_t', '2024-03-15', 'Y')");
    assert!(row.contains("has a trigger, t"), "{row}");
    nothing_sprang(&mut admin);
    admin.run("drop trigger t on ai_bk.ai_t_bk");
    assert_eq!(admin.value("select status, backup_rows from dfa.run_retention('ai_t', '2024-03-15', 'Y')"), "0|2");
}

#[test]
fn no_call_writes_a_table_that_somebody_put_in_the_place_of_ours() {
    let (mut admin, mut operator, login) = operator(KEPT);
    operator.run(SPRING);
    operator.run(
        "create table trap.ai_t (id int, day date);
         create trigger t before insert or delete on trap.ai_t for each row execute function trap.spring_row();
         insert into trap.ai_t values (1, '2021-01-01'); grant all on trap.ai_t to public; delete from trap.sprung",
    );
    admin.run("drop table ai.ai_t; alter table trap.ai_t set schema ai");
    for call in [
        "select dfa.ingest('ai_t', '{\"id\": 5, \"day\": \"2024-03-01\"}')",
        "select * from dfa.run_table('ai_t', '2024-03-15', raise => true)",
        "select dfa.restore_backup('ai_t')",
    ] {
        let refusal = admin.refused(call);
        assert_eq!(refusal.sqlstate, "42501", "{call}: {refusal}");
        refusal.says(&["table 'ai.ai_t'", &login, "grant dfa_admin"]);
    }
    let row = admin.value("select status, message from dfa.run_retention('ai_t', '2024-03-15')");
    assert!(row.starts_with("1|Error: table 'ai.ai_t' belongs to role"), "{row}");
    let row = admin.value("select status, message from dfa.setup('ai_t')");
    assert!(row.starts_with("1|table 'ai.ai_t' belongs to role"), "{row}");
    nothing_sprang(&mut admin);
    admin.run("alter table ai.ai_t owner to dfa_admin");
    admin.run("select dfa.ingest('ai_t', '{\"id\": 5, \"day\": \"2024-03-01\"}')");
}

#[test]
fn schemas_that_somebody_made_first_are_not_taken() {
    let (mut admin, mut operator, login) = operator(KEPT);
    operator.run("create schema ai_two; grant all on schema ai_two to public");
    admin.run("set dfa.ai_schema = 'ai_two'; drop schema ai cascade; delete from dfa.data_pipeline");
    let rows = admin.rows("select status, message from dfa.setup() where status <> 0");
    assert!(!rows.is_empty() && rows.iter().all(|row| row.contains("schema 'ai_two'") && row.contains(&login)), "{rows:?}");
    admin.run("alter schema ai_two owner to dfa_admin");
    assert_eq!(admin.rows("select message from dfa.setup() where status <> 0"), Vec::<String>::new());

    admin.run("drop extension dfa cascade");
    admin.run("drop schema if exists dfa");
    operator.run("create schema dfa");
    let refusal = admin.refused("create extension dfa");
    refusal.says(&["schema dfa", &login, "ALTER SCHEMA dfa OWNER TO"]);
    admin.run("alter schema dfa owner to postgres; create function dfa.now() returns int language sql return 1");
    admin.refused("create extension dfa").says(&["schema dfa is not empty"]);
    admin.run("drop function dfa.now(); create extension dfa");
}
