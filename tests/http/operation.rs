//! What operators see: ids, logs, metrics, restarts.

use crate::ready;
use dfa_tests::{dfa_with, Cluster, Service};

#[test]
fn the_id_of_a_request_is_in_its_answer_and_in_each_line_of_its_log() {
    let (database, service) = ready::service();
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let traceparent = format!("00-{trace}-00f067aa0ba902b7-01");
    let headers = [("X-Request-Id", "lb-42"), ("traceparent", traceparent.as_str())];
    database
        .connect()
        .batch_execute("create table public.who as select current_setting('application_name') where false;
                        create function public.note() returns trigger language plpgsql as
                        $$ begin insert into public.who values (current_setting('application_name')); return new; end $$;
                        create trigger note after insert on ai.ai_a execute function public.note()")
        .unwrap();
    let form = "application/x-www-form-urlencoded";
    let reply = service.post_as("/api/ai/run/data", form, &headers, b"table_name=ai_a&background=N");
    assert_eq!(reply.assert_status(200).header("x-request-id"), "lb-42");
    let name = ready::value(&database, "select * from public.who");
    assert!(name.starts_with("dfa ") && name.ends_with(trace), "{name}");
    let process_id = reply.json()["process_id"].clone();
    service.until("the line is written", |service| {
        service.log().iter().any(|line| line["path"] == "/api/ai/run/data")
    });
    let line = service.log().into_iter().find(|line| line["path"] == "/api/ai/run/data").unwrap();
    assert_eq!((&line["span"]["request_id"], &line["span"]["trace_id"]), (&"lb-42".into(), &trace.into()));
    assert_eq!((&line["span"]["process_id"], &line["status"]), (&process_id, &200.into()));
    assert_eq!(service.get("/api").header("x-request-id").len(), 32);
}

#[test]
fn metrics_tell_requests_tasks_and_freshness() {
    let (_, service) = ready::service();
    service.post("/api/ai/run/data", "table_name=ai_a&run_date=2021-01-05&background=N").assert_status(200);
    let metrics = service.get("/metrics");
    assert!(metrics.header("content-type").starts_with("text/plain"));
    for line in [
        r#"dfa_http_requests_total{method="POST",route="/api/ai/run/data",status="200"} 1"#,
        r#"dfa_tasks{state="processing"} 0"#,
        r#"dfa_table_age_seconds{table="ai_a"}"#,
        r#"dfa_queue_depth{state="WAITING"} 0"#,
        "dfa_database_up 1",
        r#"dfa_pool_connections{pool="work"} 1"#,
    ] {
        assert!(metrics.text.contains(line), "'{line}' is not in:\n{}", metrics.text);
    }
}

#[test]
fn the_service_starts_before_its_database_and_outlives_its_restart() {
    let cluster = Cluster::start(&[]);
    let database = cluster.database("restarted");
    ready::fill(&database);
    let service = Service::start(&database);
    service.get("/api/ai/tables").assert_status(200);
    cluster.stop();
    assert_eq!(service.get("/health").assert_status(200).json()["database"], "down");
    let refused = service.get("/api/ai/tables");
    refused.assert_problem(503, &["the database cannot be reached"]);
    assert!(refused.header("retry-after").parse::<u32>().unwrap() > 0);
    assert!(!refused.text.contains("dfa-test-"), "a path of the machine is in: {}", refused.text);
    let early = Service::start(&database);
    early.get("/ready").assert_problem(503, &[]);
    cluster.start_again();
    for service in [&service, &early] {
        service.until("it is ready again", |service| service.get("/ready").status == 200);
        service.get("/api/ai/tables").assert_status(200);
    }
}

#[test]
fn recreated_makes_an_empty_database_ready() {
    let database = Cluster::shared().plain_database("http_recreated");
    let set = concat!(env!("CARGO_MANIFEST_DIR"), "/../catalog/retail");
    let service = Service::start_with(&database, &[("DFA_CATALOG_DIR", set)], &["--recreated"]);
    service.get("/ready").assert_status(200);
    assert!(service.get("/api/ai/tables?search=ai_daily_sales").text.contains("ai_daily_sales"));
    let users = "select string_agg(user_name || ' ' || role || ' ' || left(password_hash, 10), ',') from dfa.user_account";
    assert_eq!(ready::value(&database, users), "admin admin $argon2id$");
    assert!(!format!("{:?}", service.log()).contains("assword"), "a password is in the log");
}

#[test]
fn recreated_waits_for_its_database_and_two_replicas_do_it_once() {
    let cluster = Cluster::start(&[]);
    let database = cluster.plain_database("recreated_twice");
    let set = concat!(env!("CARGO_MANIFEST_DIR"), "/../catalog/retail");
    cluster.stop();
    std::thread::scope(|scope| {
        let start = || Service::start_with(&database, &[("DFA_CATALOG_DIR", set)], &["--recreated"]);
        let replicas = [scope.spawn(start), scope.spawn(start)];
        cluster.start_again();
        for replica in replicas {
            replica.join().unwrap().get("/ready").assert_status(200);
        }
    });
    assert_eq!(ready::value(&database, "select count(*) from dfa.user_account"), "1");
}

#[test]
fn a_request_the_extension_cannot_do_yet_says_so() {
    let (database, service) = ready::service();
    database.connect().batch_execute("alter function dfa.dependency(text) rename to gone").unwrap();
    service.get("/api/ai/get/dpc/aa").assert_problem(501, &["dfa.dependency"]);
}

#[test]
fn two_services_at_one_port_are_one_too_many() {
    let (database, service) = ready::service();
    let port = service.address().rsplit_once(':').unwrap().1;
    dfa_with(&database, &[("APIKEY", dfa_tests::KEY)], &["run", "--port", port])
        .assert_failure(1, &["cannot listen at 127.0.0.1:"]);
}
