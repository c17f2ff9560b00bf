//! PostgreSQL goes away and comes back while rows are put: what was acknowledged is there.

use crate::{ready, rows};
use dfa_tests::{Cluster, Reply, Service};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const WRITERS: usize = 8;

/// Puts rows with keys of its own, one after the other, until it is told to stop; gives the keys that were acknowledged.
fn write(service: &Service, writer: usize, stop: &AtomicBool, refused: &AtomicUsize) -> Vec<usize> {
    let mut acknowledged = Vec::new();
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let store = number * WRITERS + writer;
        let body = format!(r#"{{"data": {{"store": {store}, "day": "2021-02-01"}}}}"#);
        let reply = service.request("PUT", "/api/ai/put/it", "application/json", &[], body.as_bytes());
        match reply.status {
            200 => acknowledged.push(store),
            _ => {
                assert_come_again(&reply);
                refused.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
    acknowledged
}

fn assert_come_again(reply: &Reply) {
    reply.assert_problem(503, &["hint"]);
    assert!(reply.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0), "{}", reply.text);
}

#[test]
fn no_acknowledged_row_is_lost_when_the_server_stops_or_crashes() {
    // With fsync, as in production.
    let cluster = Cluster::start(&[]);
    let database = cluster.database("under_load");
    rows::fill(&database);
    let service = Service::start(&database);
    let (stop, refused) = (AtomicBool::new(false), AtomicUsize::new(0));
    let acknowledged: Vec<usize> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (service, stop, refused) = (&service, &stop, &refused);
                scope.spawn(move || write(service, writer, stop, refused))
            })
            .collect();
        let rows_there =
            || ready::value(&database, "select count(*) from ai.imp_target").parse::<usize>().unwrap();
        for restart in 0..3 {
            let before = rows_there();
            service.until("rows come in", |_| rows_there() > before + 50);
            let refused_before = refused.load(Ordering::Relaxed);
            match restart {
                1 => cluster.crash(),
                _ => cluster.stop(),
            }
            service.until("callers are told", |_| refused.load(Ordering::Relaxed) > refused_before + WRITERS);
            cluster.start_again();
            service.until("it is ready again", |service| service.get("/ready").status == 200);
        }
        let before = rows_there();
        service.until("rows come in again", |_| rows_there() > before + 50);
        stop.store(true, Ordering::Relaxed);
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    assert!(acknowledged.len() > 200, "{} rows", acknowledged.len());
    let list: Vec<String> = acknowledged.iter().map(ToString::to_string).collect();
    let lost = format!(
        "select count(*) from unnest('{{{}}}'::int[]) as put (store)
         where not exists (select from ai.imp_target where imp_target.store = put.store)",
        list.join(",")
    );
    assert_eq!(ready::value(&database, &lost), "0");
}
