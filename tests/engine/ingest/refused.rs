//! Bad input: a clear error with nothing changed, or a counted row.

use super::{ingest, platform, refused, targets};
use crate::session::{quoted, Session};

/// One bad row beside a good one: all is refused with these words; with skip, the good row goes in.
fn is_refused(row: &str, words: &[&str]) {
    let mut session = platform();
    let payload = format!(r#"[{{"store":1,"day":"2021-02-01"}},{row}]"#);
    let refusal = refused(&mut session, "it", &payload, "");
    assert_eq!(refusal.sqlstate, "DF011", "{refusal}");
    refusal.says(&["row 2"]);
    refusal.says(words);
    assert!(targets(&mut session).is_empty());
    assert_eq!(
        session.value(
            "select (select count(*) from dfa.task_process where process_module = 'data|ingestion'),
                    (select count(*) from dfa.data_logging), (select count(*) from dfa.rejected_row),
                    (select data_date from dfa.data_pipeline where table_name = 'imp_target')"
        ),
        "0|0|0|2021-01-01",
        "nothing was changed"
    );
    assert_eq!(ingest(&mut session, "it", &payload, ", on_error => 'skip'"), "1|1");
    assert_eq!(targets(&mut session), ["1|2021-02-01|||t"]);
    let kept = session.value("select position, reason, row from dfa.rejected_row");
    assert!(kept.starts_with("2|") && kept.ends_with(row), "{kept}");
}

#[test]
fn what_is_no_object_and_no_list_of_objects() {
    let mut session = platform();
    for payload in ["1", "\"text\"", "null", "[]", "true"] {
        let refusal = refused(&mut session, "it", payload, "");
        assert_eq!(refusal.sqlstate, "22023", "{payload}: {refusal}");
    }
    refused(&mut session, "it", "[1]", "").says(&["DF011", "row 1", "object"]);
    assert_eq!(session.refused("select * from dfa.ingest('it', '{')").sqlstate, "22P02");
    assert_eq!(session.refused("select * from dfa.ingest('it', null)").sqlstate, "22004");
}

#[test]
fn an_unknown_column_with_a_suggestion() {
    is_refused(r#"{"store":2,"day":"2021-02-01","amonut":1}"#, &["amonut", "amount"]);
}

#[test]
fn a_doubled_key() {
    is_refused(r#"{"store":2,"day":"2021-02-01","day":"2021-02-02"}"#, &["day", "twice"]);
}

#[test]
fn a_missing_column_and_a_null() {
    is_refused(r#"{"store":2}"#, &["day", "missing"]);
    is_refused(r#"{"store":2,"day":"2021-02-01","ok":null}"#, &["ok", "null"]);
    is_refused("{}", &["empty"]);
}

#[test]
fn a_wrong_type() {
    is_refused(r#"{"store":"two","day":"2021-02-01"}"#, &["store", "two"]);
    is_refused(r#"{"store":true,"day":"2021-02-01"}"#, &["store", "true"]);
    is_refused(r#"{"store":2.5,"day":"2021-02-01"}"#, &["store", "2.5"]);
    is_refused(r#"{"store":"2.0","day":"2021-02-01"}"#, &["store", "2.0"]);
    is_refused(r#"{"store":99999999999,"day":"2021-02-01"}"#, &["store", "99999999999"]);
    is_refused(r#"{"store":2,"day":"2021-02-30"}"#, &["day", "2021-02-30"]);
    is_refused(r#"{"store":"infinity","day":"2021-02-01"}"#, &["store", "infinity"]);
    is_refused(r#"{"store":2,"day":"2021-02-01","ok":"maybe"}"#, &["ok", "maybe"]);
}

#[test]
fn a_number_that_does_not_fit_and_one_that_is_none() {
    is_refused(r#"{"store":2,"day":"2021-02-01","amount":1e20}"#, &["amount", "overflow"]);
    is_refused(r#"{"store":2,"day":"2021-02-01","amount":999999999999.999}"#, &["amount", "overflow"]);
    is_refused(r#"{"store":2,"day":"2021-02-01","amount":"Infinity"}"#, &["amount", "infinite"]);
}

#[test]
fn a_text_that_is_too_long_or_cannot_be_kept() {
    is_refused(r#"{"store":2,"day":"2021-02-01","note":"sixsix"}"#, &["note", "too long", "(5)"]);
    is_refused(r#"{"store":2,"day":"2021-02-01","note":"a\u0000b"}"#, &["note", "u0000"]);
}

#[test]
fn half_a_surrogate_pair_is_refused() {
    is_refused(r#"{"store":2,"day":"2021-02-01","note":"\ud83d"}"#, &["note", "UTF-8"]);
}

#[test]
fn nested_values_in_scalar_columns() {
    is_refused(r#"{"store":2,"day":"2021-02-01","note":{"a":1}}"#, &["note", "object"]);
    is_refused(r#"{"store":[2],"day":"2021-02-01"}"#, &["store", "list"]);
}

#[test]
fn invalid_utf8_never_gets_in() {
    let mut session = platform();
    let call = "select * from dfa.ingest('it', convert_from('\\x7b2261223a22ff227d'::bytea, 'UTF8')::json)";
    assert_eq!(session.refused(call).sqlstate, "22021");
}

#[test]
fn the_same_key_twice_means_the_later_row_and_says_so() {
    let mut session = platform();
    let message = session.value(
        r#"select success_rows, message from dfa.ingest('it', '[{"store":1,"day":"2021-02-01","amount":1},{"store":2,"day":"2021-02-01"},{"store":1,"day":"2021-02-01","note":"last"}]')"#,
    );
    assert!(
        message.starts_with("2|") && message.contains("1 row was replaced by a later row of the same key"),
        "{message}"
    );
    assert_eq!(targets(&mut session), ["1|2021-02-01||last|t", "2|2021-02-01|||t"]);
}

#[test]
fn a_key_of_numerics_is_the_same_whatever_its_zeros() {
    let mut session = Session::with("imp_n: {create: {features: {id: numeric, v: text}, primary_key: [id]}}");
    assert_eq!(ingest(&mut session, "imp_n", r#"[{"id":1.0,"v":"a"},{"id":1.00,"v":"b"}]"#, ""), "1|0");
    assert_eq!(session.rows("select v from ai.imp_n"), ["b"]);
}

#[test]
fn foreign_keys_checks_and_unique_columns_name_their_rows() {
    let mut session = Session::with(
        "src_p: {create: {features: {id: int}, primary_key: [id]}}
imp_c: {create: {features: {id: int, p: int, n: 'int check (n > 0)', u: 'int unique'}, primary_key: [id], foreign_key: {p: src_p.id}}}
",
    );
    session.run("insert into ai.src_p values (1)");
    let payload = r#"[{"id":1,"p":1,"n":1,"u":1},{"id":2,"p":2,"n":1,"u":2},{"id":3,"p":1,"n":0,"u":3},{"id":4,"p":1,"n":1,"u":1},{"id":5,"p":1,"n":1,"u":5}]"#;
    let refusal = refused(&mut session, "imp_c", payload, "");
    refusal.says(&["DF011", "3 rows", "row 2", "foreign key", "row 3", "check", "row 4", "unique"]);
    assert_eq!(session.value("select count(*) from ai.imp_c"), "0");
    assert_eq!(ingest(&mut session, "imp_c", payload, ", on_error => 'skip'"), "2|3");
    assert_eq!(session.rows("select id from ai.imp_c order by 1"), ["1", "5"]);
    assert_eq!(session.rows("select position from dfa.rejected_row order by 1"), ["2", "3", "4"]);
}

#[test]
fn unknown_tables_and_words_are_refused() {
    let mut session = platform();
    let row = r#"{"store":1,"day":"2021-02-01"}"#;
    refused(&mut session, "imp_targt", row, "").says(&["DF002", "imp_target"]);
    refused(&mut session, "it", row, ", 'upsert'").says(&["22023", "action", "upsert"]);
    refused(&mut session, "it", row, ", mode => 'deep'").says(&["22023", "mode", "deep"]);
    refused(&mut session, "it", row, ", on_error => 'x'").says(&["22023", "on_error"]);
    session.run("drop table ai.imp_target");
    refused(&mut session, "it", row, "").says(&["42P01", "imp_target"]);
}

#[test]
fn a_value_that_the_database_makes_is_not_taken() {
    let mut session = platform();
    session.run("alter table ai.imp_target add doubled numeric generated always as (amount * 2) stored");
    refused(&mut session, "it", r#"{"store":1,"day":"2021-02-01","doubled":4}"#, "")
        .says(&["doubled", "makes"]);
    assert_eq!(ingest(&mut session, "it", r#"{"store":1,"day":"2021-02-01","amount":2}"#, ""), "1|0");
}

#[test]
fn a_hundred_thousand_rows_with_bad_ones_among_them_are_told_apart() {
    let mut session = platform();
    let call = |on_error: &str| {
        format!(
            "select success_rows, failed_rows, json_array_length(rejected) from dfa.ingest('it', (
                 select json_agg(json_build_object('store', n, 'day', '2021-02-01',
                                                   'amount', case when n % 10000 = 0 then 'x' else n::text end))
                 from generate_series(1, 100000) as n), on_error => {})",
            quoted(on_error)
        )
    };
    session.refused(&call("reject")).says(&["DF011", "10 rows", "row 10000"]);
    assert_eq!(session.value("select count(*) from ai.imp_target"), "0");
    assert_eq!(session.value(&call("skip")), "99990|10|10");
}

#[test]
fn several_refused_rows_are_all_told_with_position_column_and_reason() {
    let mut session = platform();
    let payload = r#"[{"store":"x","day":"2021-02-01"},{"store":1,"day":"2021-02-01"},{"store":2,"day":"2021-02-30"},{"stor":3}]"#;
    refused(&mut session, "it", payload, "").says(&["DF011", "3 rows", "row 1", "row 3", "row 4", "'store'"]);
    let rejected = session.value(&format!(
        "select success_rows, failed_rows, rejected from dfa.ingest('it', {}, on_error => 'skip')",
        quoted(payload)
    ));
    for word in ["1|3|", "\"position\":1", "\"column\":\"day\"", "2021-02-30", "did you mean 'store'"] {
        assert!(rejected.contains(word), "'{word}' is not in: {rejected}");
    }
    assert_eq!(
        session.rows("select position, column_name, row from dfa.rejected_row order by 1"),
        [
            r#"1|store|{"store":"x","day":"2021-02-01"}"#,
            r#"3|day|{"store":2,"day":"2021-02-30"}"#,
            r#"4|stor|{"stor":3}"#
        ]
    );
}

#[test]
fn a_key_that_comes_twice_among_rows_of_different_columns_means_the_later_row_as_well() {
    let mut session = platform();
    let message = session.value(
        r#"select success_rows, message from dfa.ingest('it', '[{"store":1,"day":"2021-02-01","amount":1,"note":"a"},{"store":1,"day":"2021-02-01","amount":2}]')"#,
    );
    assert!(message.starts_with("1|") && message.contains("replaced by a later row"), "{message}");
    assert_eq!(targets(&mut session), ["1|2021-02-01|2.00||t"]);
    let message = session.value(
        r#"select success_rows, message from dfa.ingest('it', '[{"store":1,"day":"2021-02-01","amount":3},{"store":1,"day":"2021-02-01","amount":4}]')"#,
    );
    assert!(message.starts_with("1|") && message.contains("replaced by a later row"), "{message}");
    assert_eq!(targets(&mut session), ["1|2021-02-01|4.00||t"]);
}
