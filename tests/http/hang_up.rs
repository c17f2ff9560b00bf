//! A foreground caller who hangs up cancels its run.

use crate::ready;
use dfa_tests::{Database, Service, KEY};
use std::io::Write;
use std::net::{Shutdown, TcpStream};

const SLEEPS: &str = "select exists (select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database())";

fn begin_slow_run(database: &Database, service: &Service, key: &str) -> TcpStream {
    let body = "pipeline_name=slow&run_date=2021-01-05&background=N";
    let mut stream = TcpStream::connect(service.address()).unwrap();
    let request = format!(
        "POST /api/ai/run/data HTTP/1.1\r\nHost: x\r\nAPIKEY: {KEY}\r\nIdempotency-Key: {key}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    service.until("the second node sleeps", |_| ready::value(database, SLEEPS) == "t");
    stream
}

#[test]
fn the_node_under_way_is_undone_and_the_task_says_so() {
    let (database, service) = ready::service();
    begin_slow_run(&database, &service, "hang-up").shutdown(Shutdown::Both).unwrap();
    service.until("the task ends", |_| {
        ready::value(&database, "select status from dfa.task_process order by process_id desc limit 1") == "1"
    });
    assert_eq!(ready::value(&database, SLEEPS), "f");
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
fn a_stop_waits_no_longer_than_it_was_told_and_cancels_the_rest() {
    let database = ready::database();
    let mut service = Service::start_with(&database, &[("DFA_SHUTDOWN_SECONDS", "1")], &[]);
    let _stream = begin_slow_run(&database, &service, "stop");
    service.signal("TERM");
    assert_eq!(service.wait(), 0);
    assert_eq!(ready::value(&database, SLEEPS), "f");
    assert_eq!(
        ready::value(&database, "select status from dfa.task_process order by process_id desc limit 1"),
        "1"
    );
}
