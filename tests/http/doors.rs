//! Who is let in, and what everybody may see.

use crate::ready;
use dfa_tests::{dfa_with, Cluster, Service, KEY};
use ureq::http::Request;

#[test]
fn running_and_key_are_answered_in_the_words_that_clients_know() {
    let (_, service) = ready::service();
    let open = service.send(Request::get(service.url("/api")).body(()).unwrap());
    assert_eq!(
        (open.status, open.text.as_str()),
        (200, r#"{"message":"Success: Application was running ..."}"#)
    );
    let key = service.get("/apikey");
    assert_eq!(key.status, 200);
    assert_eq!(
        key.text,
        r#"{"message":"Success: Connect with the apikey, the application was running ..."}"#
    );
    let wrong =
        Request::get(service.url("/apikey")).header("APIKEY", "test-key-of-the-apj").body(()).unwrap();
    let missing = Request::get(service.url("/api/ai/tasks")).body(()).unwrap();
    assert_eq!(service.send(wrong).assert_problem(401, &[]).message(), "Error: Unauthorised with 'APIKEY'");
    service.send(missing).assert_problem(401, &["Unauthorised"]);
}

#[test]
fn the_lines_of_the_readme_get_what_they_say() {
    let (_, service) = ready::service();
    let readme = include_str!("../../README.md");
    let lines: Vec<(&str, &str)> = readme
        .lines()
        .filter_map(|line| line.split_once(" # {").filter(|(command, _)| command.starts_with("curl ")))
        .collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    for (command, answer) in lines {
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", command]).env("DFA_URL", service.url("")).env("APIKEY", KEY);
        let output = shell.output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{{{answer}"), "{command}");
    }
}

#[test]
fn each_of_several_keys_is_good() {
    let database = ready::database();
    let service = Service::start_with(&database, &[("APIKEY", "the-old-key, the-new-key")], &[]);
    for key in ["the-old-key", "the-new-key"] {
        let request = Request::get(service.url("/apikey")).header("APIKEY", key).body(()).unwrap();
        service.send(request).assert_status(200);
    }
    service.get("/apikey").assert_problem(401, &[]);
    assert!(!format!("{:?}", service.log()).contains("the-new-key"));
}

#[test]
fn a_service_without_a_key_is_for_this_machine_alone() {
    let database = Cluster::shared().database("http_without_key");
    dfa_with(&database, &[], &["run", "--host", "0.0.0.0", "--port", "0"])
        .assert_failure(2, &["setting APIKEY is missing"]);
    let service = Service::start_with(&database, &[("APIKEY", "")], &[]);
    let request = Request::get(service.url("/apikey")).body(()).unwrap();
    service.send(request).assert_status(200);
    // A page in a browser of this machine: with its own origin, or with a name of its own.
    for (name, value) in
        [("Origin", "https://example.org"), ("Sec-Fetch-Site", "cross-site"), ("Host", "example.org")]
    {
        let request = Request::get(service.url("/apikey")).header(name, value).body(()).unwrap();
        service.send(request).assert_problem(401, &[]);
    }
}

#[test]
fn a_short_key_or_a_wrong_number_ends_before_anything_starts() {
    let database = Cluster::shared().database("http_settings");
    dfa_with(&database, &[("APIKEY", "abc")], &["run"]).assert_failure(2, &["setting APIKEY"]);
    dfa_with(&database, &[("DFA_POOL_SIZE", "many")], &["run"])
        .assert_failure(2, &["setting DFA_POOL_SIZE is not a number from 1 to 1000: 'many'"]);
    dfa_with(&database, &[("SSH_FLAG", "True")], &["run"])
        .assert_failure(2, &["setting SSH_PRIVATE_KEY is missing"]);
    dfa_with(&database, &[("PGSSLMODE", "always")], &["run"]).assert_failure(2, &["setting PGSSLMODE"]);
}

#[test]
fn who_guesses_keys_has_to_wait_and_who_knows_one_has_not() {
    let (_, service) = ready::service();
    let wrong = || {
        let request =
            Request::get(service.url("/apikey")).header("APIKEY", "guess-of-a-key").body(()).unwrap();
        service.send(request)
    };
    let refused = (0..500).map(|_| wrong()).find(|reply| reply.status != 401).expect("a limit");
    refused.assert_problem(429, &["too many requests"]);
    assert!(refused.header("retry-after").parse::<u32>().unwrap() >= 1);
    service.get("/apikey").assert_status(200);
}

#[test]
fn a_key_that_asks_too_often_is_told_when_to_come_again() {
    let database = ready::database();
    let service = Service::start_with(&database, &[("DFA_RATE_LIMIT", "2")], &[]);
    let refused =
        (0..500).map(|_| service.get("/apikey")).find(|reply| reply.status != 200).expect("a limit");
    refused.assert_problem(429, &[]);
    let open = Request::get(service.url("/api")).header("APIKEY", KEY).body(()).unwrap();
    service.send(open).assert_status(200);
}

#[test]
fn health_ready_and_documents_need_no_key() {
    let (database, service) = ready::service();
    let open = |path: &str| service.send(Request::get(service.url(path)).body(()).unwrap());
    assert_eq!(open("/health").assert_status(200).json()["database"], "up");
    let ready = open("/ready").assert_status(200).json();
    assert_eq!((&ready["database"], &ready["extension"]), (&database.name().into(), &"0.2.0".into()));
    let document = open("/openapi.json").assert_status(200).json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(document["paths"]["/api/ai/run/data"]["post"].is_object());
    let viewer = open("/docs/");
    assert!(viewer.status == 200 && viewer.text.contains("swagger-ui"), "{}", viewer.text);
    let plain = Cluster::shared().plain_database("http_not_ready");
    let service = Service::start(&plain);
    service.get("/ready").assert_problem(503, &["dfa run --recreated"]);
}
