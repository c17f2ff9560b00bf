//! Idempotency keys: sent twice, taken once.

use super::{ingest, platform, refused};

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
