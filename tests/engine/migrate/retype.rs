//! Another type for a column: any cast that works is made, and what it would change is named.

use super::{between, migrate, plan, table};
use crate::session::{quoted, Session};

/// A table whose column `a` is of one type, with this value in it, and of another type in its catalog.
fn with_value(old: &str, new: &str, value: &str) -> Session {
    let mut session = between(&format!("a: \"{old}\""), &format!("a: \"{new}\""));
    session.run(&format!("insert into ai.src_t values ({})", quoted(value)));
    session
}

#[test]
fn every_cast_that_keeps_the_value_is_made_without_asking() {
    let cases = [
        ("json", "jsonb", r#"{"a":1,  "b": [1, 2]}"#, r#"{"a": 1, "b": [1, 2]}"#),
        ("jsonb", "json", r#"{"a": 1}"#, r#"{"a": 1}"#),
        ("json[]", "jsonb[]", r#"{"{\"a\":1}"}"#, r#"{"{\"a\": 1}"}"#),
        ("xml", "text", "<a>1</a>", "<a>1</a>"),
        ("point", "text", "(1,2)", "(1,2)"),
        ("text", "point", "1, 2", "(1,2)"),
        ("text", "jsonb", r#"{"a":1}"#, r#"{"a": 1}"#),
        ("text", "xml", "<a/>", "<a/>"),
        ("text", "uuid", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ("varchar(10)", "boolean", "TRUE", "t"),
        ("text", "date", "2024-1-5", "2024-01-05"),
        ("text", "timestamp", "2024-01-05T13:00", "2024-01-05 13:00:00"),
        ("text", "timestamptz", "2024-01-05 13:00:00+00", "2024-01-05 13:00:00+00"),
        ("text", "numeric(10,2)", "1.5", "1.50"),
        ("text", "float8", "0.30000000000000004", "0.30000000000000004"),
        ("text", "inet", "10.0.0.1/32", "10.0.0.1"),
        ("text", "int[]", "{1, 2}", "{1,2}"),
        ("text[]", "date[]", "{2024-1-5}", "{2024-01-05}"),
        ("bigint", "boolean", "1", "t"),
        ("int", "date", "20240105", "2024-01-05"),
        ("timestamp", "date", "2024-01-05", "2024-01-05"),
        ("interval", "time", "13:00", "13:00:00"),
        ("numeric", "numeric(4,1)", "12.50", "12.5"),
    ];
    for (old, new, value, expected) in cases {
        let mut session = with_value(old, new, value);
        session.run("set timezone = 'UTC'; set client_min_messages = warning");
        let rows = session.rows("select change, status from dfa.migrate()");
        assert_eq!(rows, ["retype column|0"], "{old} to {new}");
        assert_eq!(session.value("select a from ai.src_t"), expected, "{old} to {new}");
        assert!(plan(&mut session).is_empty(), "{old} to {new}: {:?}", plan(&mut session));
    }
}

#[test]
fn a_value_that_would_become_another_is_named_and_goes_when_that_is_allowed() {
    let cases = [
        ("text", "varchar(3)", "abcd", "abc"),
        ("text", "int", "007", "7"),
        ("text", "numeric(10,2)", "1.239", "1.24"),
        ("text", "date", "2024-01-05 13:00", "2024-01-05"),
        ("text", "timestamp", "2024-01-05 13:00+07", "2024-01-05 13:00:00"),
        ("text", "timestamp(0)", "2024-01-05 13:00:00.6", "2024-01-05 13:00:01"),
        ("text[]", "varchar(3)[]", "{abcd}", "{abc}"),
        ("numeric", "int", "1.5", "2"),
        ("float8", "float4", "0.1", "0.1"),
        ("bigint", "float8", "9007199254740993", "9.007199254740992e+15"),
        ("timestamp", "date", "2024-01-05 13:00", "2024-01-05"),
        ("timestamp", "time", "2024-01-05 13:00", "13:00:00"),
        ("int", "boolean", "5", "t"),
        ("numeric(10,4)", "numeric(10,2)", "1.2345", "1.23"),
        ("interval", "time", "25:00", "01:00:00"),
        ("inet", "cidr", "10.0.0.1/24", "10.0.0.0/24"),
        ("text", "name", &"x".repeat(70), &"x".repeat(63)),
    ];
    for (old, new, value, expected) in cases {
        let mut session = with_value(old, new, value);
        let named = session.value("select a::text from ai.src_t");
        let refusal = session.refused("select * from dfa.migrate()");
        assert_eq!(refusal.sqlstate, "DF013", "{old} to {new}: {refusal}");
        refusal.says(&["src_t", "retype column a", &named, "allow_destructive"]);
        assert_eq!(session.value("select a::text from ai.src_t"), named, "{old} to {new}");
        migrate(&mut session);
        assert_eq!(session.value("select a from ai.src_t"), expected, "{old} to {new}");
    }
}

#[test]
fn a_value_that_cannot_be_cast_is_named_whatever_is_allowed() {
    let cases = [
        ("text", "int", "twelve"),
        ("text", "uuid", "twelve"),
        ("text", "date", "2024-13-45"),
        ("text", "jsonb", "{twelve"),
        ("text", "boolean", "maybe"),
        ("bigint", "boolean", "7"),
        ("bigint", "int", "9999999999"),
        ("text[]", "int[]", "{1,twelve}"),
    ];
    for (old, new, value) in cases {
        let mut session = with_value(old, new, value);
        for call in ["select * from dfa.migrate()", "select * from dfa.migrate(allow_destructive => true)"] {
            let refusal = session.refused(call);
            assert_eq!(refusal.sqlstate, "DF013", "{old} to {new}: {refusal}");
            refusal.says(&["do not fit", "retype column a", "Found: "]);
        }
        assert_eq!(session.value("select a::text from ai.src_t"), value);
    }
}

#[test]
fn an_empty_table_takes_any_type() {
    // Each column takes each of these types in turn.
    let types = [
        "int",
        "boolean",
        "date",
        "timestamptz",
        "uuid",
        "jsonb",
        "point",
        "bytea",
        "int[]",
        "inet",
        "tsvector",
        "int4range",
    ];
    let columns = |turn: usize| -> String {
        let of = |n: usize| format!("c{n}: '{}'", types[(n + turn) % types.len()]);
        (0..types.len()).map(of).collect::<Vec<_>>().join(", ")
    };
    let mut session = Session::with(&table("01", &columns(0), ""));
    for turn in 1..types.len() {
        session.load(&table(&format!("{:02}", turn + 1), &columns(turn), ""));
        migrate(&mut session);
    }
}

#[test]
fn another_type_of_a_key_and_of_what_refers_to_it_come_together() {
    let catalog = |version: &str, datatype: &str| {
        format!(
            "src_p: {{version: 2021-01-{version}, create: {{features: {{id: {datatype}, up: {datatype}}}, primary_key: [id], foreign_key: {{up: src_p.id}}}}}}
src_c: {{version: 2021-01-{version}, create: {{features: {{p: {datatype}}}, foreign_key: {{p: src_p.id}}}}}}
"
        )
    };
    let mut session = Session::with(&catalog("01", "int"));
    session.run("insert into ai.src_p values (1, null), (2, 1); insert into ai.src_c values (2)");
    session.load(&catalog("02", "text"));
    migrate(&mut session);
    assert_eq!(session.refused("insert into ai.src_c values ('9')").sqlstate, "23503");
    assert_eq!(session.refused("insert into ai.src_p values ('3', '9')").sqlstate, "23503");
    assert_eq!(session.value("select p from ai.src_c"), "2");
}

#[test]
fn a_key_that_others_refer_to_is_dropped_and_made_again_with_theirs() {
    let catalog = |version: &str, key: &str| {
        format!(
            "src_p: {{version: 2021-01-{version}, create: {{features: {{id: 'int not null unique', n: 'int not null'}}, primary_key: [{key}]}}}}
src_c: {{create: {{features: {{p: int}}, foreign_key: {{p: src_p.id}}}}}}
"
        )
    };
    let mut session = Session::with(&catalog("01", "id"));
    session.run("insert into ai.src_p values (1, 1); insert into ai.src_c values (1)");
    session.load(&catalog("02", "id, n"));
    migrate(&mut session);
    assert_eq!(session.refused("insert into ai.src_c values (9)").sqlstate, "23503");
    session.load(&catalog("03", "id"));
    session.run("create table public.k (a int, b int, foreign key (a, b) references ai.src_p (id, n))");
    session.refused("select * from dfa.migrate()").says(&[
        "2BP01",
        "drop primary key",
        "foreign key k_a_b_fkey of public.k",
    ]);
}

#[test]
fn what_uses_a_column_and_is_in_no_catalog_is_named_before_anything_changes() {
    let cases = [
        ("create policy seen on ai.src_t using (a > 0)", "policy seen on table ai.src_t"),
        (
            "create trigger one before update of a on ai.src_t for each row execute function public.nothing()",
            "trigger one on table ai.src_t",
        ),
        (
            "create trigger two before insert on ai.src_t for each row when (new.a > 0) execute function public.nothing()",
            "trigger two on table ai.src_t",
        ),
        ("create publication p for table ai.src_t where (a > 0)", "publication of table ai.src_t in publication p"),
        ("create publication p for table ai.src_t (a)", "publication of table ai.src_t in publication p"),
        ("create rule no_five as on insert to ai.src_t where new.a = 5 do instead nothing", "rule no_five on table ai.src_t"),
    ];
    for (make, called) in cases {
        for wanted in ["a: bigint, b: int", "b: int"] {
            let mut session = between("a: int, b: int", wanted);
            session.run("create function public.nothing() returns trigger language plpgsql as 'begin return new; end'");
            session.run(make);
            session.run("insert into ai.src_t (a, b) values (1, 2)");
            let planned = session.rows("select ddl from dfa.plan()");
            let line = format!("-- in the way: {called}");
            assert!(planned.iter().any(|ddl| ddl.starts_with(&line)), "{make}: {planned:?}");
            let refusal = session.refused("select * from dfa.migrate(allow_destructive => true)");
            assert_eq!(refusal.sqlstate, "2BP01", "{make}: {refusal}");
            refusal.says(&[called]);
            assert_eq!(session.value("select a, b from ai.src_t"), "1|2");
        }
    }
}

#[test]
fn a_default_that_counts_by_a_sequence_of_its_own_keeps_it() {
    let mut session = Session::fresh();
    session.load(&table("01", "a: int", ""));
    session.set_up();
    session.run("create sequence ai.numbers owned by ai.src_t.a; select setval('ai.numbers', 41)");
    session.load(&table("02", "a: \"bigint default nextval('ai.numbers')\"", ""));
    migrate(&mut session);
    session.load(&table("03", "a: \"numeric default nextval('ai.numbers')\"", ""));
    migrate(&mut session);
    session.run("insert into ai.src_t default values");
    assert_eq!(session.value("select a from ai.src_t"), "42");
}

#[test]
fn a_computed_column_made_by_hand_goes_before_its_source_when_that_is_allowed() {
    let mut session = between("a: int", "a: bigint");
    session.run(
        "alter table ai.src_t add twice int generated always as (a * 2) stored; insert into ai.src_t values (4)",
    );
    session.refused("select * from dfa.migrate()").says(&["DF013", "drop column twice"]);
    assert_eq!(session.value("select twice from ai.src_t"), "8");
    migrate(&mut session);
    assert_eq!(session.value("select * from ai.src_t"), "4");
}
