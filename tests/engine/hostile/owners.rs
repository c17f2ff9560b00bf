//! Whoever owns a table, a schema or a row that DFA trusts must not get the rights of those who call DFA.

use crate::session::Session;

const KEPT: &str = "
ai_t:
  create: {features: {id: int, day: date}}
  retention: {column: day, months: 1}
  initial: {values: [\"1, '2021-01-01'\", \"2, '2024-03-10'\"]}
  update: {fill: {statement: \"insert into {ai_schema_name}.ai_t values (3, '2024-03-11')\"}}
src_u:
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
const SPRING: &str =
    "create schema trap; grant usage on schema trap to public; create table trap.sprung (who text);
    grant insert on trap.sprung to public;
    create function trap.spring() returns boolean language plpgsql as
        $$begin insert into trap.sprung values (current_user); return true; end$$;
    create function trap.spring_row() returns trigger language plpgsql as
        $$begin insert into trap.sprung values (current_user); return coalesce(new, old); end$$";

fn nothing_sprang(admin: &mut Session) {
    assert_eq!(
        admin.rows("select distinct who from trap.sprung where who = 'postgres'"),
        Vec::<String>::new()
    );
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
        ("ai", "src_u", "rows"),
    ] {
        operator.run(&format!(
            "insert into dfa.table_backup values ('ai_t', '{schema}', '{table}', '{content}', null, 1, now() + interval '10 years')
             on conflict on constraint table_backup_pkey do update set content = excluded.content"
        ));
        // The row of whom one can trust counts, however much newer the other one is.
        admin.run("begin; delete from ai.ai_t");
        assert_eq!(admin.value("select dfa.restore_backup('ai_t')"), "2", "{schema}.{table} {content}");
        admin.run("rollback");
        nothing_sprang(&mut admin);
    }
    assert_eq!(admin.value("select count(*) from ai.src_u"), "1");
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
fn a_backup_that_an_admin_may_not_look_at_keeps_nobody_from_the_others() {
    let (mut admin, mut operator, _) = operator(KEPT);
    let login = format!("restorer_of_{}", admin.database.name());
    admin.run(&format!("create role {login} login; grant dfa_admin to {login}"));
    admin.run(&format!("grant create on database {} to {login}", admin.database.quoted_name()));
    let mut restorer = admin.another_as(&login);
    restorer.run("select * from dfa.run_retention('ai_t', '2024-03-15', 'Y')");
    operator.run("create schema secret; create table secret.kept (id int, day date)");
    operator.run("insert into dfa.table_backup values ('ai_t', 'secret', 'kept', 'rows', null, 1, now() + interval '10 years')");
    assert_eq!(restorer.value("select dfa.restore_backup('ai_t')"), "1");
    assert_eq!(restorer.value("select dfa.restore_backup('ai_t')"), "0");
    // What a backup holds is said by its owner, and not by whoever writes a row of it.
    operator.run("insert into dfa.table_backup values ('ai_t', 'ai_bk', 'ai_t_bk', 'rows', null, 1, now() + interval '11 years')");
    assert_eq!(restorer.value("select dfa.restore_backup('ai_t')"), "0");
    assert_eq!(admin.value("select count(*) > 0 from ai_bk.ai_t_bk"), "t");
}

#[test]
fn nobody_writes_for_another_where_backups_and_answers_are() {
    let (mut admin, mut operator, _) = operator(KEPT);
    admin.run("select * from dfa.run_retention('ai_t', '2024-03-15', 'Y')");
    admin.run("select dfa.ingest('src_u', '{\"id\": 1}', idempotency_key => 'mine')");
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
    operator
        .run("update dfa.table_backup set backup_schema = 'ai', backup_table = 'src_u', content = 'rows'");
    operator.run("update dfa.ingest_receipt set answer = '{\"forged\": true}'; update dfa.idempotent_request set status = 500");
    operator.run("delete from dfa.idempotent_request");
    assert_eq!(admin.value("select backup_schema, backup_table from dfa.table_backup"), "ai_bk|ai_t_bk");
    assert_eq!(admin.value("select answer ->> 'forged' is null from dfa.ingest_receipt"), "t");
    assert_eq!(admin.value("select status from dfa.idempotent_request"), "200");
    // The same key of another role is another key.
    assert_eq!(operator.value("select claimed from dfa.claim_request('service', 'key', 'PUT /', 'x')"), "t");
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
    // The schema alone: its owner could put another table in the place of ours.
    admin.run("drop table ai_bk.ai_t_bk; create table ai_bk.ai_t_bk (id int, day date)");
    let row = admin.value("select status, message from dfa.run_retention('ai_t', '2024-03-15', 'Y')");
    assert!(row.contains("belongs to role"), "{row}");
    // A trigger by whoever may put one.
    admin.run(&format!("alter schema ai_bk owner to postgres; grant trigger on ai_bk.ai_t_bk to {login}"));
    operator.run(
        "create trigger t before insert on ai_bk.ai_t_bk for each row execute function trap.spring_row()",
    );
    let row = admin.value("select status, message from dfa.run_retention('ai_t', '2024-03-15', 'Y')");
    assert!(row.contains("has a trigger, t"), "{row}");
    nothing_sprang(&mut admin);
    admin.run("drop trigger t on ai_bk.ai_t_bk");
    assert_eq!(
        admin.value("select status, backup_rows from dfa.run_retention('ai_t', '2024-03-15', 'Y')"),
        "0|2"
    );
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
    assert!(row.contains("table 'ai.ai_t' belongs to role"), "{row}");
    nothing_sprang(&mut admin);
    admin.run("alter table ai.ai_t owner to dfa_admin");
    admin.run("select dfa.ingest('ai_t', '{\"id\": 5, \"day\": \"2024-03-01\"}')");
}

#[test]
fn schemas_that_somebody_made_first_are_not_taken() {
    let (mut admin, mut operator, login) = operator(KEPT);
    operator.run("create schema ai_two; grant all on schema ai_two to public");
    admin.run("set dfa.ai_schema = 'ai_two'; drop schema ai cascade; delete from dfa.data_pipeline");
    let refusal = admin.refused("select * from dfa.setup()");
    assert_eq!(refusal.sqlstate, "42501");
    refusal.says(&["schema 'ai_two'", &login, "alter schema ai_two owner to dfa_admin"]);
    admin.run("alter schema ai_two owner to dfa_admin");
    assert_eq!(admin.rows("select message from dfa.setup() where status <> 0"), Vec::<String>::new());

    admin.run("drop extension dfa cascade");
    admin.run("drop schema if exists dfa");
    operator.run("create schema dfa");
    let refusal = admin.refused("create extension dfa");
    refusal.says(&["schema dfa", &login, "ALTER SCHEMA dfa OWNER TO"]);
    admin.run(
        "alter schema dfa owner to postgres; create function dfa.now() returns int language sql return 1",
    );
    admin.refused("create extension dfa").says(&["schema dfa is not empty"]);
    admin.run("drop function dfa.now(); create extension dfa");
}

#[test]
fn locks_that_anybody_may_take_hold_up_nothing() {
    let mut admin = Session::with(KEPT);
    let login = format!("reader_of_{}", admin.database.name());
    admin.run(&format!("create role {login} login; grant dfa_reader to {login}"));
    let mut reader = admin.another_as(&login);
    for keys in ["3578, c.oid::int", "3579, n", "3580, n", "3581, n"] {
        reader.run(&format!(
            "select pg_advisory_lock({keys}) from generate_series(0, 20) as n, pg_class as c where relname in ('ai_t', 'src_u')"
        ));
    }
    admin.run("set lock_timeout = '10s'; set statement_timeout = '60s'");
    assert_eq!(admin.run_table("ai_t", "2024-03-15"), ["ai_t|fill|1|0"]);
    assert!(admin.value("call dfa.run('ai_t', '{2024-03-16}')").contains("|0|"));
    let id = admin.value("select dfa.submit('data', 'ai_t', '{2024-03-17}')");
    assert_eq!(admin.value(&format!("select dfa.wait('{id}', '50 s')")), "0");
    for lock in [
        "dfa.catalog in share mode",
        "dfa.task_process in row exclusive mode",
        "dfa.data_pipeline in row share mode",
    ] {
        let refusal = reader.refused(&format!("begin; lock table {lock}"));
        assert_eq!(refusal.sqlstate, "42501", "{lock}");
        reader.run("rollback");
    }
}

#[test]
fn who_holds_the_catalog_or_a_watermark_is_named_in_time() {
    let mut first = Session::with(KEPT);
    let mut second = first.another();
    let pid = first.pid();
    second.run("set dfa.lock_timeout = '50ms'");
    first.run("begin");
    first.load("src_one: {create: {features: {a: int}}}");
    let refusal = second.load_refused("src_two: {create: {features: {a: int}}}");
    assert_eq!(refusal.sqlstate, "55P03");
    refusal.says(&["dfa.catalog", &format!("process {pid}"), "dfa.lock_timeout"]);
    first.run("rollback; begin; select from dfa.data_pipeline for update");
    let refusal = second.refused("select * from dfa.run_table('ai_t', '2024-03-15', raise => true)");
    assert_eq!(refusal.sqlstate, "55P03");
    refusal.says(&["dfa.data_pipeline", &format!("process {pid}")]);
    first.run("rollback");
    assert_eq!(second.run_table("ai_t", "2024-03-15"), ["ai_t|fill|1|0"]);
}

#[test]
fn an_ingest_locks_the_partitions_that_it_writes() {
    let mut session = Session::with(
        "src_p: {create: {features: {day: date primary key, v: int}, partition_by_range: [day]}}",
    );
    session.run("select dfa.ingest('src_p', '{\"day\": \"2021-01-05\", \"v\": 1}')");
    session.run("begin");
    session.run("select dfa.ingest('src_p', '{\"day\": \"2021-01-05\", \"v\": 2}')");
    let locked = session.value(
        "select count(distinct relation) from pg_locks join pg_inherits on inhrelid = relation
         where inhparent = 'ai.src_p'::regclass and pid = pg_backend_pid()",
    );
    session.run("rollback");
    // That of the day, and the default partition, in which a row may lie that has to move.
    assert!(locked.parse::<u32>().unwrap() <= 2, "{locked} partitions are locked");
}

#[test]
fn an_unknown_task_is_looked_for_among_tasks() {
    let mut session = Session::fresh();
    for call in ["dfa.wait('x')", "dfa.cancel('x')", "dfa.resume('x')", "dfa.process_status('x')"] {
        let refusal = session.refused(&format!("select {call}"));
        assert_eq!(refusal.sqlstate, "DF002", "{call}");
        refusal.says(&["task 'x'", "dfa.task_process"]);
        assert!(!refusal.hint.contains("dfa.catalog"), "{refusal}");
    }
}

#[test]
fn a_migration_changes_no_table_of_whom_the_caller_cannot_trust() {
    let (mut admin, mut operator, login) = operator(KEPT);
    operator.run(SPRING);
    admin.run(&format!("grant usage, create on schema ai to {login}; alter table ai.ai_t owner to {login}"));
    operator.run("alter table ai.ai_t add constraint mine check (trap.spring())");
    admin.load(&KEPT.replacen("id: int", "id: bigint", 1));
    let refusal = admin.refused("select * from dfa.migrate('ai_t')");
    assert_eq!(refusal.sqlstate, "42501", "{refusal}");
    refusal.says(&["ai_t", &login]);
    nothing_sprang(&mut admin);
}

#[test]
fn a_backup_is_not_made_where_somebody_else_could_take_it_away() {
    let (mut admin, mut operator, login) = operator(KEPT);
    operator.run("create schema lure; grant all on schema lure to public");
    let row =
        admin.value("select status, message from dfa.run_retention('ai_t', '2024-03-15', 'copy', 'lure')");
    assert!(
        row.starts_with(&format!("1|Error: schema 'lure' belongs to role '{login}'")) || row.contains(&login),
        "{row}"
    );
    assert_eq!(admin.value("select (select count(*) from ai.ai_t), to_regclass('lure.copy')"), "2|");
    // To themselves they are no stranger.
    operator.run("create table lure.own ()");
    admin.run(&format!("grant dfa_admin to {login}"));
    assert_eq!(
        admin.value("select status from dfa.run_retention('ai_t', '2024-03-15', 'copy', 'lure')"),
        "0"
    );
}
