//! Why not, how fresh, and what is paused, by REST.

use crate::ready;
use serde_json::json;

#[test]
fn why_a_name_does_not_run_is_a_sentence_with_its_facts() {
    let (database, service) = ready::service();
    let why = service.get("/api/ai/why/both").assert_status(200).json();
    assert_eq!((&why["kind"], &why["name"]), (&json!("pipeline"), &json!("both")), "{why}");
    let known = ready::value(&database, "select cause from dfa.why('both')");
    assert_eq!(why["cause"], known.as_str(), "{why}");
    service.get("/api/ai/why/ai_x").assert_problem(404, &["'ai_x' is not known"]);
}

#[test]
fn freshness_is_listed_by_state_and_name() {
    let (database, service) = ready::service();
    let number: usize = ready::value(&database, "select count(*) from dfa.freshness").parse().unwrap();
    let all = service.get("/api/ai/freshness?limit=500").assert_status(200).json();
    assert_eq!(all["tables"].as_array().unwrap().len(), number, "{all}");
    let first = service.get("/api/ai/freshness?limit=1").json();
    let next = service.get(&format!("/api/ai/freshness?limit=1&after={}", first["next"].as_str().unwrap()));
    let next = next.assert_status(200).json();
    assert!(first["tables"][0]["name"].as_str() < next["tables"][0]["name"].as_str(), "{first} {next}");
    let one = service.get("/api/ai/freshness?name=aa").assert_status(200).json();
    assert_eq!(one["tables"][0]["name"], "ai_a", "{one}");
    let late = service.get("/api/ai/freshness?state=late").assert_status(200).json();
    assert_eq!(late["tables"], json!([]), "{late}");
    service.get("/api/ai/freshness?state=rotten").assert_problem(422, &["state", "late"]);
    service.get("/api/ai/freshness?name=ai_x").assert_problem(404, &["'ai_x' is not known"]);
}

#[test]
fn a_pause_is_made_listed_and_ended() {
    let (_, service) = ready::service();
    let pause = |form: &str| service.post("/api/ai/pause", form);
    let made = pause("what=both&reason=a%20fair&until=2999-01-01").assert_status(200).json();
    assert!(made["message"].as_str().unwrap().contains("a fair"), "{made}");
    let listed = service.get("/api/ai/pause").assert_status(200).json();
    assert_eq!(
        (&listed["paused"][0]["name"], &listed["paused"][0]["reason"]),
        (&json!("both"), &json!("a fair"))
    );
    assert_eq!(service.get("/api/ai/why/both").json()["cause"], "paused");
    let go_on = |what: &str| service.post("/api/ai/unpause", &format!("what={what}"));
    assert_eq!(go_on("both").assert_status(200).json()["message"], "Success: 'both' goes on");
    assert_eq!(go_on("both").assert_status(200).json()["message"], "Success: 'both' was not paused");
    for (form, status, words) in [
        ("what=nothing&reason=x", 404, "'nothing' is not known"),
        ("what=both&reason=%20", 422, "reason"),
        ("what=both", 422, "reason"),
        ("what=both&reason=x&until=2001-01-01", 422, "until"),
        ("what=both&reason=x&until=never", 422, "until"),
    ] {
        let refused = pause(form);
        refused.assert_problem(status, &[words]);
        assert!(!refused.text.contains("dfa."), "{form}: {}", refused.text);
    }
    assert_eq!(service.get("/api/ai/pause").json()["paused"], json!([]));
}

#[test]
fn a_maintenance_refuses_work_and_says_when_to_come_again() {
    let (_, service) = ready::service();
    service.post("/api/ai/pause", "what=all&reason=the%20server%20moves").assert_status(200);
    let refused = service.post("/api/ai/run/data", "table_name=ai_a");
    refused.assert_problem(503, &["the server moves"]);
    assert_eq!(refused.header("retry-after"), "60");
    service.get("/api/ai/tables").assert_status(200);
    service.post("/api/ai/unpause", "what=all").assert_status(200);
    service.post("/api/ai/run/data", "table_name=ai_a").assert_status(200);
}
