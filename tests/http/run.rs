//! POST /api/ai/run/data

use crate::ready;

const PATH: &str = "/api/ai/run/data";

#[test]
fn a_foreground_run_answers_with_its_rows() {
    let (database, service) = ready::service();
    let reply = service.post(PATH, "table_name=ai_a&run_date=2021-01-05&background=N");
    let body = reply.assert_status(200).json();
    assert_eq!(
        body["message"],
        "[ run_date: 2021-01-05 ]\nSuccess: Running 'ai_a' in common mode with logging value (2 rows, 0 sec)"
    );
    assert_eq!(body["status"], 0);
    assert!(body["process_time"].is_number());
    let process_id = body["process_id"].as_str().unwrap();
    assert_eq!(
        ready::value(
            &database,
            &format!("select status from dfa.task_process where process_id = '{process_id}'")
        ),
        "0"
    );
}

#[test]
fn the_three_kinds_of_bodies_do_the_same() {
    let (_, service) = ready::service();
    let boundary = "multipart/form-data; boundary=x";
    let part = |name: &str, value: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let multipart = format!(
        "{}{}{}--x--\r\n",
        part("pipeline_name", "both"),
        part("run_date", "2021-01-07"),
        part("background", "N")
    );
    let json = r#"{"pipeline_name": "both", "run_date": "2021-01-06", "background": "N"}"#;
    let replies = [
        service.post(PATH, "pipeline_name=both&run_date=2021-01-05&background=N"),
        service.post_as(PATH, "application/json; charset=utf-8", &[], json.as_bytes()),
        service.post_as(PATH, boundary, &[], multipart.as_bytes()),
    ];
    for (reply, date) in replies.iter().zip(["2021-01-05", "2021-01-06", "2021-01-07"]) {
        let message = reply.assert_status(200).message();
        assert!(message.starts_with(&format!("[ run_date: {date} ]\nSuccess: Running 'ai_a'")), "{message}");
        assert!(message.contains("'ai_b'"), "{message}");
    }
}

#[test]
fn several_dates_run_in_their_order() {
    let (_, service) = ready::service();
    let message = service
        .post(PATH, "table_name=sql:aa&run_date=2021-01-07,2021-01-05&background=N")
        .assert_status(200)
        .message();
    let dates: Vec<&str> = message.lines().filter(|line| line.starts_with('[')).collect();
    assert_eq!(dates, ["[ run_date: 2021-01-05 ]", "[ run_date: 2021-01-07 ]"]);
}

#[test]
fn a_failed_run_is_a_500_with_its_message_and_its_process() {
    let (database, service) = ready::service();
    database.connect().batch_execute("insert into ai.src_in values (2)").unwrap();
    let reply = service.post(PATH, "pipeline_name=both&run_date=2021-01-05&background=N");
    reply.assert_problem(500, &["division by zero", "Success: Running 'ai_a'"]);
    assert_eq!(reply.json()["task_status"], 1);
    let process = reply.json()["process_id"].as_str().unwrap().to_owned();
    let status = service.get(&format!("/api/ai/get/opt/{process}")).assert_status(200).json();
    assert_eq!((&status["status"], &status["percent"]), (&1.into(), &100.into()));
    assert_eq!(status["steps"][0]["state"], "SUCCESS");
    assert_eq!(status["steps"][1]["error"]["sqlstate"], "22012");
}

#[test]
fn a_date_before_the_watermark_says_what_to_do_and_rerun_does_it() {
    let (_, service) = ready::service();
    service.post(PATH, "table_name=ai_a&run_date=2021-01-05&background=N").assert_status(200);
    let refused = service.post(PATH, "table_name=ai_a&run_date=2021-01-04&background=N");
    refused.assert_problem(500, &["Please check value of `run_date`", "'2021-01-05'"]);
    let rerun = service.post(PATH, "table_name=ai_a&run_date=2021-01-04&run_mode=RERUN&background=N");
    assert!(rerun.assert_status(200).message().contains("in rerun mode"));
}

#[test]
fn strict_makes_a_used_up_quota_a_conflict() {
    let (database, service) = ready::service();
    let run = |strict: &str| {
        // Each run finds one more row: only such a run counts.
        database.connect().batch_execute("insert into ai.src_in select max(id) + 10 from ai.src_in").unwrap();
        service.post(PATH, &format!("table_name=ai_a&run_date=2021-01-05&background=N&strict={strict}"))
    };
    run("Y").assert_status(200);
    run("Y").assert_status(200);
    let refused = run("Y");
    refused.assert_problem(409, &["the running quota of 'ai_a' has been reached"]);
    assert!(refused.json()["process_id"].is_string());
    assert!(run("N").assert_status(200).message().contains("Warning: the running quota"));
}

#[test]
fn a_table_is_no_pipeline() {
    let (_, service) = ready::service();
    service
        .post(PATH, "pipeline_name=ai_a&background=N")
        .assert_problem(404, &["pipeline 'ai_a' is not known", "table_name"]);
    service
        .post(PATH, "table_name=nothing&background=N")
        .assert_problem(404, &["table 'nothing' is not known"]);
}

#[test]
fn a_process_that_does_not_exist_changes_nothing() {
    let (database, service) = ready::service();
    service
        .post(PATH, "table_name=ai_a&choose=nothing&background=N")
        .assert_problem(422, &["choose", "The processes are fill."]);
    assert_eq!(ready::value(&database, "select count(*) from dfa.task_step"), "0");
}

#[test]
fn while_everything_is_paused_what_would_start_work_is_told_to_come_again() {
    let (database, service) = ready::service();
    let mut client = database.connect();
    client.batch_execute("select dfa.pause('all', 'new disks')").unwrap();
    for background in ["Y", "N"] {
        let body = format!("table_name=ai_a&run_date=2021-01-05&background={background}");
        let reply = service.post(PATH, &body);
        reply.assert_problem(503, &["everything is paused", "new disks"]);
        assert!(!reply.header("retry-after").is_empty(), "{}", reply.text);
    }
    service.get("/api/ai/tables").assert_status(200);
    service.get("/ready").assert_status(200);
    client.batch_execute("select dfa.unpause('all')").unwrap();
    service.post(PATH, "table_name=ai_a&run_date=2021-01-05&background=N").assert_status(200);
}
