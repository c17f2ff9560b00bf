//! Values arrive byte for byte, in columns of every kind.

use super::ingest;
use crate::session::{quoted, Session};
use serde_json::json;

#[test]
fn texts_arrive_byte_for_byte() {
    let mut session = Session::with("imp_t: {create: {features: {id: int, line: text}, primary_key: [id]}}");
    let lines = [
        "'; drop table x; --",
        "select 1",
        "😀 Ünï\u{200b}",
        "tab\t, newline\n, quote\", backslash\\, {brace} $1 $$",
        "",
        " ",
        "NULL",
        "\\N",
    ];
    let rows: Vec<_> = lines.iter().enumerate().map(|(id, line)| json!({"id": id, "line": line})).collect();
    ingest(&mut session, "imp_t", &json!(rows).to_string(), "");
    for (id, line) in lines.iter().enumerate() {
        let same = format!("select line = {} from ai.imp_t where id = {id}", quoted(line));
        assert_eq!(session.value(&same), "t", "{line:?}");
    }
}

#[test]
fn ten_megabytes_of_text_arrive() {
    let mut session = Session::with("imp_t: {create: {features: {id: int, line: text}, primary_key: [id]}}");
    let answer = session.value(
        "select success_rows from dfa.ingest('imp_t', json_build_object('id', 1, 'line', repeat('é\"x', 2500000)))",
    );
    assert_eq!(answer, "1");
    assert_eq!(
        session.value("select octet_length(line), line = repeat('é\"x', 2500000) from ai.imp_t"),
        "10000000|t"
    );
}

#[test]
fn every_kind_of_column_takes_its_values() {
    let mut session = Session::with(
        "imp_k:
  create:
    features:
      id: bigint
      s: smallint
      d: double precision
      r: real
      n: numeric
      c: char(3)
      b: boolean
      ts: timestamp
      tz: timestamptz
      t: time
      i: interval
      u: uuid
      j: json
      jb: jsonb
      a: 'int[]'
      ta: 'text[]'
      y: bytea
    primary_key: [id]
",
    );
    let row = r#"{"id":9007199254740993,"s":-3,"d":1.5e300,"r":0.1,"n":123456789012345678901234567890.123456789,
        "c":"ab","b":"yes","ts":"2021-02-03T04:05:06.123456","tz":"2021-02-03 04:05:06+02","t":"04:05","i":"1 day",
        "u":"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11","j":{"b":1,"a":[1,2]},"jb":"text","a":[1,null,3],
        "ta":["x\"y","a,b","{}",""],"y":"\\xdeadbeef"}"#;
    assert_eq!(ingest(&mut session, "imp_k", row, ""), "1|0");
    session.run("set timezone = 'UTC'");
    assert_eq!(
        session.value("select id, s, d, r, n, c, b, ts, tz, t, i, u, j, jb, a, ta, y from ai.imp_k"),
        "9007199254740993|-3|1.5e+300|0.1|123456789012345678901234567890.123456789|ab |t|2021-02-03 04:05:06.123456|\
         2021-02-03 02:05:06+00|04:05:00|1 day|a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|{\"b\":1,\"a\":[1,2]}|\"text\"|\
         {1,NULL,3}|{\"x\\\"y\",\"a,b\",\"{}\",\"\"}|\\xdeadbeef"
    );
}

#[test]
fn dates_before_the_epoch_and_leap_days_are_right() {
    let mut session = Session::with("imp_d: {create: {features: {d: date, ts: timestamp}}}");
    ingest(
        &mut session,
        "imp_d",
        r#"[{"d":"1999-12-31","ts":"1999-12-31 23:59:59.5"},{"d":"2024-02-29","ts":"0001-01-01 00:00:00"},{"d":"20210101"}]"#,
        "",
    );
    assert_eq!(
        session.rows("select d, ts from ai.imp_d order by 1"),
        ["1999-12-31|1999-12-31 23:59:59.5", "2021-01-01|", "2024-02-29|0001-01-01 00:00:00"]
    );
}

#[test]
fn odd_column_names_are_columns() {
    let mut session = Session::with(
        "'imp_\"x': {create: {features: {'a\"; drop table x; --': int, position: int, c0: text, Upper: text}, primary_key: ['a\"; drop table x; --']}}",
    );
    let row = json!({"a\"; drop table x; --": 1, "position": 2, "c0": "y", "Upper": "z"}).to_string();
    assert_eq!(ingest(&mut session, "imp_\"x", &row, ""), "1|0");
    assert_eq!(ingest(&mut session, "imp_\"x", &row, ", 'update'"), "1|0");
    assert_eq!(session.rows("select * from ai.\"imp_\"\"x\""), ["1|2|y|z"]);
}

#[test]
fn whole_numbers_with_a_fraction_of_zeros_are_whole_numbers() {
    let mut session =
        Session::with("imp_n: {create: {features: {s: smallint, i: int, b: bigint, n: numeric, t: text}}}");
    ingest(&mut session, "imp_n", r#"{"s":5.0,"i":-7.00,"b":9007199254740993.0,"n":1.50,"t":2.0}"#, "");
    assert_eq!(session.value("select s, i, b, n, t from ai.imp_n"), "5|-7|9007199254740993|1.50|2.0");
}

#[test]
fn a_million_rows_arrive_in_memory_that_their_payload_bounds() {
    let mut session = Session::with(
        "imp_m: {retention: {column: day, months: 1}, create: {features: {id: int, day: date, note: text}, primary_key: [id]}}",
    );
    session.run(
        "create table public.payload (rows json); alter table public.payload alter rows set storage external;
         insert into public.payload select json_agg(json_build_object('id', n, 'day', date '2021-01-01' + n % 900, 'note', 'row ' || n))
         from generate_series(1, 1000000) as n",
    );
    let bytes: u64 = session.value("select octet_length(rows::text) from public.payload").parse().unwrap();
    let mut session = session.another();
    let pid = session.pid();
    let before = dfa_tests::peak_memory(&pid);
    assert_eq!(
        session.value("select success_rows from public.payload, dfa.ingest('imp_m', rows)"),
        "1000000"
    );
    let grown = (dfa_tests::peak_memory(&pid) - before) * 1024;
    // The text itself, a pointer or two for each row, and what the server shares with others (shared_buffers).
    let bound = bytes * 2 + (128 << 20) + (64 << 20);
    assert!(grown < bound, "{grown} bytes for a payload of {bytes}");
    assert_eq!(
        session.value("select count(*), sum(id), min(day), max(day) from ai.imp_m"),
        "1000000|500000500000|2021-01-01|2023-06-19"
    );
    assert_eq!(session.watermark("imp_m"), "2023-06-19|2021-01-01|0");
}
