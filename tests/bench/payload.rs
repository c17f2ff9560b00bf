//! Large payloads by REST: 100,000 rows of JSON against COPY of the same rows; the memory of a long body of NDJSON against
//! that of a short one.
//!
//! `DFA_BENCH_MB` is the size of the long body (default: 256).

use crate::measure::{in_turns, seconds, Aim, Comparison};
use dfa_tests::{own_memory, peak_memory, Database, Service, KEY};
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

const PAIRS: usize = 7;
const ROWS: usize = 100_000;
/// What the long body is measured against, in MB.
const SHORT: usize = 16;
const PIECE: usize = 64 * 1024;

fn row(text: &mut String, number: usize) {
    let (store, article) = (number / 1000, number % 1000);
    let _ = write!(
        text,
        r#"{{"store": {store}, "article": {article}, "amount": {article}.5, "note": "a note of row {number}"}}"#
    );
}

pub fn against_copy(database: &Database, service: &Service) -> Comparison {
    let mut client = database.connect();
    let mut body = "{\"data\": [".to_owned();
    for number in 0..ROWS {
        body.push_str(if number == 0 { "" } else { "," });
        row(&mut body, number);
    }
    body.push_str("]}");
    let put = || {
        let reply = service.request("PUT", "/api/ai/put/imp_put", "application/json", &[], body.as_bytes());
        reply.assert_status(200);
    };
    client.batch_execute("truncate ai.imp_put").expect("empties");
    put();
    let folder: String = client.query_one("show data_directory", &[]).expect("answers").get(0);
    let file = format!("{folder}/payload.csv");
    client.batch_execute(&format!("copy ai.imp_put to '{file}' csv")).expect("writes the file");
    let client = std::cell::RefCell::new(client);
    let empty = || client.borrow_mut().batch_execute("truncate ai.imp_put").expect("empties");
    let times = in_turns(
        PAIRS,
        |_| {
            empty();
            seconds(put)
        },
        |_| {
            empty();
            seconds(|| {
                client
                    .borrow_mut()
                    .batch_execute(&format!("copy ai.imp_put from '{file}' csv"))
                    .expect("copies")
            })
        },
    );
    Comparison {
        what: format!("PUT of {ROWS} rows of JSON by REST"),
        against: "COPY from CSV".to_owned(),
        aim: Aim::RateAtLeast(0.7),
        figures: times.iter().map(|(ours, theirs)| theirs / ours).collect(),
    }
}

/// The peaks of the service and of its session, each by that of a short body. A service of its own for each body.
pub fn memory(database: &Database, folder: &Path) -> Vec<Comparison> {
    let long = std::env::var("DFA_BENCH_MB").ok().and_then(|text| text.parse().ok()).unwrap_or(256);
    let peak = |megabytes: usize| {
        database.connect().batch_execute("truncate ai.imp_put").expect("empties");
        let service = Service::start_with_log_file(database, &[], &folder.join("memory.log"));
        let (done, session) = (AtomicBool::new(false), AtomicU64::new(0));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut client = database.connect();
                while !done.load(Ordering::Relaxed) {
                    // A look every 50 ms: what is measured needs the processors.
                    let sessions = "select pid from pg_sleep(0.05), pg_stat_activity \
                        where datname = current_database() and application_name like 'dfa %'";
                    for found in client.query(sessions, &[]).expect("answers") {
                        session.fetch_max(own_memory(found.get::<_, i32>(0)), Ordering::Relaxed);
                    }
                }
            });
            send_lines(&service, megabytes);
            done.store(true, Ordering::Relaxed);
        });
        let front = peak_memory(service.pid());
        (front as f64, session.load(Ordering::Relaxed) as f64)
    };
    let (short, far) = (peak(SHORT), peak(long));
    eprintln!(
        "{SHORT} MB: service {} kB, session {} kB; {long} MB: service {} kB, session {} kB",
        short.0, short.1, far.0, far.1
    );
    let compare = |whose: &str, figure: f64| Comparison {
        what: format!("memory of the {whose}, {long} MB of NDJSON"),
        against: format!("{SHORT} MB"),
        aim: Aim::TimesAtMost(1.25),
        figures: vec![figure],
    };
    vec![compare("service", far.0 / short.0), compare("session", far.1 / short.1)]
}

/// A body of so many MB that is made on the way.
fn send_lines(service: &Service, megabytes: usize) {
    let mut stream = TcpStream::connect(service.address()).expect("the service listens");
    let head = format!(
        "PUT /api/ai/put/imp_put HTTP/1.1\r\nHost: 127.0.0.1\r\nAPIKEY: {KEY}\r\nConnection: close\r\n\
         Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).expect("the head goes");
    let (mut sent, mut piece) = (0, String::new());
    for number in 0.. {
        row(&mut piece, number);
        piece.push('\n');
        if piece.len() > PIECE {
            stream.write_all(format!("{:x}\r\n{piece}\r\n", piece.len()).as_bytes()).expect("a piece goes");
            sent += piece.len();
            piece.clear();
            if sent > megabytes * 1024 * 1024 {
                break;
            }
        }
    }
    stream.write_all(b"0\r\n\r\n").expect("the end goes");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
