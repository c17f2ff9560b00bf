//! What no caller should send: each costs them a clear error, and us nothing.

use crate::ready;
use dfa_tests::{Service, KEY};
use std::io::{Read, Write};
use std::net::TcpStream;

const PATH: &str = "/api/ai/run/data";
const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn each_kind_of_bad_body_has_its_status() {
    let (database, service) = ready::service();
    let deep = format!("{{\"table_name\": {}", "[".repeat(200_000));
    let bomb = "a=1&".repeat(100_000);
    let huge = format!("table_name={}", "x".repeat(2_000_000));
    let cases: [(&str, &[u8], u16); 18] = [
        ("application/json", b"{", 400),
        ("application/json", b"[1]", 400),
        ("application/json", deep.as_bytes(), 400),
        ("application/json", b"{\"table_name\": \"\xff\"}", 400),
        ("application/json", br#"{"table_name": "a", "table_name": "b"}"#, 422),
        ("application/json", br#"{"table_name": ["a"]}"#, 422),
        ("application/json", br#"{"table_name": "a\u0000"}"#, 422),
        (FORM, bomb.as_bytes(), 400),
        (FORM, huge.as_bytes(), 413),
        (FORM, b"table_name=%ff", 400),
        (FORM, b"table_name=ai_a&pipeline_name=both", 422),
        (FORM, b"run_date=2021-01-01", 422),
        (FORM, b"table_name=ai_a&run_mode=fast", 422),
        (FORM, b"table_name=ai_a&tabel_name=ai_a", 422),
        ("multipart/form-data", b"table_name=ai_a", 400),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\"a\"", 400),
        ("text/plain", b"table_name=ai_a", 415),
        ("application/json; charset=latin1", b"{}", 415),
    ];
    for (kind, body, status) in cases {
        let reply = service.post_as(PATH, kind, &[], body);
        assert_eq!(reply.status, status, "{kind}: {:.80}: {}", String::from_utf8_lossy(body), reply.text);
        reply.assert_problem(status, &[]);
        assert!(reply.text.len() < 2_000, "{}", reply.text);
    }
    assert_eq!(
        ready::value(
            &database,
            "select count(*) from dfa.task_process where process_module = 'framework|data'"
        ),
        "0"
    );
}

#[test]
fn a_field_that_is_not_known_is_told_with_the_one_that_was_meant() {
    let (_, service) = ready::service();
    service.post(PATH, "tabel_name=ai_a&table_name=ai_a").assert_problem(422, &["did you mean table_name?"]);
    for date in ["2021-02-30", "20210101", "2021-1-1", "0000-01-01", "today", "2021-01-01T10:00:00"] {
        service
            .post(PATH, &format!("table_name=ai_a&run_date={date}"))
            .assert_problem(422, &["run_date", "is not a date"]);
    }
}

#[test]
fn a_name_that_is_sql_is_only_a_name() {
    let (database, service) = ready::service();
    let name = "%22%3B+drop+table+ai.ai_a%3B+--";
    service.post(PATH, &format!("table_name={name}&background=N")).assert_problem(404, &["is not known"]);
    service.get(&format!("/api/ai/catalogs/{}", name.replace('+', "%20"))).assert_problem(404, &[]);
    service.get("/api/ai/tables?search='%20or%20true--").assert_status(200);
    service.get("/api/ai/tables?sort=name;drop").assert_problem(422, &["sort"]);
    service.get("/api/ai/catalogs/a%00b").assert_problem(422, &["NUL"]);
    assert_eq!(ready::value(&database, "select count(*) from ai.ai_a"), "0");
}

#[test]
fn wrong_addresses_and_methods_are_told() {
    let (_, service) = ready::service();
    service.get("/nothing").assert_problem(404, &["there is nothing at '/nothing'"]);
    service.get("/api/ai/run/data").assert_problem(405, &["GET"]);
    service
        .post_as(PATH, FORM, &[("Idempotency-Key", "")], b"table_name=ai_a")
        .assert_problem(400, &["Idempotency-Key"]);
}

#[test]
fn a_flood_of_headers_and_a_slow_head_are_cut_off() {
    let (_, service) = ready::service();
    let flood: String = (0..1000).map(|number| format!("X-{number}: x\r\n")).collect();
    assert!(
        raw(&service, &format!("GET /api HTTP/1.1\r\nHost: x\r\n{flood}\r\n")).starts_with("HTTP/1.1 431")
    );
    let long = "x".repeat(200_000);
    assert!(raw(&service, &format!("GET /api HTTP/1.1\r\nHost: x\r\nX: {long}\r\n\r\n"))
        .starts_with("HTTP/1.1 431"));
    // The head never ends: the service closes the connection by itself.
    let answer = raw(&service, "GET /api HTTP/1.1\r\nHost: x\r\n");
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[test]
fn a_body_that_is_cut_off_is_no_request() {
    let (database, service) = ready::service();
    let head = format!("POST {PATH} HTTP/1.1\r\nHost: x\r\nAPIKEY: {KEY}\r\nContent-Type: {FORM}\r\nContent-Length: 1000\r\n\r\n");
    let mut stream = TcpStream::connect(service.address()).unwrap();
    stream.write_all(format!("{head}table_name=ai_a&background=N").as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Both).unwrap();
    service.until("the request is dropped", |service| {
        service.log().iter().any(|line| line["message"] == "the caller went away" || line["status"] == 400)
    });
    assert_eq!(ready::value(&database, "select count(*) from ai.ai_a"), "0");
}

#[test]
fn a_client_that_sends_its_body_too_slowly_is_told_so() {
    let (database, service) = ready::service();
    let head = format!("PUT /api/ai/put/si HTTP/1.1\r\nHost: x\r\nAPIKEY: {KEY}\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n{{\"id\": 7}}\n");
    // Nothing comes after this; the service waits half a minute for it, and holds no transaction open for longer.
    let answer = raw(&service, &head);
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("the body took too long"), "{answer}");
    assert_eq!(ready::value(&database, "select count(*) from ai.src_in where id = 7"), "0");
}

#[test]
fn a_hundred_slow_clients_keep_nobody_else_out() {
    let (_, service) = ready::service();
    let head = format!("POST {PATH} HTTP/1.1\r\nHost: x\r\nAPIKEY: {KEY}\r\nContent-Type: {FORM}\r\nContent-Length: 1000\r\n\r\ntable");
    let streams: Vec<TcpStream> = (0..100)
        .map(|_| {
            let mut stream = TcpStream::connect(service.address()).unwrap();
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    service.post(PATH, "table_name=ai_a&run_date=2021-01-05&background=N").assert_status(200);
    drop(streams);
}

#[test]
fn an_address_that_is_no_text_is_told() {
    let (_, service) = ready::service();
    service.get("/api/ai/get/opt/%ff").assert_problem(400, &["the address cannot be read"]);
    service.post("/api/ai/notify/a%00b", "").assert_problem(422, &["NUL"]);
}

fn raw(service: &Service, request: &str) -> String {
    let mut stream = TcpStream::connect(service.address()).unwrap();
    // The service may answer and close before it has read everything.
    let _ = stream.write_all(request.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}
