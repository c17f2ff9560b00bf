//! POST /api/ai/run/setup

use crate::ready;

const PATH: &str = "/api/ai/run/setup";

#[test]
fn setup_makes_what_is_missing() {
    let (database, service) = ready::service();
    database.connect().batch_execute("drop table ai.ai_b").unwrap();
    let reply = service.post(PATH, "table_name=ai_b&run_date=2021-01-01&background=N");
    let body = reply.assert_status(200).json();
    assert_eq!((&body["message"], &body["status"]), (&"Success: Setup 'ai_b'".into(), &0.into()));
    assert!(body["process_id"].is_string(), "{body}");
    assert_eq!(ready::value(&database, "select count(*) from ai.ai_b"), "0");
}

#[test]
fn a_pipeline_stands_for_its_tables() {
    let (database, service) = ready::service();
    let reply = service.post(PATH, "pipeline_name=both&drop_table=Y&background=N");
    assert!(reply.assert_status(200).message().contains("ai_a"));
    assert_eq!(
        ready::value(&database, "select to_regclass('ai.ai_a') is null and to_regclass('ai.ai_b') is null"),
        "t"
    );
    service.post(PATH, "pipeline_name=both&background=N").assert_status(200);
    assert_eq!(ready::value(&database, "select count(*) from ai.ai_b"), "0");
}

#[test]
fn a_schema_that_others_need_is_dropped_only_with_cascade() {
    let (database, service) = ready::service();
    database.connect().batch_execute("create view public.needs as select * from ai.ai_a").unwrap();
    let refused = service.post(PATH, "drop_scheme=Y&background=N");
    refused.assert_problem(409, &["schema 'ai' is still needed", "cascade"]);
    assert_eq!(ready::value(&database, "select count(*) from ai.src_in"), "2");
    service.post(PATH, "drop_schema=Y&cascade=Y&background=N").assert_status(200);
    assert_eq!(ready::value(&database, "select to_regnamespace('ai') is null"), "t");
    assert!(service
        .post(PATH, "run_date=2021-01-01&background=N")
        .assert_status(200)
        .message()
        .contains("'ai_a'"));
}

#[test]
fn wrong_flags_are_named_all_at_once() {
    let (_, service) = ready::service();
    let reply =
        service.post(PATH, "initial_data=Q&drop_table=maybe&cascade=Z&run_date=2021-13-01&background=N");
    reply.assert_problem(422, &[]);
    let body = reply.json();
    let fields: Vec<&str> =
        body["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["run_date", "initial_data", "drop_table", "cascade"]);
}
