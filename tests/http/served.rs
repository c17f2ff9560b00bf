//! What operators and platforms see of the service beside its answers: numbers, addresses, limits, events, its end.

use crate::ready;
use dfa_tests::{Cluster, Service, KEY};
use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::process::Stdio;
use ureq::http::Request;

const RUN: &str = "/api/ai/run/data";

#[test]
fn a_number_goes_with_its_rows_and_all_of_them_with_the_database() {
    let cluster = Cluster::start(&[]);
    let database = cluster.database("numbers");
    ready::fill(&database);
    let service = Service::start(&database);
    let has = |name: &str| service.get("/metrics").text.lines().any(|line| line.starts_with(name));
    assert!(has(r#"dfa_table_age_seconds{table="ai_b"}"#));
    database.connect().batch_execute("delete from dfa.data_pipeline where table_name = 'ai_b'").unwrap();
    assert!(!has(r#"dfa_table_age_seconds{table="ai_b"}"#) && has(r#"dfa_table_age_seconds{table="ai_a"}"#));
    let metrics = service.get("/metrics").text;
    for line in metrics.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let name = line.split(' ').next().unwrap();
        assert!(metrics.contains(&format!("# HELP {name} ")), "{name} has no HELP in:\n{metrics}");
    }
    for name in [
        "process_resident_memory_bytes",
        "dfa_build_info",
        "dfa_http_requests_in_flight 1",
        "dfa_event_readers 0",
    ] {
        assert!(has(name), "{name} is not in:\n{metrics}");
    }
    cluster.stop();
    let down = service.get("/metrics").text;
    assert!(down.contains("dfa_database_up 0") && !down.contains("dfa_table_age_seconds{"), "{down}");
}

#[test]
fn a_failed_node_is_a_line_in_the_log_and_a_number() {
    let (database, service) = ready::service();
    database.connect().batch_execute("insert into ai.ai_a values (2)").unwrap();
    service.until("it listens", |it| it.log().iter().any(|line| line["message"] == "listening for events"));
    let begun = service.post(RUN, "table_name=ai_b&run_date=2021-01-05").assert_status(200).json();
    service.until("the log tells", |service| {
        service.log().iter().any(|line| {
            line["message"] == "a node failed"
                && line["level"] == "WARN"
                && line["process_id"] == begun["process_id"]
                && (&line["node"], &line["sqlstate"]) == (&"ai_b".into(), &"22012".into())
                && line["cause"].as_str().is_some_and(|cause| cause.contains("division by zero"))
        })
    });
    service.until("it is counted", |service| {
        let text = service.get("/metrics").text;
        text.contains(r#"dfa_steps_finished_total{state="failed"} 1"#)
            && text.contains(r#"dfa_tasks_finished_total{state="failed"} 1"#)
            && text.contains(r#"dfa_step_duration_seconds_count{table="ai_b"} 1"#)
    });
}

#[test]
fn a_task_can_be_waited_for_and_says_where_it_is() {
    let (_, service) = ready::service();
    let begun = service.post(RUN, "pipeline_name=both&run_date=2021-01-05");
    let id = begun.assert_status(200).json()["process_id"].as_str().unwrap().to_owned();
    assert_eq!(begun.header("location"), format!("/api/ai/get/opt/{id}"));
    let ended = service.get(&format!("{}?wait=50", begun.header("location"))).assert_status(200).json();
    assert_eq!((&ended["status"], &ended["ps_status"]), (&0.into(), &"SUCCESS".into()), "{ended}");
    assert_eq!(ended["percent_status"], "[####################] 100 %");
    let first = service.get(&format!("/api/ai/get/opt/{id}?limit=1")).json();
    assert_eq!((&first["next"], first["steps"].as_array().unwrap().len()), (&1.into(), 1), "{first}");
    let second = service.get(&format!("/api/ai/get/opt/{id}?limit=1&after=1")).json();
    assert_eq!(
        (&second["next"], &second["steps"][0]["node"]),
        (&serde_json::Value::Null, &"ai_b".into()),
        "{second}"
    );
    service.get(&format!("/api/ai/get/opt/{id}?wait=61")).assert_problem(422, &["wait"]);
    service.get("/api/ai/get/opt/1?wait=1").assert_problem(404, &["GET /api/ai/tasks"]);
}

#[test]
fn behind_a_proxy_of_ours_the_client_counts_and_probes_never_do() {
    let database = ready::database();
    let settings =
        [("DFA_RATE_LIMIT_ADDRESS", "1"), ("DFA_TRUSTED_PROXIES", "127.0.0.0/8"), ("DFA_RATE_LIMIT", "1000")];
    let service = Service::start_with(&database, &settings, &[]);
    let ask = |client: &str| {
        let request =
            Request::get(service.url("/apikey")).header("APIKEY", KEY).header("X-Forwarded-For", client);
        service.send(request.body(()).unwrap())
    };
    for client in ["192.0.2.1", "192.0.2.2", "192.0.2.3"] {
        let reply = ask(client);
        assert_eq!(reply.assert_status(200).header("ratelimit-limit"), "1000");
    }
    let refused = (0..100).map(|_| ask("192.0.2.9")).find(|reply| reply.status == 429).expect("one too many");
    assert_eq!((refused.header("ratelimit-limit"), refused.header("ratelimit-remaining")), ("1", "0"));
    for _ in 0..20 {
        service.get("/ready").assert_status(200);
        service.get("/metrics").assert_status(200);
    }
    service.until("the log has the client", |service| {
        service.log().iter().any(|line| line["span"]["client"] == "192.0.2.9")
    });
}

#[test]
fn two_keys_are_none_and_a_refusal_says_what_is_asked_for() {
    let (_, service) = ready::service();
    let request =
        Request::get(service.url("/apikey")).header("APIKEY", KEY).header("APIKEY", "test-key-of-the-apj");
    service.send(request.body(()).unwrap()).assert_problem(400, &["APIKEY is given twice"]);
    let without = service.send(Request::get(service.url("/apikey")).body(()).unwrap());
    assert_eq!(without.assert_problem(401, &[]).header("www-authenticate"), "APIKEY realm=\"dfa\"");
}

#[test]
fn a_connection_that_says_nothing_is_closed() {
    let (_, service) = ready::service();
    let mut stream = TcpStream::connect(service.address()).unwrap();
    stream.set_read_timeout(Some(dfa_tests::DEADLINE)).unwrap();
    let mut answer = Vec::new();
    // The end of the stream, not of our patience.
    stream.read_to_end(&mut answer).unwrap();
}

#[test]
fn a_reader_of_one_task_hears_of_it_alone_and_goes_on_where_he_was() {
    let (_, service) = ready::service();
    service.until("it listens", |it| it.log().iter().any(|line| line["message"] == "listening for events"));
    let first =
        service.post(RUN, "table_name=ai_a&run_date=2021-01-05&background=N").assert_status(200).json();
    let lines = |head: &str| BufReader::new(ready::send(&service, head, "")).lines().map_while(Result::ok);
    let mut all = lines("GET /api/ai/events HTTP/1.1");
    assert_eq!(all.next().unwrap(), "HTTP/1.1 200 OK");
    let second =
        service.post(RUN, "table_name=ai_b&run_date=2021-01-05&background=N").assert_status(200).json();
    let id = all.find_map(|line| line.strip_prefix("id: ").map(str::to_owned)).expect("an id");
    let replica = id.split_once('-').unwrap().0.to_owned();
    let of = |task: &serde_json::Value, last: &str| {
        let id = task["process_id"].as_str().unwrap().to_owned();
        let head = format!("GET /api/ai/events?process_id={id} HTTP/1.1\r\nLast-Event-ID: {replica}-{last}");
        let told = lines(&head).filter_map(|line| line.strip_prefix("data: ").map(str::to_owned));
        told.take_while(|line| !line.contains("SUCCESS") || !line.contains("\"task\"")).collect::<Vec<_>>()
    };
    for task in [&first, &second] {
        let told = of(task, "0");
        assert!(
            !told.is_empty() && told.iter().all(|line| line.contains(task["process_id"].as_str().unwrap())),
            "{told:?}"
        );
    }
    let mut lost = lines("GET /api/ai/events HTTP/1.1\r\nLast-Event-ID: 0-1");
    assert!(lost.any(|line| line == "event: missed"));
    service.get("/api/ai/events?task=1").assert_problem(422, &["process_id"]);
}

#[test]
fn a_service_that_is_told_to_stop_is_not_ready_before_it_lets_nobody_in() {
    let database = ready::database();
    let mut service = Service::start_with(&database, &[("DFA_DRAIN_SECONDS", "600")], &[]);
    service.get("/ready").assert_status(200);
    service.signal("TERM");
    service.until("it is not ready", |service| service.get("/ready").status == 503);
    service.post(RUN, "table_name=ai_a&run_date=2021-01-05&background=N").assert_status(200);
    // A second signal is in a hurry.
    service.signal("TERM");
    assert_eq!(service.wait(), 0);
}

#[test]
fn whoever_is_cancelled_by_a_stop_is_answered() {
    let database = ready::database();
    let mut service =
        Service::start_with(&database, &[("DFA_SHUTDOWN_SECONDS", "1"), ("DFA_DRAIN_SECONDS", "0")], &[]);
    let head = "POST /api/ai/run/data HTTP/1.1\r\nConnection: close";
    let mut stream = ready::send(&service, head, "table_name=ai_slow&run_date=2021-01-05&background=N");
    service.until("the node sleeps", |_| ready::sleeps(&database));
    service.signal("TERM");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("the service stops"), "{answer}");
    assert_eq!(service.wait(), 0);
    let told = "select process_message from dfa.task_process where process_name_put = 'ai_slow'";
    assert!(
        ready::value(&database, told).contains("the service was stopped"),
        "{}",
        ready::value(&database, told)
    );
}

#[test]
fn a_zone_that_is_not_the_databases_is_warned_of() {
    let (database, service) = ready::service();
    let warned = |service: &Service| {
        service.log().iter().any(|line| {
            line["level"] == "WARN" && line["setting"] == "Asia/Tokyo" && line["of_database"].is_string()
        })
    };
    assert!(!warned(&service));
    let other = Service::start_with(&database, &[("DFA_TIMEZONE", "Asia/Tokyo")], &[]);
    other.until("it warns", warned);
}

#[test]
fn a_log_that_nobody_reads_any_more_stops_nothing() {
    let database = ready::database();
    let port = dfa_tests::free_port();
    let mut command = std::process::Command::new(dfa_tests::binary());
    command.args(["run", "--port", &port.to_string()]).env_clear().envs(database.env()).env("APIKEY", KEY);
    command.env("DFA_DRAIN_SECONDS", "0").current_dir("/").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut service = dfa_tests::start_listening(&mut command, port);
    drop((service.stdout.take(), service.stderr.take()));
    let url = format!("http://127.0.0.1:{port}/api/ai/tables");
    for _ in 0..3 {
        let answer = ureq::get(&url).header("APIKEY", KEY).call().unwrap();
        assert_eq!(answer.status(), 200);
    }
    dfa_tests::signal("TERM", service.id().cast_signed());
    assert_eq!(service.wait().unwrap().code(), Some(0));
}
