//! What the document says, the service takes; what stands where nobody reads it, it refuses.

use crate::{ready, rows};
use serde_json::{json, Value};

const RUN: &str = "/api/ai/run/data";
const JSON: &str = "application/json";

#[test]
fn a_field_of_the_address_beside_a_body_is_refused() {
    let (database, service) = rows::platform();
    let row = br#"{"data": {"store": 1, "day": "2021-02-01"}}"#;
    let reply = service.request("PUT", "/api/ai/put/it?mode=update&nonsense=1", JSON, &[], row);
    reply.assert_problem(422, &["mode", "nonsense", "stands in the address"]);
    service
        .request("DELETE", "/api/ai/del/it?x=1", JSON, &[], row)
        .assert_problem(422, &["stands in the address"]);
    service.post(&format!("{RUN}?background=N"), "table_name=ai_a").assert_problem(422, &["background"]);
    // Also when they say nothing.
    service
        .post_as(RUN, JSON, &[], br#"{"table_name": "ai_a", "nonsense": null}"#)
        .assert_problem(422, &["nonsense"]);
    service.post(RUN, "table_name=ai_a&nonsense=").assert_problem(422, &["nonsense"]);
    service.post("/api/ai/tasks/1/cancel?force=Y", "").assert_problem(422, &["force"]);
    service.post("/api/ai/tasks/1/cancel", "force=Y").assert_problem(422, &["takes no fields"]);
    assert_eq!(
        ready::value(
            &database,
            "select count(*) from dfa.task_process where process_module <> 'framework|setup'"
        ),
        "0"
    );
}

#[test]
fn flags_are_letters_or_truths_and_dates_texts_or_lists() {
    let (_, service) = ready::service();
    for body in [
        json!({ "table_name": "ai_a", "background": false, "run_date": ["2021-01-31", "2021-01-30"] }),
        json!({ "table_name": "ai_a", "background": "n", "strict": "False", "run_date": "2021-02-27, 2021-02-28" }),
        json!({ "table_name": "ai_b", "background": "FALSE", "run_mode": "RERUN", "choose": ["fill"], "run_date": "2021-03-31" }),
    ] {
        service.post_as(RUN, JSON, &[], body.to_string().as_bytes()).assert_status(200);
    }
    service
        .post_as(RUN, JSON, &[], br#"{"table_name": "ai_a", "background": 1}"#)
        .assert_problem(422, &["neither Y nor N"]);
    service
        .post_as(
            "/api/ai/run/setup",
            JSON,
            &[],
            br#"{"table_name": "ai_a", "initial_data": false, "cascade": true, "background": false}"#,
        )
        .assert_status(200);
}

#[test]
fn a_moment_is_no_word_and_a_deep_value_is_the_callers() {
    let (_, service) = rows::platform();
    let put = |body: &str| service.request("PUT", "/api/ai/put/it", JSON, &[], body.as_bytes());
    for word in ["infinity", "tomorrow", "now", "2021-02-30"] {
        put(&format!(r#"{{"data": {{"store": 1, "day": "2021-02-01"}}, "update_date": "{word}"}}"#))
            .assert_problem(422, &["update_date", "is not a time", word]);
    }
    put(r#"{"data": {"store": 1, "day": "2021-02-01"}, "update_date": "2099-01-31T00:00:00Z"}"#)
        .assert_status(200);
    for depth in [200, 100_000] {
        let deep = format!("{{\"data\": {}{}}}", "[".repeat(depth), "]".repeat(depth));
        let reply = put(&deep);
        assert!((400..500).contains(&reply.status), "{depth}: {} {:.300}", reply.status, reply.text);
        assert!(!reply.text.contains("max_stack_depth"), "{:.300}", reply.text);
    }
}

#[test]
fn hints_are_for_those_who_call_by_rest_and_names_are_cut() {
    let (_, service) = ready::service();
    let long = "x".repeat(900_000);
    let reply = service.post(RUN, &format!("table_name={long}&background=N"));
    reply.assert_problem(404, &["is not known"]);
    assert!(reply.text.len() < 1_000, "{}", reply.text.len());
    service.get("/api/ai/get/opt/12").assert_problem(404, &["GET /api/ai/tasks lists the tasks."]);
    service.post("/api/ai/notify/nobody", "").assert_problem(404, &["GET /api/ai/pipelines"]);
    for reply in [
        service.get("/api/ai/get/opt/12"),
        service.post("/api/ai/notify/nobody", ""),
        service.get("/api/ai/get/dpc/nothing"),
    ] {
        assert!(!reply.text.contains("SELECT ") && !reply.text.contains("dfa."), "{}", reply.text);
    }
}

#[test]
fn refused_rows_can_be_read_page_by_page() {
    let (_, service) = rows::platform();
    let bad: String = (0..5).map(|store| format!("{{\"store\": {store}, \"day\": \"never\"}}\n")).collect();
    let put =
        service.request("PUT", "/api/ai/put/it?on_error=skip", "application/x-ndjson", &[], bad.as_bytes());
    let id = put.assert_status(200).json()["process_id"].as_str().unwrap().to_owned();
    let path = format!("/api/ai/tasks/{id}/rejected?limit=3");
    let first = service.get(&path).assert_status(200).json();
    let second =
        service.get(&format!("{path}&after={}", first["next"].as_str().unwrap())).assert_status(200).json();
    let positions: Vec<i64> = [&first, &second]
        .iter()
        .flat_map(|page| page["rejected"].as_array().unwrap())
        .map(|row| row["position"].as_i64().unwrap())
        .collect();
    assert_eq!(positions, [1, 2, 3, 4, 5]);
    assert_eq!(
        (&first["rejected"][0]["column"], &first["rejected"][0]["row"]["store"]),
        (&"day".into(), &0.into())
    );
    service.get("/api/ai/tasks/12/rejected").assert_problem(404, &[]);
}

#[test]
fn the_document_names_each_request_once_and_each_answer_is_of_its_type() {
    let (_, service) = rows::platform();
    let document = service.get("/openapi.json").json();
    let mut names: Vec<String> = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap_or_default().to_owned();
            assert!(!name.is_empty(), "{method} {path} has no operationId");
            assert!(!names.contains(&name), "{name} stands twice");
            assert!(operation["responses"]["405"].is_object() || path.as_str().len() < 10, "{method} {path}");
            names.push(name);
        }
    }
    let row = br#"{"data": {"store": 1, "day": "2021-02-01"}}"#;
    let put = service.request("PUT", "/api/ai/put/it", JSON, &[], row).assert_status(200).json();
    let bad = br#"{"data": {"store": 1, "day": "never"}, "on_error": "skip"}"#;
    let bad = service.request("PUT", "/api/ai/put/it", JSON, &[], bad).assert_status(200).json();
    let run =
        service.post(RUN, "pipeline_name=both&run_date=2021-01-05&background=N").assert_status(200).json();
    let id = run["process_id"].as_str().unwrap();
    let of_rows = bad["process_id"].as_str().unwrap();
    let answers = [
        ("IngestAnswer", put.clone()),
        ("IngestAnswer", bad.clone()),
        ("TaskAnswer", run.clone()),
        ("Health", service.get("/health").json()),
        ("Ready", service.get("/ready").json()),
        ("Process", service.get(&format!("/api/ai/get/opt/{id}")).json()),
        ("RejectedRows", service.get(&format!("/api/ai/tasks/{of_rows}/rejected")).json()),
        ("Tasks", service.get("/api/ai/tasks").json()),
        ("Tables", service.get("/api/ai/tables").json()),
        ("Pipelines", service.get("/api/ai/pipelines").json()),
        ("Logs", service.get("/api/ai/tables/ai_a/logs").json()),
        ("Catalog", service.get("/api/ai/catalogs/ai_a").json()),
        ("Dependency", service.get("/api/ai/get/dpc/ai_a").json()),
        ("ProblemAnswer", service.post(RUN, "table_name=ai_a&run_mode=x").json()),
    ];
    for (name, answer) in answers {
        fits(&document, &document["components"]["schemas"][name], &answer, name);
    }
}

/// Fails the test when a value has members that its schema does not know, lacks what it requires, or is of another type.
fn fits(document: &Value, schema: &Value, value: &Value, place: &str) {
    if let Some(name) = schema["$ref"].as_str().and_then(|it| it.rsplit('/').next()) {
        return fits(document, &document["components"]["schemas"][name], value, place);
    }
    if let Some(kinds) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
        let kind = kinds.iter().find(|kind| (kind["type"] == "null") == value.is_null());
        return fits(document, kind.unwrap_or_else(|| panic!("{place}: {value}")), value, place);
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let is = |known: &Value| known == kind || (known == "number" && kind == "integer");
    let known = &schema["type"];
    let typed = known.is_null() || is(known) || known.as_array().is_some_and(|known| known.iter().any(is));
    assert!(typed, "{place} is {kind}, not {known}: {value}");
    for (number, item) in value.as_array().into_iter().flatten().enumerate() {
        fits(document, &schema["items"], item, &format!("{place}[{number}]"));
    }
    let (Some(members), Some(properties)) = (value.as_object(), schema["properties"].as_object()) else {
        return;
    };
    for (name, member) in members {
        let schema = properties.get(name).unwrap_or_else(|| panic!("{place}.{name} is not in the document"));
        fits(document, schema, member, &format!("{place}.{name}"));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        assert!(members.contains_key(name), "{place}.{name} is missing");
    }
}
