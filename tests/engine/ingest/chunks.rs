//! An ingest in chunks.

use super::platform;
use crate::session::Session;
use dfa_tests::own_memory;

fn begin(session: &mut Session, more: &str) -> String {
    session.value(&format!("select dfa.ingest_begin('it'{more})"))
}

fn chunk(session: &mut Session, id: &str, number: i32, payload: &str) -> String {
    session.value(&format!("select dfa.ingest_chunk('{id}', {number}, '{payload}')"))
}

const FIRST: &str = r#"[{"store":1,"day":"2021-02-01"},{"store":2,"day":"2021-02-01"}]"#;
const SECOND: &str = r#"[{"store":3,"day":"2021-03-01"}]"#;

#[test]
fn chunks_are_summed_up_at_the_end() {
    let mut session = platform();
    let id = begin(&mut session, "");
    assert_eq!(chunk(&mut session, &id, 1, FIRST), "2");
    assert_eq!(chunk(&mut session, &id, 2, SECOND), "1");
    assert_eq!(
        session.value(&format!("select table_name, success_rows, failed_rows, message, process_id from dfa.ingest_end('{id}')")),
        format!("imp_target|3|0|Success: Load data to 'imp_target' with logging value (success 3 rows, failed 0 rows, 0 sec)|{id}")
    );
    assert_eq!(
        session.value(&format!(
            "select status, process_number_get from dfa.task_process where process_id = '{id}'"
        )),
        "0|1"
    );
    assert_eq!(session.watermark("imp_target"), "2021-03-01|2021-01-01|0");
}

#[test]
fn a_chunk_that_is_sent_again_is_taken_once() {
    let mut session = platform();
    let id = begin(&mut session, "");
    chunk(&mut session, &id, 1, FIRST);
    assert_eq!(chunk(&mut session, &id, 1, FIRST), "2");
    session.refused(&format!("select dfa.ingest_chunk('{id}', 1, '{SECOND}')")).says(&["DF012", "chunk '1'"]);
    assert_eq!(session.value(&format!("select success_rows from dfa.ingest_end('{id}')")), "2");
}

#[test]
fn in_one_transaction_all_chunks_go_or_none() {
    let mut session = platform();
    session.run("begin");
    let id = begin(&mut session, "");
    chunk(&mut session, &id, 1, FIRST);
    session.refused(&format!("select dfa.ingest_chunk('{id}', 2, '{{\"store\":\"x\"}}')"));
    session.run("rollback");
    assert_eq!(session.value("select (select count(*) from ai.imp_target), (select count(*) from dfa.task_process where process_module = 'data|ingestion')"), "0|0");
}

#[test]
fn skipped_rows_of_all_chunks_are_counted_and_kept() {
    let mut session = platform();
    let id = begin(&mut session, ", on_error => 'skip'");
    chunk(&mut session, &id, 1, r#"[{"store":1,"day":"2021-02-01"},{"store":"x","day":"2021-02-01"}]"#);
    chunk(&mut session, &id, 2, r#"[{"store":"y","day":"2021-02-01"}]"#);
    assert_eq!(
        session.value(&format!(
            "select success_rows, failed_rows, json_array_length(rejected) from dfa.ingest_end('{id}')"
        )),
        "1|2|2"
    );
}

#[test]
fn positions_are_those_in_the_whole_stream() {
    let mut session = platform();
    let bad = r#"[{"store":7,"day":"2021-02-01"},{"store":"x","day":"2021-02-01"}]"#;
    let id = begin(&mut session, "");
    chunk(&mut session, &id, 1, FIRST);
    chunk(&mut session, &id, 2, SECOND);
    session.refused(&format!("select dfa.ingest_chunk('{id}', 3, '{bad}')")).says(&["DF011", "row 5"]);
    let positions = |session: &mut Session, id: &str| {
        let told = session.value(&format!(
            "select rejected->0->>'position', rejected->1->>'position' from dfa.ingest_end('{id}')"
        ));
        let kept = session.rows(&format!(
            "select position, chunk from dfa.rejected_row where process_id = '{id}' order by 1"
        ));
        (told, kept)
    };
    let expected = ("5|7".to_owned(), vec!["5|3".to_owned(), "7|4".to_owned()]);
    for order in [[1, 2, 3, 4], [4, 2, 3, 1]] {
        let id = begin(&mut session, ", on_error => 'skip'");
        for number in order {
            let payload = [FIRST, SECOND, bad, bad][number as usize - 1];
            chunk(&mut session, &id, number, payload);
        }
        assert_eq!(positions(&mut session, &id), expected, "{order:?}");
    }
}

#[test]
fn an_ended_unknown_or_foreign_ingest_takes_no_more() {
    let mut session = platform();
    let id = begin(&mut session, "");
    session.run(&format!("select * from dfa.ingest_end('{id}')"));
    session.refused(&format!("select dfa.ingest_chunk('{id}', 1, '{FIRST}')")).says(&["55000", "end"]);
    session.refused(&format!("select * from dfa.ingest_end('{id}')")).says(&["55000"]);
    session.refused(&format!("select dfa.ingest_chunk('nothing', 1, '{FIRST}')")).says(&["DF002"]);
}

#[test]
fn a_key_finds_the_open_ingest_and_its_answer_again() {
    let mut session = platform();
    let id = begin(&mut session, ", idempotency_key => 'k'");
    assert_eq!(begin(&mut session, ", idempotency_key => 'k'"), id);
    chunk(&mut session, &id, 1, FIRST);
    let answer = session.rows(&format!("select * from dfa.ingest_end('{id}')"));
    assert_eq!(session.rows(&format!("select * from dfa.ingest_end('{id}')")), answer);
    assert_eq!(begin(&mut session, ", idempotency_key => 'k'"), id);
}

#[test]
fn an_open_ingest_waits_a_day_for_its_next_chunk() {
    let mut session = platform();
    let id = begin(&mut session, "");
    let long_ago = |session: &mut Session, interval: &str| {
        session.run(&format!(
            "update dfa.task_process set update_date = clock_timestamp() - interval '{interval}' where process_id = '{id}';
             update dfa.ingest_chunk set taken_at = clock_timestamp() - interval '{interval}'; select * from dfa.tick()"
        ));
    };
    long_ago(&mut session, "23 hours");
    assert_eq!(chunk(&mut session, &id, 1, FIRST), "2");
    long_ago(&mut session, "25 hours");
    let said = session.refused(&format!("select dfa.ingest_chunk('{id}', 2, '{SECOND}')"));
    said.says(&["55000", "end"]);
    let task = session
        .value(&format!("select status, process_message from dfa.task_process where process_id = '{id}'"));
    assert!(task.starts_with("1|Error: no chunk came for a day"), "{task}");
    assert_eq!(session.value("select count(*) from ai.imp_target"), "2");
}

#[test]
fn memory_is_flat_however_many_chunks_come() {
    let session = platform();
    let mut session = session.another();
    let pid = session.pid();
    let id = begin(&mut session, "");
    let mut send = |number: i32| {
        session.run(&format!(
            "select dfa.ingest_chunk('{id}', {number}, (
                 select json_agg(json_build_object('store', n, 'day', date '2021-02-01' + {number}, 'amount', n))
                 from generate_series(1, 5000) as n))"
        ));
        own_memory(&pid)
    };
    let first = (0..5).map(&mut send).max().unwrap_or_default();
    let last = (5..60).map(&mut send).max().unwrap_or_default();
    assert!(first > 0 && last < first + 4096, "{first} kB after 25,000 rows, {last} after 300,000");
    assert_eq!(session.value(&format!("select success_rows from dfa.ingest_end('{id}')")), "300000");
}
