//! What lies in a caller's search path is anybody's who may create there. No statement of DFA's own may meet it.

mod owners;

use crate::session::Session;

const SALES: &str = "
src_s: {create: {features: {day: date, v: 'varchar(20)'}}, initial: {values: [\"'2021-01-01', 'a'\"]}}
imp_s: {create: {features: {k: 'varchar(20) primary key', v: int, update_date: timestamp}}}
ai_s:
  create:
    features: {day: date, k: 'varchar(20)'}
    partition_by_range: [day]
  tests: [{unique: [day, k], severity: warn}, {not_null: [day]}, {accepted_values: {column: k, values: [a, b]}}]
  retention: {column: day, months: 1}
  update: {fill: {statement: \"insert into {ai_schema_name}.ai_s select day, v from {ai_schema_name}.src_s\"}}
func:f_one: {create: 'create or replace function {ai_schema_name}.f_one() returns int language sql return 1'}
view:v_one: {create: 'select day from {ai_schema_name}.ai_s'}
query:q_one: {create: 'select k from {ai_schema_name}.ai_s'}
nightly: {id: nightly, nodes: [ai_s], schedule: '30 5 * * *', trigger: [landed]}
";

/// Every call that a role of DFA may make, with what it needs.
const CALLS: &str = "
select * from dfa.validate_catalog('src_x: {create: {features: {a: int}}}');
select * from dfa.load_catalog('src_new: {create: {features: {a: int}}}');
select dfa.load_catalog_file('rows.json', '[{\"a\": 1}]');
select * from dfa.setup(initial_data => 'Y');
select * from dfa.plan();
select * from dfa.migrate();
select * from dfa.lineage();
select * from dfa.dependency('ai_s');
select * from dfa.render('ai_s', run_date => '2021-01-02');
select * from dfa.explain('ai_s', run_date => '2021-01-02');
select * from dfa.try_table('ai_s', '2021-01-02');
select * from dfa.neighbourhood('ai_s', 2, 2);
select * from dfa.run_table('ai_s', '2021-01-02');
select * from dfa.run_pipeline('nightly', '2021-01-03');
select * from dfa.run_table('ai_s', '2021-01-02', 'rerun');
call dfa.run('nightly', '{2021-01-04}');
select * from dfa.gaps('ai_s');
select dfa.mark_stale('src_s', '2021-01-01');
select dfa.run_query('q_one');
select dfa.ingest('imp_s', '[{\"k\": \"a\", \"v\": 1}, {\"k\": \"b\", \"v\": 2}]');
select dfa.ingest('imp_s', '[{\"k\": \"a\", \"v\": 3}]', idempotency_key => 'one');
select dfa.ingest('imp_s', '[{\"k\": \"a\", \"v\": 4}]', action => 'update');
select dfa.delete_rows('imp_s', '[{\"k\": \"b\"}]');
select * from dfa.make_partitions();
select * from dfa.run_retention('ai_s', '2021-06-01', 'Y');
select dfa.restore_backup('ai_s', '2021-01-01', '2021-01-31');
select * from dfa.run_retention(run_date => '2021-06-01');
select dfa.notify_source('landed');
select dfa.tick();
select dfa.backfill('ai_s', '2021-01-02', '2021-01-03');
insert into dfa.task_process (process_id, process_type, process_name_put, process_module) values ('open', 'by hand|table', 'ai_s', 'framework|data');
select dfa.cancel('open');
select * from dfa.process_status((select max(process_id) from dfa.task_process));
select dfa.claim_request('me', 'key', 'GET /', 'x');
select dfa.answer_request('me', 'key', 200, '{}');
select dfa.release_request('me', 'key');
";

/// Operators and functions that fit better than those of Postgres, wherever it has none of exactly these types.
const TRAPS: &str = include_str!("hostile/traps.sql");

#[test]
fn no_call_meets_what_others_put_into_the_search_path() {
    let mut admin = Session::with(SALES);
    let mut guest = guest_who_may_create(&mut admin);
    admin.run("create table public.trapped (what text); grant insert on public.trapped to public");
    guest.run(TRAPS);
    let traps = admin.value("select count(*) from pg_operator where oprnamespace = 'postgres'::regnamespace");
    assert!(traps.parse::<u32>().unwrap() > 1000, "{traps} operators lie in the path");
    for call in CALLS.lines().filter(|line| !line.is_empty()) {
        admin.run(call);
        assert_eq!(admin.rows("select distinct what from public.trapped"), Vec::<String>::new(), "{call}");
    }
    let failed = admin.rows("select message from dfa.task_step where state in ('FAILED', 'BLOCKED')");
    assert!(failed.is_empty(), "{failed:#?}");
    admin.run("select from dfa.task_process where status = 2");
    assert_ne!(
        admin.rows("select what from public.trapped limit 1"),
        Vec::<String>::new(),
        "the traps are no traps"
    );
}

#[test]
fn temporary_relations_take_the_place_of_none() {
    let mut session = Session::with(SALES);
    session.run(
        "create temp table pg_class (a int); create temp table pg_attribute (a int); create temp table pg_locks (a int);
         create temp table pg_namespace (a int); create temp table pg_proc (a int); create temp table pg_trigger (a int)",
    );
    for call in CALLS.lines().filter(|line| !line.is_empty()) {
        session.run(call);
    }
    let failed = session.rows("select message from dfa.task_step where state in ('FAILED', 'BLOCKED')");
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn statements_of_catalogs_have_the_search_path_of_their_caller() {
    let mut session = Session::with(
        "ai_p: {create: {features: {a: text}}, update: {fill: {statement: \"insert into {ai_schema_name}.ai_p select word from words\"}}}",
    );
    session.run(
        "create schema mine; create table mine.words (word text); insert into mine.words values ('mine')",
    );
    session.run("create function mine.note() returns trigger language plpgsql as $$begin insert into noted values (new.a); return new; end$$");
    session.run("create table mine.noted (word text); create trigger note before insert on ai.ai_p for each row execute function mine.note()");
    session.run("set search_path = mine");
    assert_eq!(session.run_table("ai_p", "2021-01-02"), ["ai_p|fill|1|0"]);
    session.run("select dfa.ingest('ai_p', '{\"a\": \"sent\"}')");
    assert_eq!(session.rows("select word from noted order by word"), ["mine", "sent"]);
    assert_eq!(session.value("show search_path"), "mine");
}

#[test]
fn settings_of_the_caller_change_nothing_that_dfa_says_itself() {
    let mut session = Session::with(SALES);
    session.load("ai_dated: {create: {features: {a: date, b: date, c: 'int[]'}}, update: {fill: {parameter: [run_date, data_date], statement: \"insert into {ai_schema_name}.ai_dated values ('{run_date}', '{data_date}')\"}}}");
    session.set_up();
    session.run(
        "set quote_all_identifiers = on; set standard_conforming_strings = off; set array_nulls = off;
         set datestyle = 'German, DMY'; set intervalstyle = 'sql_standard'; set escape_string_warning = off",
    );
    for call in CALLS.lines().filter(|line| !line.is_empty()) {
        session.run(call);
    }
    let failed = session.rows(
        "select message from dfa.task_step where state in ('FAILED', 'BLOCKED')
         union all select message from dfa.data_logging where status = 1",
    );
    assert!(failed.is_empty(), "{failed:#?}");
    session.run("select dfa.ingest('ai_dated', '{\"a\": \"2021-01-01\", \"c\": [1, null]}')");
    assert_eq!(session.value("select c[2] is null from ai.ai_dated"), "t");
    session.run("reset quote_all_identifiers");
    let shown = session.value("select statement from dfa.render('ai_dated', run_date => '2030-05-06')");
    assert_eq!(shown, "insert into ai.ai_dated values ('2030-05-06', '2021-01-01')");
}

/// A login with the right to create schemas and nothing else, who made one that is in the path of the superuser.
fn guest_who_may_create(admin: &mut Session) -> Session {
    let login = format!("guest_of_{}", admin.database.name());
    admin.run(&format!("create role {login} login; grant dfa_reader to {login}"));
    admin.run(&format!("grant create on database {} to {login}", admin.database.quoted_name()));
    let mut guest = admin.another_as(&login);
    guest.run("create schema postgres; grant usage on schema postgres to public");
    guest
}
