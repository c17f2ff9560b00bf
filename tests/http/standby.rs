//! A service that reads from a physical standby: it says what the database says, whatever becomes of the standby.

use crate::{ready, rows};
use dfa_tests::{Cluster, Database, Service};
use ureq::http::Request;

/// What is read there, with what is asked for.
const READS: [&str; 13] = [
    "/api/ai/audit",
    "/api/ai/pipelines",
    "/api/ai/tables?limit=500",
    "/api/ai/tables/imp_target/logs",
    "/api/ai/catalogs/imp_target",
    "/api/ai/get/dpc/ai_a",
    "/api/ai/tasks",
    "/api/ai/slots",
    "/api/ai/tasks/bulk?action=rerun&query=status%3D0",
    "/api/ai/files",
    "/api/ai/notes",
    "/api/ai/incidents",
    "/api/ai/keys",
];

/// A database with its standby, and the service before both. A read waits for as long as it is said, in milliseconds.
struct Pair {
    database: Database,
    standby: Cluster,
    service: Service,
    _primary: Cluster,
}

fn pair(wait: &str) -> Pair {
    let primary = Cluster::start(&[]);
    let database = primary.database("read_elsewhere");
    rows::fill(&database);
    let standby = primary.standby();
    let service = service(&database, &standby, wait);
    Pair { database, standby, service, _primary: primary }
}

fn service(database: &Database, standby: &Cluster, wait: &str) -> Service {
    let host = standby.folder().to_string_lossy().into_owned();
    let port = standby.port().to_string();
    let said = [("DB_READ_HOST", host.as_str()), ("DB_READ_PORT", port.as_str()), ("DB_READ_WAIT_MS", wait)];
    Service::start_with(database, &said, &[])
}

/// How many reads have come to this end.
fn reads(service: &Service, outcome: &str) -> u64 {
    let name = format!("dfa_standby_reads_total{{outcome=\"{outcome}\"}} ");
    let metrics = service.get("/metrics").text;
    metrics.lines().find_map(|line| line.strip_prefix(&name)?.parse().ok()).unwrap_or(0)
}

impl Pair {
    /// What the service does by its standby at this moment.
    fn outcome(&self, path: &str) -> String {
        let all = ["standby", "behind", "away", "again"];
        let before = all.map(|outcome| reads(&self.service, outcome));
        self.service.get(path).assert_status(200);
        let changed =
            all.iter().zip(before).filter(|(outcome, before)| reads(&self.service, outcome) > *before);
        changed.map(|(outcome, _)| *outcome).collect::<Vec<_>>().join(" ")
    }

    fn on_standby(&self, sql: &str) -> String {
        ready::value(&self.standby.existing_database("read_elsewhere"), sql)
    }
}

#[test]
fn lists_are_read_from_the_standby_and_say_what_the_database_says() {
    let pair = pair("60000");
    let plain = Service::start(&pair.database);
    let run = "table_name=ai_a&background=N&run_date=2021-01-05";
    pair.service.post("/api/ai/run/data", run).assert_status(200);
    for path in READS {
        assert_eq!(pair.outcome(path), "standby", "{path}");
        let (there, here) = (pair.service.get(path), plain.get(path));
        assert_eq!((there.status, there.text), (200, here.text), "{path}");
    }
    assert_eq!(reads(&plain, "standby"), 0);
    // A key's rights hold there as well.
    let key = ready::value(&pair.database, "select dfa.add_key('erp', 'reader', array['imp_*'])");
    let request = Request::get(pair.service.url("/api/ai/catalogs/ai_a")).header("APIKEY", &key);
    pair.service.send(request.body(()).unwrap()).assert_problem(404, &["ai_a"]);
}

#[test]
fn a_read_sees_what_was_done_before_it_however_late_the_standby_is() {
    let pair = pair("40");
    pair.service.until("the standby is read", |_| pair.outcome("/api/ai/notes") == "standby");
    pair.on_standby("select pg_wal_replay_pause()");
    pair.service
        .until("replay is paused", |_| pair.on_standby("select pg_get_wal_replay_pause_state()") == "paused");
    for number in 1..=3 {
        let form = format!("kind=table&name=ai_a&text=note%20{number}");
        pair.service.post("/api/ai/notes", &form).assert_status(200);
        let notes = pair.service.get("/api/ai/notes").json();
        assert_eq!(notes["notes"].as_array().unwrap().len(), number);
    }
    // What others wrote, too.
    ready::value(&pair.database, "select dfa.add_note('table', 'ai_b', 'by psql')");
    assert_eq!(pair.service.get("/api/ai/notes").json()["notes"].as_array().unwrap().len(), 4);
    assert_eq!(pair.outcome("/api/ai/notes"), "behind");
    pair.on_standby("select pg_wal_replay_resume()");
    pair.service.until("the standby is read again", |_| pair.outcome("/api/ai/notes") == "standby");
    assert_eq!(pair.service.get("/api/ai/notes").json()["notes"].as_array().unwrap().len(), 4);
}

#[test]
fn a_standby_that_dies_or_is_promoted_fails_no_read() {
    let pair = pair("60000");
    assert_eq!(pair.outcome("/api/ai/tables"), "standby");
    // Its sessions end under the feet of the service.
    pair.on_standby(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'dfa'",
    );
    for _ in 0..4 {
        pair.service.get("/api/ai/tables").assert_status(200);
    }
    pair.standby.crash();
    for _ in 0..4 {
        pair.service.get("/api/ai/tables").assert_status(200);
    }
    assert_eq!(pair.outcome("/api/ai/tables"), "away");
    pair.standby.start_again();
    pair.service.until("it is read again", |_| pair.outcome("/api/ai/tables") == "standby");
    // From now on it goes its own way: nothing of it is believed.
    pair.standby.promote();
    pair.on_standby("select dfa.add_note('table', 'ai_b', 'of another history')");
    let notes = pair.service.get("/api/ai/notes").assert_status(200).json();
    assert_eq!(notes["notes"].as_array().unwrap().len(), 0, "{notes}");
    assert_eq!(pair.outcome("/api/ai/notes"), "away");
    pair.service.until("the log says why", |service| {
        service.log().iter().any(|line| line["cause"] == "it is no standby of the database")
    });
}

#[test]
fn another_cluster_is_not_read_from() {
    let (one, other) = (Cluster::start(&[]), Cluster::start(&[]));
    let database = one.database("read_elsewhere");
    rows::fill(&database);
    rows::fill(&other.database("read_elsewhere"));
    let standby = other.standby();
    let service = service(&database, &standby, "60000");
    service.get("/api/ai/tables").assert_status(200);
    assert_eq!((reads(&service, "standby"), reads(&service, "away")), (0, 1));
}

#[test]
fn what_a_standby_cannot_do_the_database_does() {
    let pair = pair("60000");
    // A function under a list that writes: a standby refuses it.
    pair.database
        .connect()
        .batch_execute(
            "create table public.seen (name text);
             do $$ begin execute regexp_replace(pg_get_functiondef('dfa.key_covers(text)'::regprocedure),
                'RETURNS boolean.*', $f$RETURNS boolean LANGUAGE plpgsql AS
                    'begin insert into public.seen values (''it''); return true; end'$f$); end $$",
        )
        .unwrap();
    pair.service.post("/api/ai/notes", "kind=table&name=ai_a&text=so").assert_status(200);
    let notes = pair.service.get("/api/ai/notes").assert_status(200).json();
    assert_eq!(notes["notes"].as_array().unwrap().len(), 1);
    assert_eq!(
        (reads(&pair.service, "again"), ready::value(&pair.database, "select count(*) > 0 from public.seen")),
        (1, "t".to_owned())
    );
    // Unknown there as here: the database has the word on it.
    pair.service.get("/api/ai/catalogs/nothing").assert_problem(404, &["nothing"]);
    assert_eq!(reads(&pair.service, "again"), 2);
}
