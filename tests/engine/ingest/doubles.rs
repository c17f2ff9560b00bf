//! A key that comes twice leaves what one call for each row would leave.

use super::{ingest, refused};
use crate::session::Session;

const KEYED: &str = "
imp_k: {create: {features: {id: bigint not null, v: text, update_date: timestamp}, primary_key: [id]}}
imp_t: {create: {features: {id: bigint not null, v: text, update_date: text}, primary_key: [id]}}
imp_plain: {create: {features: {id: int, v: text}, primary_key: [id]}}
";

const NEWEST_FIRST: &str =
    r#"[{"id":1,"v":"newest","update_date":"2024-02-01"},{"id":1,"v":"oldest","update_date":"2024-01-01"}]"#;

#[test]
fn the_greatest_update_date_wins_then_the_later_row() {
    for table in ["imp_k", "imp_t"] {
        let mut session = Session::with(KEYED);
        session.run(&format!("insert into ai.{table} values (1, 'mid', '2024-01-15')"));
        let message = session
            .value(&format!("select success_rows, message from dfa.ingest('{table}', '{NEWEST_FIRST}')"));
        assert!(
            message.starts_with("1|")
                && message.contains("an earlier row of the same key has a newer update_date"),
            "{message}"
        );
        assert_eq!(session.rows(&format!("select v from ai.{table}")), ["newest"]);
        let same_age = NEWEST_FIRST.replace("2024-02-01", "2024-03-01").replace("2024-01-01", "2024-03-01");
        ingest(&mut session, table, &same_age, "");
        assert_eq!(session.rows(&format!("select v from ai.{table}")), ["oldest"], "of one age the later");
    }
}

#[test]
fn a_new_key_and_an_update_and_rows_of_different_columns_keep_the_newest_as_well() {
    let mut session = Session::with(KEYED);
    ingest(&mut session, "imp_k", NEWEST_FIRST, "");
    assert_eq!(session.rows("select v from ai.imp_k"), ["newest"]);
    ingest(
        &mut session,
        "imp_k",
        &NEWEST_FIRST.replace("newest", "a").replace("2024-02", "2024-04").replace("2024-01", "2024-03"),
        ", 'update'",
    );
    assert_eq!(session.rows("select v from ai.imp_k"), ["a"]);
    // One without an update_date is of the time of the call.
    ingest(
        &mut session,
        "imp_k",
        r#"[{"id":1,"v":"future","update_date":"2999-01-01"},{"id":1,"v":"now"}]"#,
        "",
    );
    assert_eq!(session.rows("select v from ai.imp_k"), ["future"]);
}

#[test]
fn one_call_for_each_row_leaves_the_same() {
    let mut session = Session::with(KEYED);
    let dates = ["\"2024-01-01\"", "\"2024-01-02\"", "\"2024-01-03\"", "null"];
    for round in 0..64 {
        let rows: Vec<String> = (0..4)
            .map(|row| {
                format!(
                    r#"{{"id":1,"v":"{round}.{row}","update_date":{}}}"#,
                    dates[(round * 7 + row * row * 5 + round / 4 * row) % 4]
                )
            })
            .collect();
        session.run("truncate ai.imp_k");
        for row in &rows {
            ingest(&mut session, "imp_k", row, "");
        }
        let one_by_one = session.value("select v, update_date from ai.imp_k");
        session.run("truncate ai.imp_k");
        ingest(&mut session, "imp_k", &format!("[{}]", rows.join(",")), "");
        assert_eq!(session.value("select v, update_date from ai.imp_k"), one_by_one, "{rows:?}");
    }
}

#[test]
fn keys_are_doubles_as_the_index_has_them() {
    let mut session = Session::fresh();
    session.run(
        "create extension citext schema public;
         create collation public.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    );
    for (kind, one, other) in [
        ("public.citext", "\"A\"", "\"a\""),
        ("text collate public.any_case", "\"A\"", "\"a\""),
        ("interval", "\"24:00\"", "\"1 day\""),
        ("double precision", "0", "\"-0\""),
        ("numeric", "1.0", "1.00"),
        ("timestamptz", "\"2024-01-01 00:00+00\"", "\"2024-01-01 02:00+02\""),
    ] {
        session.run("drop table if exists ai.imp_e; delete from dfa.data_pipeline");
        session.load(&format!(
            "imp_e: {{version: 2024-01-01, create: {{features: {{id: '{kind}', v: text}}, primary_key: [id]}}}}"
        ));
        session.set_up();
        session.run("drop table ai.imp_e");
        session.run(&format!("create table ai.imp_e (id {kind} primary key, v text)"));
        let payload = format!(r#"[{{"id":{one},"v":"first"}},{{"id":{other},"v":"later"}}]"#);
        let message =
            session.value(&format!("select success_rows, message from dfa.ingest('imp_e', '{payload}')"));
        assert!(message.starts_with("1|") && message.contains("1 row was replaced"), "{kind}: {message}");
        assert_eq!(session.rows("select v from ai.imp_e"), ["later"], "{kind}");
    }
}

#[test]
fn a_row_that_changes_nothing_is_told_for_what_it_is() {
    let mut session = Session::with(KEYED);
    let say = |session: &mut Session, table: &str, row: &str| {
        session.value(&format!("select message from dfa.ingest('{table}', '{row}')"))
    };
    ingest(&mut session, "imp_plain", r#"{"id":701,"v":"a"}"#, "");
    let message = say(&mut session, "imp_plain", r#"{"id":701}"#);
    assert!(message.contains("the table has them and they give no column beside the key"), "{message}");
    session.run(
        "create function public.never() returns trigger language plpgsql as $$ begin return null; end $$;
         create trigger never before insert on ai.imp_plain for each row execute function public.never()",
    );
    let message = say(&mut session, "imp_plain", r#"{"id":702,"v":"b"}"#);
    assert!(message.contains("1 row was left out, by a trigger or rule of the table"), "{message}");
}

#[test]
fn a_logical_key_takes_nulls_and_its_rows_are_updated_and_deleted_by_it() {
    let mut session = Session::with(
        "imp_dummy: {create: {features: {a: text, b: text, v: int}, primary_key_dummy: [a, b]}}
imp_strict: {create: {features: {a: text not null, v: int}, primary_key_dummy: [a]}}
",
    );
    let rows =
        r#"[{"a":"x","b":null,"v":1},{"a":"x","b":"y","v":2},{"a":null,"b":null,"v":3},{"a":"x","v":4}]"#;
    assert_eq!(ingest(&mut session, "imp_dummy", rows, ""), "4|0");
    let update = r#"[{"a":"x","b":null,"v":10},{"a":null,"b":null,"v":30},{"a":"x","b":"y","v":20}]"#;
    assert_eq!(ingest(&mut session, "imp_dummy", update, ", 'update'"), "4|0", "two rows have x and null");
    assert_eq!(
        session.rows("select coalesce(a, '-'), coalesce(b, '-'), v from ai.imp_dummy order by 1, 2, 3"),
        ["-|-|30", "x|-|10", "x|-|10", "x|y|20"]
    );
    refused(&mut session, "imp_dummy", r#"{"a":null,"b":"y","v":1}"#, ", 'update'")
        .says(&["no row of the table has this key"]);
    assert_eq!(
        session.value(r#"select success_rows from dfa.delete_rows('imp_dummy', '[{"a":"x","b":null},{"a":null,"b":null}]')"#),
        "3"
    );
    assert_eq!(session.rows("select v from ai.imp_dummy"), ["20"]);
    refused(&mut session, "imp_strict", r#"{"a":null,"v":1}"#, "").says(&["\"a\"", "null"]);
}

#[test]
fn given_numbers_beyond_a_sequence_are_told() {
    let mut session =
        Session::with("src_log: {create: {features: {id: serial, line: text}, primary_key: [id]}}");
    let say = |session: &mut Session, row: &str| {
        session.value(&format!("select message from dfa.ingest('src_log', '{row}')"))
    };
    let message = say(&mut session, r#"[{"id":12,"line":"a"},{"id":3,"line":"b"}]"#);
    let statement =
        message.split("SELECT ").nth(1).and_then(|it| it.split(" moves").next()).unwrap_or_default();
    assert!(statement.contains("12)"), "{message}");
    session.run(&format!("select {statement}"));
    assert!(!say(&mut session, r#"{"line":"c"}"#).contains("Warning"), "a number of the sequence");
    assert_eq!(session.value("select max(id) from ai.src_log"), "13");
    assert!(!say(&mut session, r#"{"id":5,"line":"d"}"#).contains("Warning"), "the sequence has passed it");
}
