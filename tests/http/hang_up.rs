//! A foreground caller who hangs up cancels its run.

use crate::ready;
use dfa_tests::{Database, Service};
use std::io::Read;
use std::net::{Shutdown, TcpStream};

const LAST: &str = "select status from dfa.task_process where process_name_put = 'slow'";

fn begin_slow_run(database: &Database, service: &Service) -> TcpStream {
    let head = "POST /api/ai/run/data HTTP/1.1\r\nIdempotency-Key: hang-up";
    let stream = ready::send(service, head, "pipeline_name=slow&run_date=2021-01-05&background=N");
    service.until("the second node sleeps", |_| ready::sleeps(database));
    stream
}

#[test]
fn the_node_under_way_is_undone_and_the_task_says_so() {
    let (database, service) = ready::service();
    begin_slow_run(&database, &service).shutdown(Shutdown::Both).unwrap();
    service.until("the task ends", |_| ready::value(&database, LAST) == "1");
    assert!(!ready::sleeps(&database));
    let body = service.get("/api/ai/tasks?limit=1").json();
    assert!(body["tasks"][0]["message"].as_str().unwrap().contains("its caller went away"), "{body}");
    // What was done stays, what was not is not.
    assert_eq!(ready::value(&database, "select count(*) from ai.ai_a"), "2");
    assert_eq!(ready::value(&database, "select count(*) from ai.ai_slow"), "0");
    // The retry may run: its key is free.
    service.until("the key is free", |_| {
        ready::value(&database, "select count(*) from dfa.idempotent_request") == "0"
    });
}

#[test]
fn a_stop_lets_what_is_under_way_end_and_takes_nothing_new() {
    let database = ready::database();
    let mut service = Service::start_with(&database, &[("DFA_DRAIN_SECONDS", "0")], &[]);
    let mut holder = database.connect();
    holder.batch_execute("begin; lock table ai.ai_a in exclusive mode").unwrap();
    let head = "POST /api/ai/run/data HTTP/1.1\r\nConnection: close";
    let mut stream = ready::send(&service, head, "table_name=ai_a&run_date=2021-01-05&background=N");
    let waits = "select exists (select from pg_locks where not granted and database = (
        select oid from pg_database where datname = current_database()))";
    service.until("the node waits", |_| ready::value(&database, waits) == "t");
    service.signal("TERM");
    service.until("nobody is let in", |service| TcpStream::connect(service.address()).is_err());
    holder.batch_execute("commit").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("(2 rows, "), "{answer}");
    assert_eq!(service.wait(), 0);
}

#[test]
fn a_stop_waits_no_longer_than_it_was_told_and_cancels_the_rest() {
    let database = ready::database();
    let mut service = Service::start_with(&database, &[("DFA_SHUTDOWN_SECONDS", "1")], &[]);
    let _stream = begin_slow_run(&database, &service);
    service.signal("TERM");
    assert_eq!(service.wait(), 0);
    assert!(!ready::sleeps(&database));
    assert_eq!(ready::value(&database, LAST), "1");
}
