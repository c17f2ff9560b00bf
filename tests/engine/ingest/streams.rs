//! Streams, whose chunks commit together, side by side with others that want the same rows.

use crate::session::Session;
use std::thread::{self, JoinHandle};

const CATALOG: &str = "
imp_k: {create: {features: {a: int, v: text}, primary_key: [a]}}
imp_t: {create: {features: {a: text, v: text}, primary_key: [a]}}
imp_d:
  create: {features: {a: int, day: date, v: text}, primary_key: [a]}
  retention: {column: day, months: 0}
";

struct Stream {
    session: Session,
    id: String,
}

impl Stream {
    fn begin(session: &Session, table: &str) -> Stream {
        let mut session = session.another();
        session.run("begin");
        let id = session.value(&format!("select dfa.ingest_begin('{table}')"));
        Stream { session, id }
    }

    fn chunk(&mut self, number: i32, payload: &str) -> String {
        self.session.value(&format!("select dfa.ingest_chunk('{}', {number}, '{payload}')", self.id))
    }

    fn end(mut self) -> String {
        let rows = self.session.value(&format!("select success_rows from dfa.ingest_end('{}')", self.id));
        self.session.run("commit");
        rows
    }
}

/// A call in a thread of its own; its process.
fn start(session: &Session, statement: String) -> (String, JoinHandle<String>) {
    let mut caller = session.another();
    let pid = caller.pid();
    (pid, thread::spawn(move || caller.value(&statement)))
}

#[test]
fn two_that_hold_each_others_rows_both_come_to_their_end() {
    for (table, one, two) in [
        ("imp_k", r#"{"a":1,"v":"%"}"#, r#"{"a":2,"v":"%"}"#),
        ("imp_t", r#"{"a":"é","v":"%"}"#, r#"{"a":"Z","v":"%"}"#),
        ("imp_d", r#"{"a":1,"day":"2021-02-01","v":"%"}"#, r#"{"a":2,"day":"2021-03-01","v":"%"}"#),
    ] {
        let mut session = Session::with(CATALOG);
        let (mut first, mut second) = (Stream::begin(&session, table), Stream::begin(&session, table));
        assert_eq!(first.chunk(1, &one.replace('%', "first")), "1");
        assert_eq!(second.chunk(1, &two.replace('%', "second")), "0", "kept until its end");
        assert_eq!(first.chunk(2, &two.replace('%', "first")), "1");
        assert_eq!(second.chunk(2, &one.replace('%', "second")), "0");
        assert_eq!(first.end(), "2");
        assert_eq!(second.end(), "2");
        assert_eq!(session.rows(&format!("select distinct v from ai.{table}")), ["second"], "{table}");
        assert_eq!(
            session.value(
                "select (select count(*) from dfa.ingest_payload), (select count(*) from dfa.data_logging)"
            ),
            "0|2"
        );
    }
}

#[test]
fn a_stream_that_was_kept_tells_of_its_rows_at_its_end() {
    let mut session = Session::with(CATALOG);
    let mut first = Stream::begin(&session, "imp_k");
    first.chunk(1, r#"{"a":1}"#);
    let mut second = session.another();
    second.run("begin");
    let id = second.value("select dfa.ingest_begin('imp_k', on_error => 'skip')");
    for (number, payload) in [(1, r#"[{"a":5},{"a":"x"}]"#), (2, r#"[{"a":6},{"a":7},{"b":1}]"#)] {
        second.run(&format!("select dfa.ingest_chunk('{id}', {number}, '{payload}')"));
        second.run(&format!("select dfa.ingest_chunk('{id}', {number}, '{payload}')"));
    }
    second
        .refused(&format!("savepoint again; select dfa.ingest_chunk('{id}', 2, '{{\"a\":9}}')"))
        .says(&["DF012"]);
    second.run("rollback to again");
    assert_eq!(
        second.value(&format!("select success_rows, failed_rows, rejected #>> '{{0,position}}', rejected #>> '{{1,position}}' from dfa.ingest_end('{id}')")),
        "3|2|2|5"
    );
    second.run("commit");
    assert_eq!(first.end(), "1");
    // A refused row ends all of it, as in a chunk that is taken at once.
    let mut first = Stream::begin(&session, "imp_k");
    first.chunk(1, r#"{"a":1}"#);
    let mut second = Stream::begin(&session, "imp_k");
    second.chunk(1, r#"[{"a":8},{"a":"x"}]"#);
    let refusal = second.session.refused(&format!("select * from dfa.ingest_end('{}')", second.id));
    refusal.says(&["DF011", "row 2"]);
    second.session.run("rollback");
    first.end();
    assert_eq!(session.value("select count(*) from ai.imp_k where a = 8"), "0");
}

#[test]
fn a_single_payload_gives_way_to_a_stream() {
    for call in [
        r#"select success_rows from dfa.ingest('imp_k', '[{"a":1,"v":"single"},{"a":2,"v":"single"}]')"#,
        r#"select success_rows from dfa.ingest('imp_k', '[{"a":1,"v":"single"},{"a":2,"v":"single"}]', 'update')"#,
        r#"select success_rows from dfa.delete_rows('imp_k', '[{"a":1},{"a":2}]')"#,
    ] {
        let mut session = Session::with(CATALOG);
        session.run("insert into ai.imp_k values (1, 'old'), (2, 'old')");
        let mut stream = Stream::begin(&session, "imp_k");
        stream.chunk(1, r#"{"a":2,"v":"stream"}"#);
        let (pid, single) = start(&session, call.to_owned());
        session.until_waiting(&pid);
        assert_eq!(stream.chunk(2, r#"{"a":1,"v":"stream"}"#), "1");
        assert_eq!(stream.end(), "2");
        assert_eq!(single.join().unwrap(), "2", "{call}");
        assert_eq!(session.value("select count(*) from ai.imp_k where v in ('old', 'stream')"), "0");
    }
}

#[test]
fn a_stream_of_dated_rows_keeps_nobody_from_landing_others() {
    let mut session = Session::with(CATALOG);
    let mut stream = Stream::begin(&session, "imp_d");
    assert_eq!(stream.chunk(1, r#"{"a":1,"day":"2021-02-01"}"#), "1");
    assert_eq!(stream.chunk(2, r#"[{"a":2,"day":"2021-02-02"},{"a":3,"day":"2021-04-01"}]"#), "2");
    session.run("set dfa.lock_timeout = '1s'");
    for call in [
        r#"select success_rows from dfa.ingest('imp_d', '{"a":4,"day":"2021-03-01"}')"#,
        r#"select success_rows from dfa.ingest('imp_d', '{"a":4,"day":"2021-03-02"}', 'update')"#,
        r#"select success_rows from dfa.delete_rows('imp_d', '{"a":4}')"#,
    ] {
        assert_eq!(session.value(call), "1", "{call}");
    }
    session.run("select dfa.landed('imp_d', '2021-03-01', '2021-03-03')");
    assert_eq!(
        session.value("select data_date from dfa.data_pipeline where table_name = 'imp_d'"),
        "2021-03-03"
    );
    assert_eq!(stream.end(), "3");
    assert_eq!(
        session.value("select data_date from dfa.data_pipeline where table_name = 'imp_d'"),
        "2021-04-01"
    );
}

#[test]
fn the_days_of_a_stream_are_stale_in_its_readers_when_it_ends() {
    let mut session = Session::with(&format!(
        "{CATALOG}ai_r: {{create: {{features: {{a: int}}}}, update: {{fill: {{statement: 'insert into {{ai_schema_name}}.ai_r select a from {{ai_schema_name}}.imp_d'}}}}}}"
    ));
    session.run_table("ai_r", "2021-01-06");
    let mut stream = Stream::begin(&session, "imp_d");
    for (number, day) in [(1, "2021-01-02"), (2, "2021-01-05"), (3, "2021-01-03")] {
        stream.chunk(number, &format!(r#"{{"a":{number},"day":"{day}"}}"#));
    }
    stream.end();
    assert_eq!(
        session.rows("select interval_start from dfa.gaps('ai_r') where state = 'stale'"),
        ["2021-01-02", "2021-01-03", "2021-01-05"]
    );
}

#[test]
fn chunks_that_commit_one_by_one_are_in_the_table_at_once() {
    let mut session = Session::with(CATALOG);
    let mut stream = Stream::begin(&session, "imp_k");
    stream.chunk(1, r#"{"a":1}"#);
    let id = session.value("select dfa.ingest_begin('imp_k')");
    assert_eq!(session.value(&format!("select dfa.ingest_chunk('{id}', 1, '{{\"a\":2}}')")), "1");
    assert_eq!(session.value("select a from ai.imp_k"), "2");
    stream.end();
}

#[test]
fn a_stream_that_is_undone_leaves_its_turn_to_others() {
    let session = Session::with(CATALOG);
    let mut first = Stream::begin(&session, "imp_k");
    first.session.run("savepoint before");
    first.chunk(1, r#"{"a":1}"#);
    first.session.run("rollback to before");
    let mut second = Stream::begin(&session, "imp_k");
    assert_eq!(second.chunk(1, r#"{"a":1}"#), "1");
    assert_eq!(first.chunk(1, r#"{"a":2}"#), "0");
    assert_eq!(second.end(), "1");
    assert_eq!(first.end(), "1");
}

#[test]
fn who_has_rows_for_too_long_is_named() {
    let mut session = Session::with(CATALOG);
    session.run("insert into ai.imp_k values (1, 'old'), (2, 'old')");
    let mut holder = session.another();
    holder.run("set application_name = 'somebody'; begin; update ai.imp_k set v = 'held' where a = 2");
    let pid = holder.pid();
    session.run("set dfa.lock_timeout = '300ms'");
    for call in [
        r#"select * from dfa.ingest('imp_k', '[{"a":1},{"a":2}]')"#,
        r#"select * from dfa.ingest('imp_k', '{"a":2,"v":"x"}', 'update')"#,
        r#"select * from dfa.delete_rows('imp_k', '{"a":2}', on_error => 'skip')"#,
        r#"begin; select dfa.ingest_chunk(dfa.ingest_begin('imp_k'), 1, '{"a":2,"v":"x"}')"#,
    ] {
        let refusal = session.refused(call);
        refusal.says(&[
            "55P03",
            "'imp_k'",
            &format!("process {pid} of postgres (somebody)"),
            "dfa.lock_timeout",
        ]);
        session.run("rollback");
    }
    // A time that the caller gave is kept, if it is shorter.
    session.run("set dfa.lock_timeout = '1h'; set lock_timeout = '100ms'");
    session.refused(r#"select * from dfa.ingest('imp_k', '{"a":2,"v":"x"}')"#).says(&["55P03"]);
    holder.run("commit");
    session.run(r#"select * from dfa.ingest('imp_k', '{"a":2,"v":"x"}')"#);
}
