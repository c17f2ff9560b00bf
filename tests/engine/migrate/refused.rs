//! What is not migrated: an error, and nothing changed.

use super::{between, plan, table};
use crate::session::Session;

/// A migration that is refused with these words, whose plan stays what it was.
fn refused(session: &mut Session, sqlstate: &str, words: &[&str]) {
    let before = plan(session);
    let refusal = session.refused("select * from dfa.migrate()");
    assert_eq!(refusal.sqlstate, sqlstate, "{refusal}");
    refusal.says(words);
    assert_eq!(plan(session), before);
}

#[test]
fn data_are_dropped_only_when_it_is_allowed() {
    let mut session = between("a: int, b: int", "a: int, c: int");
    refused(&mut session, "DF013", &["src_t: drop column b", "allow_destructive"]);
}

/// Of a column that goes while others still use it.
fn still_used(catalog: &str, ddl: &str, words: &[&str]) {
    let mut session = Session::with(
        "src_t: {version: 2021-01-01, create: {features: {a: int, b: int}}}
src_u: {create: {features: {a: int, b: int}}}
",
    );
    session.load("src_t: {version: 2021-01-02, create: {features: {a: int, c: int}}}");
    session.load(catalog);
    session.run("select * from dfa.setup()");
    let drops = session.value("select ddl from dfa.plan() where change = 'drop column'");
    assert!(drops.contains(ddl), "{drops}");
    let refusal = session.refused("select * from dfa.migrate(allow_destructive => true)");
    assert_eq!(refusal.sqlstate, "2BP01", "{refusal}");
    refusal.says(words);
    assert_eq!(session.value("select string_agg(attname, ',' order by attnum) from pg_attribute where attrelid = 'ai.src_t'::regclass and attnum > 0 and not attisdropped"), "a,b");
}

#[test]
fn a_column_that_a_process_or_query_of_a_catalog_uses_is_not_dropped() {
    let reader = |statement: &str| {
        format!("ai_r: {{create: {{features: {{n: int}}}}, update: {{p: {{statement: \"{statement}\"}}}}}}")
    };
    let used = "-- still used by process 'p' of 'ai_r'";
    for statement in [
        "insert into {ai_schema_name}.ai_r select b from {ai_schema_name}.src_t",
        "insert into {ai_schema_name}.ai_r with t as (select * from {ai_schema_name}.src_t) select a from t where b > 1",
        "insert into {ai_schema_name}.src_t (b) select n from {ai_schema_name}.ai_r",
        "update {ai_schema_name}.src_t set b = 1",
    ] {
        still_used(&reader(statement), used, &["src_t: drop column b", "process 'p' of 'ai_r'", "retire"]);
    }
    still_used(
        "query:q: {create: {statement: 'select b from {ai_schema_name}.src_t'}}",
        "query 'q'",
        &["query 'q'"],
    );
    // What it also names is made by the same migration, so that nobody can look it up before.
    still_used(
        &reader("insert into {ai_schema_name}.ai_r select b + c from {ai_schema_name}.src_t"),
        "drop column b",
        &["process 'p' of 'ai_r'", "\"b\" does not exist"],
    );
}

#[test]
fn of_an_upsert_the_columns_that_it_names_are_used_and_no_others() {
    let upsert = |columns: &str, set: &str| {
        format!(
            "ai_r: {{create: {{features: {{n: int}}}}, update: {{p: {{statement: \"insert into {{ai_schema_name}}.src_t ({columns}) \
             select 1 from {{ai_schema_name}}.ai_r on conflict (a) do update set {set} = 2\"}}}}}}"
        )
    };
    let of_key = |features: &str, version: &str| {
        format!("src_t: {{version: {version}, create: {{features: {{{features}}}, primary_key: [a]}}}}")
    };
    for (set, is_used) in [("c", false), ("b", true)] {
        let mut session = Session::with(&of_key("a: int, b: int, c: int", "2021-01-01"));
        session.load(&of_key("a: int, c: int", "2021-01-02"));
        session.load(&upsert("a", set));
        session.run("select * from dfa.setup()");
        let migrate = "select * from dfa.migrate(allow_destructive => true)";
        if is_used {
            let refusal = session.refused(migrate);
            assert_eq!(refusal.sqlstate, "2BP01", "{refusal}");
            refusal.says(&["process 'p' of 'ai_r'", "\"b\""]);
        } else {
            session.run(migrate);
        }
    }
}

#[test]
fn a_column_goes_where_those_that_have_one_of_its_name_mean_another() {
    let mut session = between("a: int, b: int", "a: int, c: int");
    session.load("src_u: {create: {features: {a: int, b: int}}}");
    session.load("ai_r: {create: {features: {n: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_r select u.b from {ai_schema_name}.src_t join {ai_schema_name}.src_u as u using (a)'}}}");
    session.run("select * from dfa.setup(); select * from dfa.migrate(allow_destructive => true)");
    assert_eq!(plan(&mut session), Vec::<String>::new());
}

#[test]
fn a_value_that_does_not_fit_is_named() {
    let mut session = between("a: text", "a: int");
    session.run("insert into ai.src_t values ('1'), ('twelve')");
    refused(&mut session, "DF013", &["retype column a", "twelve"]);
}

#[test]
fn a_value_that_would_be_cut_or_rounded_is_named() {
    let mut session = between("a: text, n: 'numeric(10,4)'", "a: 'varchar(3)', n: 'numeric(10,4)'");
    session.run("insert into ai.src_t values ('abc'), ('abcd')");
    refused(&mut session, "DF013", &["abcd"]);
    let mut session = between("n: 'numeric(10,4)'", "n: 'numeric(10,2)'");
    session.run("insert into ai.src_t values (1.25), (1.2345)");
    refused(&mut session, "DF013", &["1.2345"]);
}

#[test]
fn nulls_and_rows_without_a_value_are_found_first() {
    let mut session = between("a: int", "a: 'int not null'");
    session.run("insert into ai.src_t values (null)");
    refused(&mut session, "DF013", &["set not null a", "null"]);
    let mut session = between("a: int", "a: int, b: 'int not null'");
    session.run("insert into ai.src_t values (1)");
    refused(&mut session, "DF013", &["add column b"]);
}

#[test]
fn a_key_that_the_rows_break_undoes_the_changes_before_it() {
    let mut session = Session::with(&table("01", "a: 'int not null'", ""));
    session.run("insert into ai.src_t values (1), (1)");
    session.load(&table("02", "a: 'int not null', b: int", ", primary_key: [a]"));
    refused(&mut session, "23505", &["(a)=(1)"]);
}

#[test]
fn a_view_of_the_name_is_an_error_and_no_guess() {
    let mut session = Session::with(&table("01", "a: int", ""));
    session.run("drop table ai.src_t; create view ai.src_t as select 1 as a");
    for call in ["select * from dfa.plan()", "select * from dfa.migrate()"] {
        session.refused(call).says(&["22023", "ai.src_t", "no table"]);
    }
}

#[test]
fn a_table_of_another_role_is_an_error() {
    let mut session = Session::with(&table("01", "a: int", ""));
    let role = format!("{}_admin", session.database.name());
    session.run(&format!("create role {role} login in role dfa_admin; create role {role}_other"));
    session.run(&format!("alter table ai.src_t owner to {role}_other"));
    let mut admin = Session { client: session.database.connect_as(&role), ..session.another() };
    admin.refused("select * from dfa.plan('src_t')").says(&["22023", "_other"]);
}

#[test]
fn a_lock_that_another_session_holds_ends_it() {
    let mut session = between("a: int", "a: int, b: int");
    let mut other = session.another();
    other.run("begin; select * from ai.src_t");
    session.run("set dfa.lock_timeout = '50ms'");
    refused(&mut session, "55P03", &["lock timeout"]);
    other.run("rollback");
}

#[test]
fn a_reader_plans_and_does_not_migrate() {
    let mut session = between("a: int", "a: int, b: int");
    let role = format!("{}_reader", session.database.name());
    session.run(&format!("create role {role} login in role dfa_reader"));
    let mut reader = Session { client: session.database.connect_as(&role), ..session.another() };
    assert_eq!(plan(&mut reader), ["add column|b|f|none"]);
    assert_eq!(reader.refused("select * from dfa.migrate()").sqlstate, "42501");
}
