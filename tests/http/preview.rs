//! What a request would do, and a request that does that or nothing.

use crate::ready;
use serde_json::json;

#[test]
fn a_preview_has_the_steps_of_the_run_and_its_token_holds_until_something_changes() {
    let (database, service) = ready::service();
    let shown = service
        .get("/api/ai/preview?module=data&pipeline_name=both&run_date=2021-01-05")
        .assert_status(200)
        .json();
    let steps = shown["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 2, "{shown}");
    assert_eq!(
        (&steps[0]["name"], &steps[0]["action"], &steps[0]["run_date"], &steps[0]["cause"]),
        (&json!("ai_a"), &json!("common"), &json!("2021-01-05"), &json!("asked"))
    );
    let token = shown["token"].as_str().unwrap();
    let form = format!("pipeline_name=both&run_date=2021-01-05&if_preview={token}");
    service.post("/api/ai/run/data", &format!("{form}&background=N")).assert_status(200);
    let before = ready::value(&database, "select count(*) from dfa.task_process");
    for background in ["Y", "N"] {
        let reply = service.post("/api/ai/run/data", &format!("{form}&background={background}"));
        reply.assert_problem(409, &["not what the preview showed", "ai_a 2021-01-05", "GET /api/ai/preview"]);
        assert_eq!(reply.json()["sqlstate"], "DF015", "{}", reply.text);
    }
    assert_eq!(ready::value(&database, "select count(*) from dfa.task_process"), before);
}

#[test]
fn each_kind_of_work_has_a_preview() {
    let (_, service) = ready::service();
    let look = |query: &str| service.get(&format!("/api/ai/preview?{query}")).assert_status(200).json();
    let backfill =
        look("module=backfill&table_name=ai_a&date_from=2021-01-05&date_to=2021-01-07&only_gaps=Y");
    assert_eq!(backfill["steps"].as_array().unwrap().len(), 3, "{backfill}");
    let setup = look("module=setup&table_name=ai_a");
    assert_eq!(setup["steps"][0]["action"], "exists", "{setup}");
    look("module=retention&run_date=2021-01-31");
    let token = backfill["token"].as_str().unwrap();
    let form =
        format!("table_name=ai_a&date_from=2021-01-05&date_to=2021-01-08&only_gaps=Y&if_preview={token}");
    service.post("/api/ai/run/backfill", &form).assert_problem(409, &["2021-01-08"]);
    service
        .post("/api/ai/run/setup", &format!("table_name=ai_a&background=N&if_preview={token}"))
        .assert_problem(409, &["table ai_a exists"]);
    service
        .post("/api/ai/run/retention", &format!("table_name=ai_a&background=Y&if_preview={token}"))
        .assert_problem(409, &["not what the preview showed"]);
}

#[test]
fn what_cannot_be_previewed_is_refused() {
    let (_, service) = ready::service();
    for (query, status, words) in [
        ("", 422, ["pipeline_name", "table_name"]),
        ("module=migrate", 422, ["module", "migrate"]),
        ("module=data", 422, ["pipeline_name", "table_name"]),
        ("module=data&pipeline_name=bot", 404, ["bot", "/api/ai/pipelines"]),
        ("module=data&pipeline_name=both&date_from=2021-01-01", 422, ["date_from", "date_from"]),
        ("module=backfill&table_name=ai_a&date_from=2021-01-01", 422, ["date_to", "date_to"]),
        ("module=data&table_name=ai_a&nonsense=1", 422, ["nonsense", "module"]),
    ] {
        service.get(&format!("/api/ai/preview?{query}")).assert_problem(status, &words);
    }
}
