//! Idempotency keys: sent twice, taken once.

use super::{ingest, platform, refused};
use crate::session::Session;

const KEYED: &str = ", idempotency_key => 'k'";

#[test]
fn the_same_request_takes_effect_once_and_is_answered_alike() {
    let mut session = platform();
    let call = "select * from dfa.ingest('src_log', '[{\"line\":\"a\"},{\"line\":null}]', on_error => 'skip', idempotency_key => 'k')";
    let first = session.rows(call);
    assert_eq!(session.rows(call), first);
    assert_eq!(session.value("select count(*) from ai.src_log"), "1");
    assert_eq!(session.value("select count(*) from dfa.data_logging"), "1");
}

#[test]
fn another_request_with_the_key_is_refused() {
    let mut session = platform();
    ingest(&mut session, "src_log", r#"{"line":"a"}"#, KEYED);
    refused(&mut session, "src_log", r#"{"line":"b"}"#, KEYED).says(&["DF012", "'k'"]);
    refused(&mut session, "src_log", r#"{"line":"b"}"#, ", idempotency_key => ''").says(&["22023"]);
    assert_eq!(session.value("select count(*) from ai.src_log"), "1");
}

#[test]
fn a_refused_request_leaves_its_key_free() {
    let mut session = platform();
    refused(&mut session, "src_log", r#"{"line":null}"#, KEYED);
    assert_eq!(ingest(&mut session, "src_log", r#"{"line":"a"}"#, KEYED), "1|0");
}

#[test]
fn twenty_at_once_take_effect_once() {
    let session = platform();
    let callers: Vec<_> = (0..20)
        .map(|_| {
            let mut caller = session.another();
            std::thread::spawn(move || ingest(&mut caller, "src_log", r#"{"line":"a"}"#, KEYED))
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.join().unwrap(), "1|0");
    }
    assert_eq!(session.another().value("select count(*) from ai.src_log"), "1");
}

#[test]
fn a_deletion_has_keys_as_well() {
    let mut session = platform();
    let row = r#"{"store":1,"day":"2021-02-01"}"#;
    ingest(&mut session, "it", row, "");
    let call = format!("select success_rows from dfa.delete_rows('it', '{row}', idempotency_key => 'd')");
    assert_eq!(session.value(&call), "1");
    assert_eq!(session.value(&call), "1", "the answer of the first");
}

#[test]
fn names_are_taken_in_any_case_where_one_column_alone_is_meant() {
    let mut session = Session::with(
        "imp_n: {create: {features: {id: int not null, Größe: int, ab: int, Ab: int}, primary_key: [id]}}",
    );
    assert_eq!(
        ingest(&mut session, "imp_n", r#"[{"ID":1,"größe":2},{"Größe":4,"Id":3,"ab":5,"Ab":6}]"#, ""),
        "2|0"
    );
    assert_eq!(
        ingest(&mut session, "imp_n", r#"{"iD":1,"GRÖSSE":null,"ab":7}"#, ", on_error => 'skip'"),
        "0|1"
    );
    assert_eq!(ingest(&mut session, "imp_n", r#"{"iD":1,"ab":7}"#, ", 'update'"), "1|0");
    refused(&mut session, "imp_n", r#"{"id":8,"AB":1}"#, "").says(&["the table has no column 'AB'"]);
    refused(&mut session, "imp_n", r#"{"id":8,"ID":9}"#, "").says(&["column 'id' is given twice"]);
    session.run(r#"select dfa.delete_rows('imp_n', '[{"Ab":1,"ID":3}]')"#);
    assert_eq!(session.rows("select * from ai.imp_n"), ["1|2|7|"]);
}
