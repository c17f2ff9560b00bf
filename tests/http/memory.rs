//! Memory does not grow with what is sent.

use crate::{ready, rows};
use dfa_tests::{own_memory, peak_memory, Service, KEY};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Sends `lines` rows as NDJSON in pieces, as a client does that makes them on the way.
fn put_lines(service: &Service, first: usize, lines: usize) -> String {
    let mut stream = TcpStream::connect(service.address()).unwrap();
    let head = format!(
        "PUT /api/ai/put/it HTTP/1.1\r\nHost: 127.0.0.1\r\nAPIKEY: {KEY}\r\nConnection: close\r\n\
         Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut piece = String::new();
    for store in first..first + lines {
        piece.push_str(&format!(
            "{{\"store\": {store}, \"day\": \"2021-02-01\", \"amount\": 12.5, \"note\": \"row\"}}\n"
        ));
        if piece.len() > 64 * 1024 || store + 1 == first + lines {
            stream.write_all(format!("{:x}\r\n{piece}\r\n", piece.len()).as_bytes()).unwrap();
            piece.clear();
        }
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn lines_are_streamed_in_flat_memory_on_both_sides() {
    let (database, service) = rows::platform();
    let done = AtomicBool::new(false);
    let (front, backend) = (AtomicU64::new(0), AtomicU64::new(0));
    let pid = service.pid();
    let workers = "select coalesce(string_agg(pid::text, ','), '') from pg_stat_activity
        where datname = current_database() and application_name like 'dfa %'";
    let peaks = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut pids: Vec<u32> = Vec::new();
            while !done.load(Ordering::Relaxed) {
                front.fetch_max(own_memory(pid), Ordering::Relaxed);
                if pids.is_empty() {
                    pids = ready::value(&database, workers)
                        .split(',')
                        .filter_map(|it| it.parse().ok())
                        .collect();
                }
                pids.iter().for_each(|pid| {
                    backend.fetch_max(own_memory(*pid), Ordering::Relaxed);
                });
                std::thread::yield_now();
            }
        });
        let mut peaks = Vec::new();
        // 7 MB, to have what a request needs at all; then ten times as much.
        for (first, lines) in [(1_000_000, 100_000), (2_000_000, 1_000_000)] {
            let answer = put_lines(&service, first, lines);
            assert!(
                answer.starts_with("HTTP/1.1 200") && answer.contains(&format!("\"success_rows\":{lines}")),
                "{answer}"
            );
            peaks.push((front.load(Ordering::Relaxed), backend.load(Ordering::Relaxed)));
        }
        done.store(true, Ordering::Relaxed);
        peaks
    });
    let [(front_before, backend_before), (front, backend)] = peaks[..] else { panic!("two peaks") };
    assert!(backend_before > 0, "no session of the service was seen");
    // 63 MB more were sent; what is kept of them is a chunk or two.
    assert!(front < front_before + 24_000, "the service had {front_before} kB, then {front} kB");
    assert!(backend < backend_before + 24_000, "its session had {backend_before} kB, then {backend} kB");
}

#[test]
fn what_is_too_large_or_too_deep_is_refused_before_it_costs_memory() {
    let database = ready::database();
    let service = Service::start_with(&database, &[("DFA_MAX_BODY_MB", "4")], &[]);
    let huge = format!(r#"{{"data": [{}1]}}"#, "1,".repeat(30_000_000));
    let deep = format!(r#"{{"data": {}"#, "[".repeat(3_000_000));
    let line = format!("{{\"id\": \"{}\"}}\n", "x".repeat(20_000_000));
    let at_once = |kind: &str, body: &str, status: u16| {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert_eq!(status_of(&service, kind, body), status));
            }
        });
        peak_memory(service.pid())
    };
    let before = peak_memory(service.pid());
    // Four bodies of at most 4 MB, not of 60 MB.
    let after = at_once("application/json", &huge, 413);
    assert!(after < before + 100_000, "{before} kB, then {after} kB");
    let after = at_once("application/json", &deep, 400);
    assert!(after < before + 100_000, "{before} kB, then {after} kB");
    // A line has at most 16 MB.
    let after = at_once("application/x-ndjson", &line, 400);
    assert!(after < before + 300_000, "{before} kB, then {after} kB");
    assert_eq!(
        ready::value(&database, "select count(*) from dfa.task_process where process_module like 'data|%'"),
        "0"
    );
}

/// The status of an answer that may come before everything is sent.
fn status_of(service: &Service, kind: &str, body: &str) -> u16 {
    let mut stream = TcpStream::connect(service.address()).unwrap();
    let head = format!(
        "PUT /api/ai/put/si HTTP/1.1\r\nHost: 127.0.0.1\r\nAPIKEY: {KEY}\r\nConnection: close\r\nContent-Type: {kind}\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    answer.split_whitespace().nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}
