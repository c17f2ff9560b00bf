//! What goes on after its answer.

use crate::ready;
use dfa_tests::{Database, Service};
use std::io::{BufRead, BufReader};

fn begin(service: &Service, path: &str, form: &str) -> String {
    let body = service.post(path, form).assert_status(200).json();
    assert_eq!(body["status"], 2, "{body}");
    body["process_id"].as_str().unwrap().to_owned()
}

fn until_ended(database: &Database, service: &Service, process_id: &str) {
    let ended = format!("select status <> 2 from dfa.task_process where process_id = '{process_id}'");
    service.until("the task ends", |_| ready::value(database, &ended) == "t");
}

#[test]
fn a_run_in_the_background_is_answered_at_once_and_followed_by_its_id() {
    let (database, service) = ready::service();
    let reply = service.post("/api/ai/run/data", "pipeline_name=both&run_date=2021-01-05");
    let body = reply.assert_status(200).json();
    let id = body["process_id"].as_str().unwrap();
    assert_eq!(
        body["message"],
        format!(
            "Start running process_name: 'both' in background. Monitoring task should select table \
             'ctr_task_process' where process_id = '{id}'."
        )
    );
    until_ended(&database, &service, id);
    let task = service.get(&format!("/api/ai/get/opt/{id}")).assert_status(200).json();
    assert_eq!(
        (&task["status"], task["percent"].as_f64(), &task["logging"]),
        (&0.into(), Some(100.0), &4.into())
    );
    assert!(task["message"].as_str().unwrap().starts_with("[ run_date: 2021-01-05 ]"), "{task}");
    assert_eq!(task["steps"].as_array().unwrap().len(), 2);
}

#[test]
fn the_run_of_a_service_that_dies_goes_on() {
    let (database, mut service) = ready::service();
    let lock = "begin; lock table ai.ai_a in exclusive mode";
    let mut holder = database.connect();
    holder.batch_execute(lock).unwrap();
    let id = begin(&service, "/api/ai/run/data", "table_name=ai_a&run_date=2021-01-05");
    service.signal("KILL");
    service.wait();
    holder.batch_execute("commit").unwrap();
    let second = Service::start(&database);
    until_ended(&database, &second, &id);
    assert_eq!(second.get(&format!("/api/ai/get/opt/{id}")).json()["status"], 0);
    assert_eq!(ready::value(&database, "select count(*) from ai.ai_a"), "2");
}

#[test]
fn a_task_is_cancelled_and_resumed() {
    let (database, service) = ready::service();
    let id = begin(&service, "/api/ai/run/data", "pipeline_name=slow&run_date=2021-01-05");
    service.until("the node sleeps", |_| ready::sleeps(&database));
    let refused = service.post(&format!("/api/ai/tasks/{id}/resume"), "");
    refused.assert_problem(409, &["is waiting or running"]);
    service.post(&format!("/api/ai/tasks/{id}/cancel"), "").assert_status(200);
    until_ended(&database, &service, &id);
    service.post(&format!("/api/ai/tasks/{id}/cancel"), "").assert_problem(409, &["has ended"]);
    // What it waited for comes faster now.
    database.connect().batch_execute("truncate ai.src_in").unwrap();
    service.post(&format!("/api/ai/tasks/{id}/resume"), "").assert_status(200);
    until_ended(&database, &service, &id);
    let task = service.get(&format!("/api/ai/get/opt/{id}")).json();
    assert_eq!((&task["status"], &task["steps"][1]["state"]), (&0.into(), &"SUCCESS".into()), "{task}");
    service.post("/api/ai/tasks/nothing/cancel", "").assert_problem(404, &["task 'nothing' is not known"]);
}

#[test]
fn a_backfill_is_one_task_over_its_range() {
    let (database, service) = ready::service();
    let form = "table_name=ai_a&date_from=2021-01-02&date_to=2021-01-04";
    let id = begin(&service, "/api/ai/run/backfill", form);
    until_ended(&database, &service, &id);
    let task = service.get(&format!("/api/ai/get/opt/{id}")).json();
    let dates: Vec<&str> =
        task["steps"].as_array().unwrap().iter().map(|step| step["run_date"].as_str().unwrap()).collect();
    assert_eq!(dates, ["2021-01-02", "2021-01-03", "2021-01-04"]);
    let path = "/api/ai/run/backfill";
    service.post(path, &format!("{form}&date_to=x")).assert_problem(422, &["date_to", "twice"]);
    service
        .post(path, "table_name=ai_a&date_from=2021-01-04&date_to=2021-01-02")
        .assert_problem(422, &["is before date_from"]);
    service.post(path, "table_name=ai_a").assert_problem(422, &["date_from", "date_to"]);
}

#[test]
fn a_source_that_reports_starts_what_waits_for_it() {
    let database = ready::database();
    let fed = "pipeline:fed: {id: fed, nodes: [ai_b], trigger: landed}";
    database.connect().query("select * from dfa.load_catalog($1)", &[&fed]).unwrap();
    let service = Service::start(&database);
    let body = service.post("/api/ai/notify/landed", "").assert_status(200).json();
    assert_eq!(body["started"][0]["pipeline_name"], "fed", "{body}");
    until_ended(&database, &service, body["started"][0]["process_id"].as_str().unwrap());
    service.post("/api/ai/notify/nothing", "").assert_problem(404, &["nothing"]);
}

#[test]
fn events_come_as_they_happen() {
    let (_, service) = ready::service();
    let mut lines = BufReader::new(ready::send(&service, "GET /api/ai/events HTTP/1.1", "")).lines();
    let status = lines.next().unwrap().unwrap();
    assert_eq!(status, "HTTP/1.1 200 OK");
    // The stream is open, and the service listens when it is ready.
    service.until("it listens", |service| {
        service.log().iter().any(|line| line["message"] == "listening for events")
    });
    service.post("/api/ai/run/data", "table_name=ai_a&run_date=2021-01-05&background=N").assert_status(200);
    let mut events =
        lines.map_while(Result::ok).filter_map(|line| Some(line.strip_prefix("data: ")?.to_owned()));
    let mut wait_for = |event: &str| {
        let text = events.find(|text| text.contains(event)).expect("the stream goes on");
        serde_json::from_str::<serde_json::Value>(&text).unwrap()
    };
    assert_eq!(wait_for("\"step\"")["node"], "ai_a");
    assert_eq!(wait_for("\"task\"")["state"], "SUCCESS");
}

#[test]
fn the_clock_starts_what_waits_for_a_task_that_ended() {
    let database = ready::database();
    let chain = "pipeline:next: {id: next, nodes: [ai_b], trigger: both}";
    database.connect().query("select * from dfa.load_catalog($1)", &[&chain]).unwrap();
    let services = [Service::start(&database), Service::start(&database)];
    for service in &services {
        service
            .until("it listens", |it| it.log().iter().any(|line| line["message"] == "listening for events"));
    }
    services[0]
        .post("/api/ai/run/data", "pipeline_name=both&run_date=2021-01-05&background=N")
        .assert_status(200);
    let runs = "select count(*) from dfa.task_process where process_name_put = 'next' and status = 0";
    services[0].until("it has run", |_| ready::value(&database, runs) == "1");
    // Two clocks ticked, and it was started once.
    assert_eq!(
        ready::value(&database, "select count(*) from dfa.task_process where process_name_put = 'next'"),
        "1"
    );
}

#[test]
fn a_setup_runs_in_the_background() {
    let (database, service) = ready::service();
    let answer = service.post("/api/ai/run/setup", "table_name=ai_a");
    answer.assert_status(200);
    let id = answer.json()["process_id"].as_str().expect("a process_id").to_owned();
    let done = format!("select status from dfa.task_process where process_id = '{id}' and process_module = 'framework|setup'");
    service.until("it is set up", |_| ready::value(&database, &done) == "0");
}
