//! Catalogs by REST: loaded, checked, compared and planned, as by the command.

use crate::ready;
use serde_json::{json, Value};

const JSON: &str = "application/json";
const SOUND: &str = "src_more: {create: {features: {id: bigint}}}\n";
const WRONG: &str = "src_wrong: {create: {features: {id: ''}}}\n";

fn file(text: &str) -> Value {
    json!({ "source": "catalog/more.yaml", "text": text })
}

#[test]
fn catalogs_are_compared_loaded_and_planned() {
    let (database, service) = ready::service();
    let send = |path: &str, body: Value| service.post_as(path, JSON, &[], body.to_string().as_bytes());
    let actions = |answer: &Value, under: &str| -> Vec<String> {
        answer[under]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| format!("{} {}", row["action"].as_str().unwrap(), row["name"].as_str().unwrap()))
            .collect()
    };
    let diff = send("/api/ai/diff/catalogs", json!({ "data": file(SOUND) })).assert_status(200).json();
    assert_eq!(actions(&diff, "changes"), ["new src_more"]);
    let loaded = send("/api/ai/load/catalogs", json!({ "data": [file(SOUND)] })).assert_status(200).json();
    assert_eq!(actions(&loaded, "definitions"), ["new src_more"]);
    let whole = json!({ "data": file(&SOUND.replace("bigint", "integer")), "whole": true });
    let diff = send("/api/ai/diff/catalogs", whole).assert_status(200).json();
    let found = actions(&diff, "changes");
    assert!(
        found.contains(&"changed src_more".to_owned()) && found.contains(&"gone ai_a".to_owned()),
        "{diff}"
    );
    let wide = json!({ "data": file(&SOUND.replace("bigint", "bigint, word: varchar(10)")) });
    service.post("/api/ai/run/setup", "table_name=src_more&background=N").assert_status(200);
    send("/api/ai/load/catalogs", wide).assert_status(200);
    let plan = service.get("/api/ai/plan?name=src_more").assert_status(200).json();
    assert_eq!(
        (plan["changes"].as_array().unwrap().len(), &plan["changes"][0]["object"]),
        (1, &"word".into()),
        "{plan}"
    );
    assert_eq!(ready::value(&database, "select count(*) from pg_attribute where attname = 'word'"), "0");
}

#[test]
fn a_set_is_stored_whole_or_what_is_sound_of_it() {
    let (database, service) = ready::service();
    let send = |path: &str, body: Value| service.post_as(path, JSON, &[], body.to_string().as_bytes());
    let both = json!([file(SOUND), { "source": "catalog/wrong.yaml", "text": WRONG }]);
    let checked = send("/api/ai/check/catalogs", json!({ "data": both })).assert_status(200).json();
    assert_eq!(
        (&checked["definitions"], checked["errors"].as_array().unwrap().len()),
        (&1.into(), 1),
        "{checked}"
    );
    assert!(checked["errors"][0].as_str().unwrap().starts_with("catalog/wrong.yaml:1:"), "{checked}");
    send("/api/ai/load/catalogs", json!({ "data": both })).assert_problem(422, &["catalog/wrong.yaml:1:"]);
    let stored = "select count(*) from dfa.catalog where name = 'src_more'";
    assert_eq!(ready::value(&database, stored), "0");
    let answer =
        send("/api/ai/load/catalogs", json!({ "data": both, "strict": "N" })).assert_status(200).json();
    assert!(
        answer["message"].as_str().unwrap().contains("1 new") && answer.to_string().contains("refused"),
        "{answer}"
    );
    assert_eq!(ready::value(&database, stored), "1");
}

#[test]
fn what_is_no_file_of_catalogs_is_refused_by_field() {
    let (_, service) = ready::service();
    for body in [
        json!({}),
        json!({ "data": "a: b" }),
        json!({ "data": [{ "text": "x" }] }),
        json!({ "data": { "source": "a", "text": "b", "more": 1 } }),
    ] {
        for path in ["load", "check", "diff"] {
            service
                .post_as(&format!("/api/ai/{path}/catalogs"), JSON, &[], body.to_string().as_bytes())
                .assert_problem(422, &["data"]);
        }
    }
}
