//! Views and functions follow their catalogs as tables do.

use super::{migrate, plan};
use crate::session::Session;

const TABLE: &str = "src_t: {create: {features: {id: int, a: int, b: text}}}\n";

/// A set of a table and these routines, set up; then the same with other ones, loaded.
fn between(old: &str, new: &str) -> Session {
    let mut session = Session::with(&format!("{TABLE}{old}"));
    session.load(new);
    session
}

fn changes(session: &mut Session) -> Vec<String> {
    session.rows("select table_name, change, object, loss from dfa.plan()")
}

#[test]
fn an_edited_view_is_planned_and_the_next_run_sees_it() {
    let mut session = between(
        "\"view:v_pay\": {create: 'select id, a as amount from {ai_schema_name}.src_t'}
ai_sum: {create: {features: {total: bigint}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_sum select sum(amount) from {ai_schema_name}.v_pay'}}}",
        "\"view:v_pay\": {version: 2021-01-02, create: 'select id, a * 2 as amount from {ai_schema_name}.src_t'}",
    );
    session.run("insert into ai.src_t values (1, 10), (2, 20); grant select on ai.v_pay to public; create view public.on_it as select id from ai.v_pay");
    assert_eq!(changes(&mut session), ["v_pay|replace view|v_pay|none"]);
    migrate(&mut session);
    session.run_table("ai_sum", "2021-01-02");
    assert_eq!(session.value("select total from ai.ai_sum"), "60");
    assert_eq!(
        session
            .value("select has_table_privilege('public', 'ai.v_pay', 'select'), count(*) from public.on_it"),
        "t|2"
    );
}

#[test]
fn a_plan_is_empty_after_a_setup_and_after_a_migration_of_every_kind() {
    let sets = [
        "\"view:v\": {create: \"select *, 'x' as c, case when b in ('p', 'q') then 1 end as d from {ai_schema_name}.src_t where a in (1, 2)\"}",
        "\"view:v\": {create: 'create view {ai_schema_name}.v (one, two) as select a, b from {ai_schema_name}.src_t as t where t.a > 0'}",
        "\"view:v\": {create: 'create or replace view {ai_schema_name}.v with (security_barrier) as select id, a from {ai_schema_name}.src_t where a > 0 with local check option'}",
        "\"view:v\": {create: 'create or replace view \"{ai_schema_name}\".\"v\" as select current_date as day, count(*) filter (where a > 1) as n from {ai_schema_name}.src_t;'}",
        "\"mview:m\": {create: 'select a, count(*) as n from {ai_schema_name}.src_t group by a'}",
        "\"mview:m\": {create: 'create materialized view if not exists {ai_schema_name}.m with (fillfactor = 70) as select a from {ai_schema_name}.src_t with no data'}",
        "\"view:v\": {create: \"select nspname from pg_namespace where nspname = '{ai_schema_name}'\"}",
        "\"func:f\": {create: 'create or replace function {ai_schema_name}.f(x int default 3, out y int) language sql as $$ select x + {ai_schema_name}.f(1) - {ai_schema_name}.f(1) + x $$'}",
        "\"func:f\": {create: 'create function {ai_schema_name}.f(x int) returns int language plpgsql stable set search_path = public as $$ begin return (select count(*) from {ai_schema_name}.src_t); end $$'}",
        "\"func:f\": {create: 'create or replace procedure {ai_schema_name}.f(x int) language plpgsql as $$ begin raise notice ''function''; end $$'}",
        "\"func:f\": {create: 'create or replace function {ai_schema_name}.f() returns bigint return (select sum(a) from {ai_schema_name}.src_t)'}",
        "\"func:f\": {create: 'create or replace function {ai_schema_name}.f(t {ai_schema_name}.src_t) returns setof {ai_schema_name}.src_t language sql as $$ select t.* $$'}",
        "\"view:v\": {create: 'select {ai_schema_name}.f(a) as x from {ai_schema_name}.src_t'}
\"func:f\": {create: 'create or replace function {ai_schema_name}.f(x int) returns int language sql as $$ select x $$'}",
    ];
    for set in sets {
        let mut session = Session::with(&format!("{TABLE}{set}"));
        assert!(plan(&mut session).is_empty(), "{set}: {:?}", session.rows("select ddl from dfa.plan()"));
        session.run("drop schema ai cascade; delete from dfa.data_pipeline; delete from dfa.data_interval; create schema ai");
        migrate(&mut session);
        let functions_and_views = session.rows("select relname from pg_class where relnamespace = 'ai'::regnamespace and relkind in ('v', 'm') and relname in ('v', 'm') union all select proname from pg_proc where pronamespace = 'ai'::regnamespace");
        assert!(!functions_and_views.is_empty(), "{set}");
    }
}

#[test]
fn every_edit_of_a_routine_is_found_and_made() {
    let edits = [
        (
            "view:v",
            "select a from {ai_schema_name}.src_t",
            "select a from {ai_schema_name}.src_t where a > 1",
            "replace view",
        ),
        (
            "view:v",
            "select a from {ai_schema_name}.src_t",
            "select a, b from {ai_schema_name}.src_t",
            "replace view",
        ),
        (
            "view:v",
            "create view {ai_schema_name}.v as select a from {ai_schema_name}.src_t",
            "create view {ai_schema_name}.v as select a + 1 as a from {ai_schema_name}.src_t",
            "replace view",
        ),
        (
            "func:f",
            "create function {ai_schema_name}.f() returns int language sql as $$ select 1 $$",
            "create function {ai_schema_name}.f() returns int language sql as $$ select 2 $$",
            "replace function",
        ),
        (
            "func:f",
            "create function {ai_schema_name}.f() returns int language sql as $$ select 1 $$",
            "create function {ai_schema_name}.f() returns int language sql immutable as $$ select 1 $$",
            "replace function",
        ),
        (
            "func:f",
            "create procedure {ai_schema_name}.f() language sql as $$ select 1 $$",
            "create procedure {ai_schema_name}.f() language sql as $$ select 2 $$",
            "replace function",
        ),
    ];
    for (name, old, new, change) in edits {
        let set = |version: u8, sql: &str| {
            format!("\"{name}\": {{version: 2021-01-0{version}, create: \"{sql}\"}}")
        };
        let mut session = between(&set(1, old), &set(2, new));
        let bare = &name[5..];
        assert_eq!(changes(&mut session), [format!("{bare}|{change}|{bare}|none")], "{new}");
        migrate(&mut session);
        session.load(&set(3, old));
        migrate(&mut session);
    }
}

#[test]
fn what_cannot_be_replaced_is_made_again_with_what_depends_on_it_and_its_rights() {
    let set = |version: u8, a: &str| {
        format!(
            "\"view:v_one\": {{version: 2021-01-0{version}, create: 'select {a} as a, id from {{ai_schema_name}}.src_t'}}
\"view:v_two\": {{create: 'select a from {{ai_schema_name}}.v_one'}}
\"mview:m_one\": {{version: 2021-01-0{version}, create: 'create materialized view {{ai_schema_name}}.m_one as select max({a}) as a from {{ai_schema_name}}.src_t'}}
"
        )
    };
    let mut session = between(&set(1, "a"), &set(2, "a::numeric"));
    let role = format!("{}_analyst", session.database.name());
    session.run(&format!(
        "create role {role}; grant select on ai.v_one, ai.v_two, ai.m_one to {role}; comment on view ai.v_one is 'mine'; create unique index on ai.m_one (a)"
    ));
    assert_eq!(
        session.rows("select change, object from dfa.plan()"),
        [
            "drop view|m_one",
            "drop view|v_two",
            "drop view|v_one",
            "create view|v_one",
            "create view|v_two",
            "create view|m_one"
        ]
    );
    session.run("create view public.report as select a from ai.v_two");
    session.refused("select * from dfa.migrate()").says(&["2BP01", "view public.report"]);
    session.run("drop view public.report");
    migrate(&mut session);
    assert_eq!(
        session.value(&format!(
            "select has_table_privilege('{role}', 'ai.v_one', 'select'), has_table_privilege('{role}', 'ai.v_two', 'select'), has_table_privilege('{role}', 'ai.m_one', 'select'),
                    obj_description('ai.v_one'::regclass), to_regclass('ai.m_one_a_idx') is not null,
                    (select format_type(atttypid, null) from pg_attribute where attrelid = 'ai.v_two'::regclass and attname = 'a')"
        )),
        "t|t|t|mine|t|numeric"
    );
    session.load("\"func:f\": {create: 'create or replace function {ai_schema_name}.f() returns int language sql as $$ select 1 $$'}\n\"view:v_f\": {create: 'select {ai_schema_name}.f() as x'}");
    migrate(&mut session);
    session.load("\"func:f\": {version: 2021-01-02, create: 'create or replace function {ai_schema_name}.f() returns text language sql as $$ select ''one'' $$'}");
    assert_eq!(
        session.rows("select change, object from dfa.plan()"),
        ["drop view|v_f", "drop function|f", "create function|f", "create view|v_f"]
    );
    migrate(&mut session);
    assert_eq!(session.value("select x from ai.v_f"), "one");
    session.run("create table public.holder (x text default ai.f())");
    session.load("\"func:f\": {version: 2021-01-03, create: 'create or replace function {ai_schema_name}.f() returns int language sql as $$ select 1 $$'}");
    session
        .refused("select * from dfa.migrate()")
        .says(&["2BP01", "default value for column x of table public.holder"]);
}

#[test]
fn tables_and_views_of_them_change_together() {
    let mut session = Session::with(
        "src_t: {create: {features: {id: int, a: int}}}
\"view:v_all\": {create: 'select * from {ai_schema_name}.src_t'}
\"view:v_two\": {create: 'select id from {ai_schema_name}.v_all'}",
    );
    session.load(
        "src_t: {version: 2021-01-02, create: {features: {id: int, a: int, c: int}}}
\"view:v_two\": {version: 2021-01-02, create: 'select id, c from {ai_schema_name}.v_all'}
\"view:v_new\": {create: 'select c from {ai_schema_name}.src_new'}
src_new: {create: {features: {c: int}}}",
    );
    migrate(&mut session);
    session.run("insert into ai.src_t values (1, 2, 3)");
    assert_eq!(session.value("select v_all.*, v_two.c from ai.v_all, ai.v_two"), "1|2|3|3");
    assert_eq!(session.value("select has_table_privilege('dfa_reader', 'ai.v_new', 'select')"), "t");
}

#[test]
fn a_view_changed_or_dropped_by_hand_comes_back() {
    let mut session =
        Session::with(&format!("{TABLE}\"view:v\": {{create: 'select a from {{ai_schema_name}}.src_t'}}"));
    session.run("create or replace view ai.v as select a * 5 as a from ai.src_t");
    assert_eq!(changes(&mut session), ["v|replace view|v|none"]);
    migrate(&mut session);
    session.run("drop view ai.v");
    assert_eq!(changes(&mut session), ["v|create view|v|none"]);
    migrate(&mut session);
}

#[test]
fn one_that_cannot_be_made_is_told_and_stops_nothing_else() {
    let mut session = Session::fresh();
    session.load(&format!(
        "{TABLE}\"view:v_broken\": {{create: 'select nothing from {{ai_schema_name}}.src_none'}}"
    ));
    session.run("select * from dfa.setup(run_date => '2021-01-01')");
    session.load("src_t: {version: 2021-01-02, create: {features: {id: int, a: bigint, b: text}}}");
    session.load("\"view:v_good\": {create: 'select a from {ai_schema_name}.src_t'}");
    let output = session.database.psql("select change, object from dfa.migrate('src_t'); select change, object from dfa.migrate(); select count(*) from dfa.plan()");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("view 'v_broken' cannot be made") && said.contains("src_none"), "{said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "retype column|a\ncreate view|v_good\n0\n");
}

#[test]
fn a_view_or_function_is_migrated_by_its_name_and_with_its_pipeline() {
    let mut session = Session::with(&format!(
        "{TABLE}\"view:v_a\": {{create: 'select a from {{ai_schema_name}}.src_t'}}
\"view:v_b\": {{create: 'select a from {{ai_schema_name}}.v_a'}}
ai_x: {{create: {{features: {{a: int}}}}, update: {{p: {{statement: 'insert into {{ai_schema_name}}.ai_x select a from {{ai_schema_name}}.v_b'}}}}}}
one: {{nodes: [ai_x]}}"
    ));
    session
        .load("\"view:v_a\": {version: 2021-01-02, create: 'select a + 1 as a from {ai_schema_name}.src_t'}");
    assert_eq!(session.rows("select change, object from dfa.plan('one')"), ["replace view|v_a"]);
    assert!(session.rows("select change from dfa.plan('v_b')").is_empty());
    assert_eq!(session.rows("select change, object from dfa.migrate('v_a')"), ["replace view|v_a"]);
    assert!(plan(&mut session).is_empty());
}

#[test]
fn a_plan_locks_no_view_and_leaves_nothing_behind() {
    let mut session = between(
        "\"view:v\": {create: 'select a from {ai_schema_name}.src_t'}",
        "\"view:v\": {version: 2021-01-02, create: 'select a + 1 as a from {ai_schema_name}.src_t'}",
    );
    let mut reader = session.another();
    reader.run("begin; select * from ai.v");
    session.run("set lock_timeout = '2s'");
    assert_eq!(changes(&mut session), ["v|replace view|v|none"]);
    reader.run("rollback");
    assert_eq!(session.value("select count(*) from pg_class where relname like 'dfa_shadow%'"), "0");
    assert_eq!(session.value("select pg_get_viewdef('ai.v'::regclass) like '%+%'"), "f");
}

#[test]
fn a_plan_is_empty_after_a_dump_and_a_restore_of_views() {
    let mut session = Session::with(
        "src_t: {create: {features: {a: 'varchar(5)', b: int}}}
\"view:v\": {create: \"select a from {ai_schema_name}.src_t where a in ('x', 'y') and b in (1, 2)\"}",
    );
    // As pg_dump does: from what Postgres prints.
    session.run("do $$ declare q text := pg_get_viewdef('ai.v'::regclass); begin execute 'drop view ai.v'; execute 'create view ai.v as ' || q; end $$");
    assert!(plan(&mut session).is_empty(), "{:?}", session.rows("select ddl from dfa.plan()"));
}
