//! `Idempotency-Key`: a retry takes effect once.

use crate::{ready, rows};
use dfa_tests::Service;
use std::collections::BTreeSet;

const PATH: &str = "/api/ai/run/data";
const FORM: &str = "application/x-www-form-urlencoded";
const BODY: &[u8] = b"table_name=ai_a&run_date=2021-01-05&background=N";

#[test]
fn a_retry_gets_the_first_answer_again_and_runs_nothing() {
    let (database, service) = ready::service();
    let key = [("Idempotency-Key", "retry-1")];
    let first = service.post_as(PATH, FORM, &key, BODY);
    let second = service.post_as(
        PATH,
        "application/json",
        &key,
        br#"{"background": "N", "run_date": "2021-01-05", "table_name": "ai_a"}"#,
    );
    assert_eq!((first.assert_status(200).text.as_str(), second.status), (second.text.as_str(), 200));
    assert_eq!((first.header("idempotency-replayed"), second.header("idempotency-replayed")), ("", "true"));
    assert_eq!(ready::value(&database, "select count(*) from dfa.task_step"), "1");
}

#[test]
fn a_failure_is_answered_again_too() {
    let (database, service) = ready::service();
    database
        .connect()
        .batch_execute("insert into ai.src_in values (2); insert into ai.ai_a values (2)")
        .unwrap();
    let send =
        || service.post_as(PATH, FORM, &[("Idempotency-Key", "retry-2")], b"table_name=ai_b&background=N");
    let first = send();
    let second = send();
    first.assert_problem(500, &["division by zero"]);
    second.assert_problem(500, &["division by zero"]);
    assert_eq!(first.json()["process_id"], second.json()["process_id"]);
}

#[test]
fn a_key_stands_for_one_request() {
    let (_, service) = ready::service();
    let key = [("Idempotency-Key", "retry-3")];
    service.post_as(PATH, FORM, &key, BODY).assert_status(200);
    service
        .post_as(PATH, FORM, &key, b"table_name=ai_b&background=N")
        .assert_problem(409, &["Idempotency-Key"]);
    service
        .post_as("/api/ai/run/setup", FORM, &key, b"table_name=ai_b&background=N")
        .assert_problem(409, &[]);
}

#[test]
fn a_request_that_was_refused_gives_its_key_back() {
    let (database, service) = ready::service();
    let send = || {
        service.post_as(
            "/api/ai/run/setup",
            FORM,
            &[("Idempotency-Key", "retry-4")],
            b"drop_schema=Y&background=N",
        )
    };
    database.connect().batch_execute("create view public.needs as select * from ai.ai_a").unwrap();
    send().assert_problem(409, &[]);
    database.connect().batch_execute("drop view public.needs").unwrap();
    send().assert_status(200);
    let key = [("Idempotency-Key", "retry-5")];
    service.post_as(PATH, FORM, &key, b"table_name=nothing&background=N").assert_problem(404, &[]);
    assert_eq!(
        ready::value(&database, "select count(*) from dfa.idempotent_request where key = 'retry-5'"),
        "0"
    );
}

#[test]
fn twenty_at_once_are_one_task() {
    let (database, service) = ready::service();
    let replies: Vec<_> = std::thread::scope(|scope| {
        let send = || service.post_as(PATH, FORM, &[("Idempotency-Key", "at-once")], BODY);
        let threads: Vec<_> = (0..20).map(|_| scope.spawn(send)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(
        ready::value(
            &database,
            "select count(*) from dfa.task_process where process_module = 'framework|data'"
        ),
        "1"
    );
    // Those who came while the first was under way are told so; the others have its answer.
    let answered: BTreeSet<&str> =
        replies.iter().filter(|reply| reply.status == 200).map(|reply| reply.text.as_str()).collect();
    assert_eq!(answered.len(), 1);
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        assert!(reply.status == 409 || reply.status == 503, "{}", reply.text);
        assert!(!reply.header("retry-after").is_empty());
    }
    service.post_as(PATH, FORM, &[("Idempotency-Key", "at-once")], BODY).assert_status(200);
}

#[test]
fn every_request_that_changes_something_heeds_a_key() {
    let (database, service) = rows::platform();
    let fed = "pipeline:fed: {id: fed, nodes: [ai_b], trigger: landed}";
    database.connect().query("select * from dfa.load_catalog($1)", &[&fed]).unwrap();
    let slow = service.post(PATH, "pipeline_name=slow&run_date=2021-01-05").assert_status(200).json();
    let id = slow["process_id"].as_str().unwrap().to_owned();
    service.until("the node sleeps", |_| ready::sleeps(&database));
    let row = r#"{"data": {"store": 1, "day": "2021-02-01"}}"#;
    let later = r#"{"background": "Y", "data": {"store": 2, "day": "2021-02-01"}}"#;
    let requests = [
        ("POST", "/api/ai/run/setup".to_owned(), "table_name=ai_a&background=N"),
        ("POST", "/api/ai/run/setup".to_owned(), "table_name=ai_a"),
        ("POST", PATH.to_owned(), "table_name=ai_a&run_date=2021-01-05"),
        (
            "POST",
            "/api/ai/run/backfill".to_owned(),
            "table_name=ai_b&date_from=2021-01-02&date_to=2021-01-03",
        ),
        ("POST", "/api/ai/run/retention".to_owned(), "table_name=imp_target"),
        ("POST", "/api/ai/run/retention".to_owned(), "table_name=imp_target&background=N"),
        ("PUT", "/api/ai/put/it".to_owned(), row),
        ("PUT", "/api/ai/put/it".to_owned(), later),
        ("DELETE", "/api/ai/del/it".to_owned(), row),
        ("POST", "/api/ai/notify/landed".to_owned(), ""),
        ("POST", format!("/api/ai/tasks/{id}/cancel"), ""),
        ("POST", format!("/api/ai/tasks/{id}/resume"), ""),
    ];
    for (number, (method, path, body)) in requests.iter().enumerate() {
        if path.ends_with("/resume") {
            let ended = format!("select status = 1 from dfa.task_process where process_id = '{id}'");
            service.until("the task is cancelled", |_| ready::value(&database, &ended) == "t");
        }
        if *method == "PUT" {
            // It would take the rows that are put now, and that are old.
            let ended = "select not exists (select from dfa.task_process where process_module = 'framework|retention' and status = 2)";
            service.until("the retention has ended", |_| ready::value(&database, ended) == "t");
        }
        let key = format!("every-{number}");
        let kind = if body.starts_with('{') { "application/json" } else { FORM };
        let send =
            || service.request(method, path, kind, &[("Idempotency-Key", key.as_str())], body.as_bytes());
        let (first, second) = (send(), send());
        assert_eq!(first.assert_status(200).text, second.assert_status(200).text, "{method} {path} {body}");
        assert_eq!(second.header("idempotency-replayed"), "true", "{method} {path} {body}");
    }
    let written =
        "select string_agg(distinct format('%s %s %s', process_module, process_type, n), ', ') from (
        select process_module, process_type, count(*) as n from dfa.task_process
        where process_name_put <> 'slow' and application_name like 'dfa %' group by 1, 2) as counted";
    assert_eq!(
        ready::value(&database, written),
        "data|delete foreground|table 1, data|ingestion background|table 1, data|ingestion foreground|table 1, \
         framework|data background|pipeline 1, framework|data background|table 2, framework|retention background|table 1, \
         framework|retention foreground|table 1, framework|setup background|table 1, framework|setup foreground|table 1"
    );
}

#[test]
fn twenty_submits_at_once_are_one_task_too() {
    let (database, service) = ready::service();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let send = || {
            service
                .post_as(
                    PATH,
                    FORM,
                    &[("Idempotency-Key", "submits")],
                    b"table_name=ai_a&run_date=2021-01-05",
                )
                .status
        };
        let threads: Vec<_> = (0..20).map(|_| scope.spawn(send)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(statuses.iter().all(|status| *status == 200 || *status == 503), "{statuses:?}");
    let tasks = "select count(*) from dfa.task_process where process_module = 'framework|data'";
    assert_eq!(ready::value(&database, tasks), "1");
}

#[test]
fn a_request_whose_service_died_is_not_run_again() {
    let (database, mut service) = ready::service();
    let body = "table_name=ai_slow&run_date=2021-01-05&background=N";
    let _stream = ready::send(&service, &format!("POST {PATH} HTTP/1.1\r\nIdempotency-Key: died"), body);
    service.until("the node sleeps", |_| ready::sleeps(&database));
    service.signal("KILL");
    service.wait();
    let second = Service::start(&database);
    second
        .post_as(PATH, FORM, &[("Idempotency-Key", "died")], body.as_bytes())
        .assert_problem(409, &["is not answered yet", "send a new key"]);
}
