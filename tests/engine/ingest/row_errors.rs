//! What refuses one row refuses it alone, and says which.

use super::{ingest, refused};
use crate::session::Session;

/// The third of four rows is refused: alone with skip, with its position and column, and all of them without.
fn is_refused_alone(session: &mut Session, table: &str, good: &str, bad: &str, column: &str, words: &str) {
    let payload =
        format!("[{},{},{bad},{}]", good.replace('#', "1"), good.replace('#', "2"), good.replace('#', "3"));
    let refusal = refused(session, table, &payload, "");
    assert_eq!(refusal.sqlstate, "DF011", "{refusal}");
    refusal.says(&["1 row", "row 3", words]);
    assert_eq!(session.value(&format!("select count(*) from ai.{table}")), "0");
    assert_eq!(ingest(session, table, &payload, ", on_error => 'skip'"), "3|1");
    let kept = session.value(
        "select position, coalesce(column_name, '-'), reason from dfa.rejected_row order by id desc limit 1",
    );
    assert!(kept.starts_with(&format!("3|{column}|")) && kept.contains(words), "{kept}");
}

#[test]
fn a_value_that_an_input_function_refuses_with_any_sqlstate() {
    let mut session = Session::fresh();
    session.run("create extension hstore schema public");
    session.load("imp_h: {create: {features: {id: int, h: public.hstore, r: regclass}}}");
    session.set_up();
    let good = r##"{"id":#,"h":"a=>1","r":"pg_class"}"##;
    is_refused_alone(&mut session, "imp_h", good, r#"{"id":4,"h":"a=>"}"#, "h", "Unexpected end of string");
    session.run("truncate ai.imp_h");
    is_refused_alone(&mut session, "imp_h", good, r#"{"id":4,"r":"no_such_table"}"#, "r", "no_such_table");
}

#[test]
fn a_row_that_a_trigger_refuses_with_an_sqlstate_of_its_own() {
    for sqlstate in ["P0001", "ZZ123", "42501", "55000", "22000"] {
        let mut session = Session::with("imp_t: {create: {features: {id: int, n: int}, primary_key: [id]}}");
        session.run(&format!(
            "create function public.mind() returns trigger language plpgsql as $$
             begin if new.n < 0 then raise exception 'not that one' using errcode = '{sqlstate}'; end if; return new; end $$;
             create trigger mind before insert on ai.imp_t for each row execute function public.mind()"
        ));
        is_refused_alone(
            &mut session,
            "imp_t",
            r##"{"id":#,"n":1}"##,
            r#"{"id":4,"n":-1}"#,
            "-",
            "not that one",
        );
    }
}

#[test]
fn a_violated_constraint_of_one_column_names_it() {
    let mut session = Session::with(
        "src_p: {create: {features: {id: int}, primary_key: [id]}}
imp_c: {create: {features: {id: int, p: int, n: 'int check (n > 0)'}, primary_key: [id], foreign_key: {p: src_p.id}}}
",
    );
    session.run("insert into ai.src_p values (1)");
    let good = r##"{"id":#,"p":1,"n":1}"##;
    is_refused_alone(&mut session, "imp_c", good, r#"{"id":4,"p":2,"n":1}"#, "p", "foreign key");
    session.run("truncate ai.imp_c");
    is_refused_alone(&mut session, "imp_c", good, r#"{"id":4,"p":1,"n":0}"#, "n", "check constraint");
}

#[test]
fn what_fails_whatever_the_rows_are_is_no_fault_of_theirs() {
    let mut session = Session::with("imp_t: {create: {features: {id: int, n: int}, primary_key: [id]}}");
    session.run(
        "create function public.closed() returns trigger language plpgsql as $$ begin raise exception 'closed on Sundays'; end $$;
         create trigger closed before insert on ai.imp_t for each statement execute function public.closed()",
    );
    let refusal = refused(&mut session, "imp_t", r#"[{"id":1},{"id":2}]"#, ", on_error => 'skip'");
    assert_eq!(refusal.sqlstate, "P0001");
    refusal.says(&["closed on Sundays"]);
    let name = session.database.name().to_owned();
    session.run(&format!(
        "drop trigger closed on ai.imp_t; create role {name}_op login in role dfa_operator; revoke insert on ai.imp_t from dfa_operator"
    ));
    let mut operator = session.another_as(&format!("{name}_op"));
    let refusal = refused(&mut operator, "imp_t", r#"[{"id":1},{"id":2}]"#, ", on_error => 'skip'");
    assert_eq!(refusal.sqlstate, "42501", "{refusal}");
}

#[test]
fn json_that_is_nested_too_deeply_is_refused_by_row() {
    let mut session = Session::with(
        "imp_j: {create: {features: {id: int, j: jsonb, a: 'int[]', t: text}, primary_key: [id]}}",
    );
    for (number, (column, levels, words)) in [
        ("j", 6000, "nested"),
        ("a", 6000, "no more dimensions"),
        ("a", 7, "no more dimensions"),
        ("t", 6000, "a list"),
    ]
    .into_iter()
    .enumerate()
    {
        let deep = format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
        let payload = format!(r#"[{{"id":{number}}},{{"id":99,"{column}":{deep}}}]"#);
        let outcome = ingest(&mut session, "imp_j", &payload, ", on_error => 'skip'");
        if column == "j" && outcome == "2|0" {
            continue; // A server with a deep stack takes it.
        }
        assert_eq!(outcome, "1|1", "{column}, {levels} levels");
        let reason = session.value("select reason from dfa.rejected_row order by id desc limit 1");
        assert!(reason.contains(words), "{reason}");
    }
    let deep = format!("{}{{\"id\":3}}{}", "{\"data_merge\":[".repeat(101), "]}".repeat(101));
    refused(&mut session, "imp_j", &deep, ", mode => 'merge'").says(&["DF011", "deeper than 100 levels"]);
    let deep = format!("{}1{}", "[".repeat(3000), "]".repeat(3000));
    session
        .refused(&format!("select * from dfa.delete_rows('imp_j', '{{\"id\":{deep}}}')"))
        .says(&["DF011", "a list"]);
}

#[test]
fn more_refused_rows_than_the_answer_names_are_found_in_their_table() {
    let mut session = Session::with("imp_t: {create: {features: {id: int}, primary_key: [id]}}");
    let message = session.value(
        "select json_array_length(rejected), message from dfa.ingest('imp_t',
             (select json_agg(json_build_object('id', 'x' || n)) from generate_series(1, 150) as n), on_error => 'skip')",
    );
    assert!(message.starts_with("100|") && message.contains("first 100 of 150 refused rows"), "{message}");
    let statement = message.split("; ").last().and_then(|it| it.split(" has all").next()).unwrap_or_default();
    assert_eq!(session.rows(statement).len(), 150, "{statement}");
}
