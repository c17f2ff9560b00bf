//! Bodies of NDJSON and CSV: the rules of `dfa load`, by REST.

use crate::ready;
use dfa_tests::{Database, Reply, Service};
use std::io::Write;
use std::process::{Command, Stdio};

const TARGET: &str =
    "imp_stream: {create: {features: {id: bigint, name: text not null default 'x', note: text}}}";

fn platform() -> (Database, Service) {
    let (database, service) = ready::service();
    let mut client = database.connect();
    client.query("select * from dfa.load_catalog($1)", &[&TARGET]).unwrap();
    client.query("select * from dfa.setup('imp_stream', run_date => '2021-01-01')", &[]).unwrap();
    (database, service)
}

fn put(service: &Service, kind: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
    service.request("PUT", "/api/ai/put/imp_stream", kind, headers, body)
}

fn rows(database: &Database) -> String {
    ready::value(
        database,
        "select coalesce(string_agg(r::text, ' ' order by id), '') from ai.imp_stream as r",
    )
}

#[test]
fn a_body_that_is_no_csv_is_refused_with_its_line() {
    let (database, service) = platform();
    for (body, what) in [
        (b"id,name\n1,ok\n2,\"broken\n3,ok\n".as_slice(), "line 3: unterminated CSV quoted field"),
        (b"id,name\n1,\"a\"b\n", "line 2: something stands behind the quote that closes value 2"),
        (b"id,name,name\n1,first,second\n", "line 1: the heading has two columns 'name'"),
        (b"id,name\n1,a\n2\n", "line 3: has 1 value, and the heading has 2"),
        (b"id,name\n1,caf\xe9\n", "line 2, column 6: 0xe9 is not valid UTF-8"),
        (b"id,name\n1,a\rb\n", "line 2: unquoted carriage return found in data"),
    ] {
        for path in ["/api/ai/put/imp_stream", "/api/ai/put/imp_stream?on_error=skip"] {
            service.request("PUT", path, "text/csv", &[], body).assert_problem(400, &[what]);
        }
    }
    let lines = b"{\"id\": 1}\n{\"id\": \"\xff\"}\n";
    put(&service, "application/x-ndjson", &[], lines).assert_problem(400, &["line 2, column 9: 0xff"]);
    let deep = format!("{{\"id\": 1}}\n{{\"note\": {}{}}}\n", "[".repeat(100_000), "]".repeat(100_000));
    put(&service, "application/x-ndjson", &[], deep.as_bytes())
        .assert_problem(400, &["line 2: the row is nested deeper than 500 levels"]);
    assert_eq!(rows(&database), "");
}

#[test]
fn marks_blanks_and_quotes_mean_what_they_mean_for_dfa_load() {
    let (database, service) = platform();
    let csv = "\u{feff}id , name,note\r\n1,\"\",\r\n2,\"a \"\"b\"\"\nc\",\"\"\r\n";
    put(&service, "text/csv", &[], csv.as_bytes()).assert_status(200);
    let lines = "\u{feff}{\"id\": 3}\n{\"note\": \"n\", \"id\": 4}\n";
    put(&service, "application/x-ndjson", &[], lines.as_bytes()).assert_status(200);
    assert_eq!(rows(&database), "(1,\"\",) (2,\"a \"\"b\"\"\nc\",\"\") (3,x,) (4,x,n)");
}

#[test]
fn bodies_may_be_compressed() {
    let (database, service) = platform();
    let text = "id,name\n1,a\n2,b\n";
    let mut gzip =
        Command::new("gzip").arg("-c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    gzip.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let body = gzip.wait_with_output().unwrap().stdout;
    put(&service, "text/csv", &[("Content-Encoding", "gzip")], &body).assert_status(200);
    assert_eq!(rows(&database), "(1,a,) (2,b,)");
    put(&service, "text/csv", &[("Content-Encoding", "gzip")], &body[..body.len() - 4])
        .assert_problem(400, &[]);
    put(&service, "text/csv", &[("Content-Encoding", "br")], &body)
        .assert_problem(415, &["a body in 'br' cannot be read", "gzip, zstd or identity"]);
    assert_eq!(rows(&database), "(1,a,) (2,b,)");
}

#[test]
fn a_column_of_json_has_json_in_csv_too() {
    let (database, service) = platform();
    database.connect().batch_execute("alter table ai.imp_stream add j jsonb").unwrap();
    let csv = "id,name,j\n1,{},\"{\"\"a\"\": 1.10}\"\n2,x,\"\"\"5\"\"\"\n3,x,\n";
    put(&service, "text/csv", &[], csv.as_bytes()).assert_status(200);
    assert_eq!(
        ready::value(
            &database,
            "select string_agg(coalesce(jsonb_typeof(j), 'null'), ' ' order by id) from ai.imp_stream"
        ),
        "object string null"
    );
    put(&service, "text/csv", &[], b"id,j\n4,hello\n")
        .assert_problem(400, &["line 2: column", "'hello' is not JSON"]);
    assert_eq!(ready::value(&database, "select count(*) from ai.imp_stream"), "3");
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut gzip =
        Command::new("gzip").arg("-c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut stdin, bytes) = (gzip.stdin.take().unwrap(), bytes.to_vec());
    // Beside the reading of its output, so that neither side waits for the other with a full pipe.
    let writer = std::thread::spawn(move || stdin.write_all(&bytes).unwrap());
    let output = gzip.wait_with_output().unwrap().stdout;
    writer.join().unwrap();
    output
}

#[test]
fn json_and_forms_may_be_compressed_and_are_bounded_unpacked() {
    let (_, service) = platform();
    let packed = [("Content-Encoding", "gzip")];
    let row = gzipped(br#"{"data": [{"id": 1}]}"#);
    let put =
        |body: &[u8]| service.request("PUT", "/api/ai/put/imp_stream", "application/json", &packed, body);
    put(&row).assert_status(200);
    put(&row[..row.len() - 4]).assert_problem(400, &["cannot be unpacked"]);
    let form = "application/x-www-form-urlencoded";
    let run = gzipped(b"table_name=ai_a&run_date=2021-01-05&background=N");
    service.post_as("/api/ai/run/data", form, &packed, &run).assert_status(200);
    let bomb = gzipped(&vec![b'a'; 64 << 20]);
    service.post_as("/api/ai/run/data", form, &packed, &bomb).assert_problem(413, &["more than"]);
    service
        .post_as("/api/ai/run/data", form, &[("Content-Encoding", "br")], &run)
        .assert_problem(415, &["gzip, zstd or identity"]);
}

/// So many rows that a stream has several chunks.
const MANY: u32 = 12_000;

#[test]
fn streams_of_the_same_keys_in_other_orders_all_come_to_their_end() {
    let (database, service) = ready::service();
    let mut client = database.connect();
    let catalog = "imp_key: {create: {features: {id: bigint, v: text}, primary_key: [id]}}";
    client.query("select * from dfa.load_catalog($1)", &[&catalog]).unwrap();
    client.query("select * from dfa.setup('imp_key', run_date => '2021-01-01')", &[]).unwrap();
    let csv = |from_the_end: bool| {
        let id = |n: u32| if from_the_end { MANY - 1 - n } else { n };
        let lines = (0..MANY).map(|n| format!("{},x\n", id(n)));
        std::iter::once("id,v\n".to_owned()).chain(lines).collect::<String>()
    };
    let ndjson: String = (0..MANY).rev().map(|id| format!("{{\"id\":{id},\"v\":\"y\"}}\n")).collect();
    let bodies = [("text/csv", csv(false)), ("text/csv", csv(true)), ("application/x-ndjson", ndjson)];
    // They all begin when the table is given free.
    client.batch_execute("begin; lock table ai.imp_key").unwrap();
    std::thread::scope(|scope| {
        let calls: Vec<_> = bodies
            .iter()
            .map(|(kind, body)| {
                let service = &service;
                scope.spawn(move || service.request("PUT", "/api/ai/put/imp_key", kind, &[], body.as_bytes()))
            })
            .collect();
        client.batch_execute("commit").unwrap();
        for call in calls {
            let answer = call.join().unwrap();
            assert_eq!(answer.assert_status(200).json()["success_rows"], MANY);
        }
    });
    assert_eq!(ready::value(&database, "select count(*)::text from ai.imp_key"), MANY.to_string());
}
