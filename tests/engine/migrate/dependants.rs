//! Views and functions that depend on what a migration changes.

use super::plan;
use crate::session::Session;

const VIEWS: &str = r#"
"view:v_one": {create: "create or replace view {ai_schema_name}.v_one as select id, a from {ai_schema_name}.src_t"}
"view:v_two": {create: "select id, a + 1 as more from {ai_schema_name}.v_one"}
"view:m_one": {create: "create materialized view {ai_schema_name}.m_one as select a, count(*) as n from {ai_schema_name}.src_t group by a"}
"func:f_one": {create: "create or replace function {ai_schema_name}.f_one() returns bigint return (select sum(a)::bigint from {ai_schema_name}.src_t)"}
"#;

fn table(version: &str, create: &str) -> String {
    format!("src_t: {{version: 2021-01-{version}, create: {{{create}}}}}\n")
}

/// A table with views and a function on it, and five rows.
fn shop() -> Session {
    let create = "features: {id: serial, a: int, b: int, c: text}, primary_key: [id]";
    let mut session = Session::with(&format!("{}{VIEWS}", table("01", create)));
    session.run("insert into ai.src_t (a, b) select n, n from generate_series(1, 5) as n; refresh materialized view ai.m_one");
    session
}

const RETYPED: &str = "features: {id: serial, a: bigint, c: text}, primary_key: [id]";

#[test]
fn those_of_catalogs_are_dropped_and_made_again_around_the_change() {
    let mut session = shop();
    session.load(&table("02", RETYPED));
    assert_eq!(
        session.rows("select change, object from dfa.plan()"),
        [
            "drop view|v_two",
            "drop function|f_one",
            "drop view|m_one",
            "drop view|v_one",
            "retype column|a",
            "drop column|b",
            "create view|v_one",
            "create view|m_one",
            "create function|f_one",
            "create view|v_two",
        ]
    );
    let rows = session.rows("select status from dfa.migrate(allow_destructive => true)");
    assert_eq!(rows.len(), 10);
    assert!(plan(&mut session).is_empty());
    assert_eq!(
        session.value("select (select sum(more) from ai.v_two), (select sum(n) from ai.m_one), ai.f_one(), pg_typeof(a) from ai.v_one limit 1"),
        "20|5|15|bigint"
    );
}

#[test]
fn what_was_given_to_them_by_hand_is_given_again() {
    let mut session = shop();
    let role = format!("{}_analyst", session.database.name());
    session.run(&format!(
        "create role {role}; grant select on ai.v_one to {role} with grant option; grant select (more) on ai.v_two to {role};
         revoke all on ai.v_two from dfa_operator; grant execute on function ai.f_one to {role}; revoke all on function ai.f_one from public;
         create role {role}_owner; alter view ai.v_one owner to {role}_owner; alter materialized view ai.m_one owner to dfa_admin; grant all on ai.src_t to {role}_owner;
         grant usage, create on schema ai to {role}_owner;
         comment on view ai.v_one is 'by hand'; comment on column ai.v_two.more is 'one more'; alter view ai.v_two set (security_barrier = true);
         create unique index m_one_a on ai.m_one (a);
         create function public.nothing() returns trigger language plpgsql as $$ begin return null; end $$;
         create trigger instead instead of delete on ai.v_two for each row execute function public.nothing()"
    ));
    let state = "select relname, relowner::regrole, array(select acl::text from unnest(relacl) as acl order by 1), reloptions,
            obj_description(oid, 'pg_class'), (select string_agg(description, ';') from pg_description where objoid = pg_class.oid and objsubid > 0),
            (select string_agg(attacl::text, ';') from pg_attribute where attrelid = pg_class.oid),
            (select string_agg(pg_get_indexdef(indexrelid), ';') from pg_index where indrelid = pg_class.oid),
            (select string_agg(tgname, ';') from pg_trigger where tgrelid = pg_class.oid)
        from pg_class where relname in ('v_one', 'v_two', 'm_one')
        union all select proname, proowner::regrole, array(select acl::text from unnest(proacl) as acl order by 1), null, null, null, null, null, null
        from pg_proc where proname = 'f_one' order by 1";
    let before = session.rows(state);
    assert!(
        before.iter().any(|row| row.contains("by hand")) && before.iter().any(|row| row.contains("m_one_a"))
    );
    session.load(&table("02", RETYPED));
    session.run("select * from dfa.migrate(allow_destructive => true)");
    assert_eq!(session.rows(state), before);
}

#[test]
fn those_of_nobodys_catalog_are_in_the_way_and_named() {
    let mut session = shop();
    session.load(&table("02", RETYPED));
    for (make, drop, words) in [
        (
            "create view public.report as select more from ai.v_two",
            "view public.report",
            ["view public.report", "retype column a"],
        ),
        (
            "create materialized view public.report as select b from ai.src_t",
            "materialized view public.report",
            ["materialized view public.report", "drop column b"],
        ),
        (
            "create function public.f() returns bigint return (select sum(b) from ai.src_t)",
            "function public.f",
            ["function public.f()", "drop column b"],
        ),
        (
            "create function public.f() returns setof ai.v_one language sql as 'select null::ai.v_one'",
            "function public.f",
            ["function public.f()", "retype column a"],
        ),
    ] {
        let before = session.rows("select change, object from dfa.plan()");
        session.run(make);
        let planned = session.rows("select ddl from dfa.plan()");
        assert!(
            planned.iter().any(|ddl| ddl.starts_with(&format!("-- in the way: {}", words[0]))),
            "{planned:?}"
        );
        let refusal = session.refused("select * from dfa.migrate(allow_destructive => true)");
        assert_eq!(refusal.sqlstate, "2BP01");
        refusal.says(&words);
        refusal.says(&["catalog"]);
        session.run(&format!("drop {drop}"));
        assert_eq!(session.rows("select change, object from dfa.plan()"), before, "nothing was changed");
    }
    session.run("select * from dfa.migrate(allow_destructive => true)");
}

#[test]
fn a_view_that_its_catalog_cannot_make_again_undoes_everything() {
    let mut session = shop();
    session.load(&table("02", "features: {id: serial, b: int, c: text}, primary_key: [id]"));
    let refusal = session.refused("select * from dfa.migrate(allow_destructive => true)");
    assert_eq!(refusal.sqlstate, "42703");
    refusal.says(&["\"a\" does not exist"]);
    assert_eq!(session.value("select sum(more) from ai.v_two"), "20");
    assert_eq!(session.value("select sum(b) from ai.src_t"), "15");
}

#[test]
fn a_view_that_groups_by_the_key_is_made_again_around_a_new_key() {
    let mut session = Session::with(&format!(
        "{}'view:v_g': {{create: 'select id, a from {{ai_schema_name}}.src_t group by id'}}",
        table("01", "features: {id: int, a: int}, primary_key: [id]")
    ));
    session.load(&table("02", "features: {id: int, a: 'int not null'}, primary_key: [a]"));
    let refusal = session.refused("select * from dfa.migrate()");
    assert_eq!(refusal.sqlstate, "42803", "its catalog groups by what is no key any more: {refusal}");
    session.load("'view:v_g': {version: 2021-01-02, create: 'select id, a from {ai_schema_name}.src_t group by a, id'}");
    session.run("select * from dfa.migrate()");
    assert!(plan(&mut session).is_empty());
}

#[test]
fn policies_and_triggers_of_the_column_are_errors_that_name_them() {
    let mut session = shop();
    session.load(&table("02", RETYPED));
    session.run("create policy seen on ai.src_t using (a > 0)");
    let refusal = session.refused("select * from dfa.migrate(allow_destructive => true)");
    refusal.says(&["policy seen"]);
    assert_eq!(session.value("select sum(more) from ai.v_two"), "20");
}
