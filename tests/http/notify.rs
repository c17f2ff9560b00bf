//! Messages of incidents, at receivers that are really there.

use crate::mail::MailServer;
use crate::ready;
use dfa_tests::{dfa, Cluster, Database, Received, Receiver, Service};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::time::Duration;

const SECRET: &str = "shared between the two";
const PIPELINE: &str = "pipeline_name=both&background=N&run_mode=rerun&run_date=2021-01-05";

fn channel(database: &Database, receiver: &Receiver, path: &str) {
    database
        .connect()
        .batch_execute(&format!(
            "select dfa.add_channel('ops', 'webhook', '{}', 'DFA_TEST_SECRET'), dfa.add_rule('all', '{{failed}}', '{{ops}}')",
            receiver.url(path)
        ))
        .unwrap();
}

fn service(database: &Database) -> Service {
    Service::start_with(
        database,
        &[
            ("DFA_TEST_SECRET", SECRET),
            ("APP_ENV", "production"),
            ("DFA_TASK_URL", "https://dfa.example.org/tasks/{process_id}"),
        ],
        &[],
    )
}

/// A run that fails, as often as it is asked for, until the row is gone.
fn break_it(database: &Database) {
    database.connect().batch_execute("insert into ai.src_in values (2)").unwrap();
}

fn mend_it(database: &Database) {
    database.connect().batch_execute("delete from ai.src_in where id = 2; delete from ai.ai_a").unwrap();
}

fn until(what: &str, mut so: impl FnMut() -> bool) {
    let started = std::time::Instant::now();
    while !so() {
        assert!(started.elapsed() < dfa_tests::DEADLINE, "it never came to: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Somebody has looked for incidents this many times more.
fn looked_again(database: &Database, times: usize) {
    let looked = || ready::value(database, "select looked_at from dfa.incident_watch");
    for _ in 0..times {
        let before = looked();
        until("somebody looks for incidents", || looked() != before);
    }
}

fn states(receiver: &Receiver) -> Vec<String> {
    receiver.received().iter().map(|request| request.json()["state"].as_str().unwrap().to_owned()).collect()
}

fn is_signed(request: &Received) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{}.{}", request.header("x-dfa-timestamp"), request.body).as_bytes());
    let digest: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    request.header("x-dfa-signature") == format!("sha256={digest}")
}

#[test]
fn two_replicas_tell_an_incident_once_and_its_end_once() {
    let database = ready::database();
    let (first, second) = (service(&database), service(&database));
    let receiver = Receiver::start();
    channel(&database, &receiver, "/hook");
    break_it(&database);
    for replica in [&first, &second, &first] {
        replica.post("/api/ai/run/data", PIPELINE).assert_status(500);
    }
    until("the incident is told", || !receiver.received().is_empty());
    looked_again(&database, 2);
    mend_it(&database);
    second.post("/api/ai/run/data", PIPELINE).assert_status(200);
    until("its end is told", || receiver.received().len() > 1);
    looked_again(&database, 2);
    assert_eq!(states(&receiver), ["opened", "recovered"]);
    let requests = receiver.received();
    assert!(requests.iter().all(is_signed), "{requests:?}");
    let opened = requests[0].json();
    let facts = ["event", "name", "environment", "title"].map(|fact| opened[fact].as_str().unwrap());
    assert_eq!(facts, ["failed", "both", "production", "[production] DFA: both has failed"]);
    assert!(opened["cause"].as_str().unwrap().contains("division by zero"), "{opened}");
    let task = opened["process_id"].as_str().unwrap();
    assert_eq!(opened["link"], format!("https://dfa.example.org/tasks/{task}"));
    assert_eq!(requests[0].header("x-dfa-delivery"), opened["delivery"].to_string());
    assert_eq!(requests[0].path, "/hook");
    let sent = "select string_agg(state || ' ' || attempts, ', ' order by id) from dfa.delivery";
    assert_eq!(ready::value(&database, sent), "sent 1, sent 1");
    let listed = first.get("/api/ai/incidents?state=closed").assert_status(200).json();
    assert_eq!(listed["incidents"][0]["name"], "both");
    assert_eq!(first.get("/api/ai/deliveries").json()["deliveries"].as_array().unwrap().len(), 2);
}

#[test]
fn a_receiver_that_is_dead_holds_up_nothing_and_is_told_when_it_is_back() {
    let database = ready::database();
    let service = service(&database);
    let mut receiver = Receiver::start();
    channel(&database, &receiver, "/hook");
    receiver.kill();
    break_it(&database);
    service.post("/api/ai/run/data", PIPELINE).assert_status(500);
    until("it was tried", || ready::value(&database, "select sum(attempts) > 0 from dfa.delivery") == "t");
    let tried =
        ready::value(&database, "select state || ' ' || (error like '%no answer%')::text from dfa.delivery");
    assert_eq!(tried, "waiting true");
    service.post("/api/ai/run/data", "table_name=ai_a&background=N&run_date=2021-01-08").assert_status(200);
    receiver.revive();
    ready::value(&database, "update dfa.delivery set due_at = now()");
    until("it is told", || ready::value(&database, "select state from dfa.delivery") == "sent");
    assert_eq!(states(&receiver), ["opened"]);
    assert!(service.log().iter().any(|line| line["message"] == "a message was not sent"));
}

#[test]
fn a_replica_that_dies_while_it_sends_leaves_the_message_to_another() {
    let database = ready::database();
    let mut first = service(&database);
    let receiver = Receiver::start();
    channel(&database, &receiver, "/hook");
    receiver.slow(Duration::from_secs(8));
    break_it(&database);
    first.post("/api/ai/run/data", PIPELINE).assert_status(500);
    until("it is being sent", || !receiver.received().is_empty());
    first.signal("KILL");
    first.wait();
    receiver.slow(Duration::ZERO);
    let _second = service(&database);
    until("another sends it", || ready::value(&database, "select state from dfa.delivery") == "sent");
    // The receiver was told before the replica died: by the same key it can tell that this is the same message.
    let keys: Vec<String> =
        receiver.received().iter().map(|request| request.header("idempotency-key").to_owned()).collect();
    assert!(keys.len() == 2 && keys[0] == keys[1], "{keys:?}");
}

#[test]
fn redirects_errors_and_missing_secrets_are_failures_that_are_told() {
    let database = ready::database();
    let receiver = Receiver::start();
    channel(&database, &receiver, "/hook");
    let started = service(&database);
    let test = |answer: u16| {
        receiver.answer(answer);
        dfa(&database, &["notify", "test", "ops"])
    };
    test(204).assert_success();
    test(302).assert_failure(1, &["answered 302", "redirects are not followed"]);
    test(500).assert_failure(1, &["answered 500", "what it says"]);
    assert!(receiver.received().iter().all(|request| request.path == "/hook"));
    let told = started.post("/api/ai/channels/ops/test", "").assert_status(200).json();
    assert!(told["delivery"].is_i64(), "{told}");
    started.post("/api/ai/channels/nobody/test", "").assert_problem(404, &["channel 'nobody' is not known"]);
    drop(started);
    let _without = Service::start(&database);
    test(200).assert_failure(1, &["no environment variable DFA_TEST_SECRET"]);
    dfa(&database, &["notify", "test", "nobody"]).assert_failure(1, &["channel 'nobody' is not known"]);
}

#[test]
fn settings_limit_where_messages_go() {
    let database = ready::database();
    let receiver = Receiver::start();
    let add = |name: &str, target: &str| {
        let sql = format!("select dfa.add_channel('{name}', 'slack', '{target}')");
        database.connect().batch_execute(&sql).unwrap();
    };
    add("by_address", &receiver.url("/hook"));
    add("by_name", &format!("http://localhost:{}/hook", receiver.port()));
    add("by_env", "env:DFA_TEST_URL");
    let test = |name: &str| dfa(&database, &["notify", "test", name]);
    {
        let _private = Service::start_with(&database, &[("DFA_NOTIFY_PRIVATE", "False")], &[]);
        test("by_address").assert_failure(1, &["127.0.0.1 is an address of a private network"]);
        test("by_name").assert_failure(1, &["is an address of a private network"]);
    }
    let url = receiver.url("/hook");
    let _hosts = Service::start_with(
        &database,
        &[("DFA_NOTIFY_HOSTS", "localhost,hooks.slack.com"), ("DFA_TEST_URL", &url)],
        &[],
    );
    test("by_address").assert_failure(1, &["host '127.0.0.1' is not among those of DFA_NOTIFY_HOSTS"]);
    test("by_env").assert_failure(1, &["host '127.0.0.1' is not among those of DFA_NOTIFY_HOSTS"]);
    test("by_name").assert_success();
    let requests = receiver.received();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].json()["text"], "*DFA: a test*\nChannel by_name works.");
}

#[test]
fn an_incident_is_told_by_mail_at_a_real_server() {
    let Some(server) = MailServer::start() else {
        eprintln!("SKIPPED: aiosmtpd cannot be had here, so that NO E-MAIL WAS SENT by any test");
        return;
    };
    let database = ready::database();
    let url = format!("smtp://127.0.0.1:{}", server.port);
    let service = Service::start_with(
        &database,
        &[("DFA_SMTP_URL", &url), ("DFA_MAIL_FROM", "DFA <dfa@example.org>")],
        &[],
    );
    database
        .connect()
        .batch_execute("select dfa.add_channel('mail', 'email', 'anna@example.org, bert@example.org'), dfa.add_rule('all', '{failed}', '{mail}')")
        .unwrap();
    break_it(&database);
    service.post("/api/ai/run/data", PIPELINE).assert_status(500);
    let opened = server.message(0);
    assert!(opened.starts_with("dfa@example.org|anna@example.org bert@example.org|"), "{opened}");
    for words in ["Subject: DFA: both has failed", "division by zero", "Message-ID: <dfa-1@example.org>"] {
        assert!(opened.contains(words), "{words}: {opened}");
    }
    mend_it(&database);
    service.post("/api/ai/run/data", PIPELINE).assert_status(200);
    let recovered = server.message(1);
    assert!(recovered.contains("Subject: DFA: both has recovered"), "{recovered}");
}

#[test]
fn mail_without_a_server_is_told_and_a_wrong_link_ends_before_anything_starts() {
    let database = ready::database();
    let sql = "select dfa.add_channel('mail', 'email', 'anna@example.org')";
    database.connect().batch_execute(sql).unwrap();
    let _service = Service::start(&database);
    dfa(&database, &["notify", "test", "mail"]).assert_failure(1, &["no DFA_SMTP_URL and DFA_MAIL_FROM"]);
    let plain = Cluster::shared().database("http_notify_settings");
    dfa_tests::dfa_with(&plain, &[("DFA_TASK_URL", "https://x.org/tasks")], &["run"])
        .assert_failure(2, &["setting DFA_TASK_URL is no address with {process_id} in it"]);
}
