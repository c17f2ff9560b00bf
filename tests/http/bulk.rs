//! Notes, and one action on many tasks, by REST and by the command.

use crate::ready;
use dfa_tests::dfa;
use serde_json::json;

const JSON: &str = "application/json";

#[test]
fn all_tasks_of_a_query_are_changed_by_the_token_of_a_preview() {
    let (database, service) = ready::service();
    database.connect().batch_execute("insert into ai.ai_a values (2)").unwrap();
    for day in ["2021-01-05", "2021-01-06"] {
        service
            .post("/api/ai/run/data", &format!("table_name=ai_b&run_date={day}&background=N"))
            .assert_status(500);
    }
    service.post("/api/ai/run/data", "table_name=ai_a&run_date=2021-01-05&background=N").assert_status(200);
    let seen = service
        .get("/api/ai/tasks/bulk?action=rerun&query=module%3Ddata%26from%3D2021-01-01")
        .assert_status(200)
        .json();
    assert_eq!(seen["message"], "Success: 3 of 3 tasks can be changed", "{seen}");
    let failed = "status=1&name=ai_b";
    let ask = |token: Option<&str>| {
        let body = json!({ "action": "rerun", "query": failed, "if_preview": token }).to_string();
        service.post_as("/api/ai/tasks/bulk", JSON, &[], body.as_bytes())
    };
    ask(seen["token"].as_str()).assert_problem(409, &["not what the preview showed"]);
    let seen = service.get("/api/ai/tasks/bulk?action=rerun&query=status%3D1%26name%3Dai_b").json();
    let done = ask(seen["token"].as_str()).assert_status(200).json();
    assert_eq!(done["message"], "Success: rerun 2 of 2 tasks", "{done}");
    assert!(
        done["tasks"].as_array().unwrap().iter().all(|task| task["new_process_id"].is_string()),
        "{done}"
    );
    // Each of them fails once more.
    let waiting = "select count(*) from dfa.task_process where status = 2";
    let started = std::time::Instant::now();
    while ready::value(&database, waiting) != "0" {
        assert!(started.elapsed().as_secs() < 60, "the reruns do not end");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert_eq!(
        ready::value(
            &database,
            "select count(*) from dfa.task_process where process_name_put = 'ai_b' and status = 1"
        ),
        "4"
    );
}

#[test]
fn the_command_does_the_same_and_asks_for_a_filter() {
    let (database, service) = ready::service();
    let form = "pipeline_name=slow&run_date=2021-01-05";
    let id = service.post("/api/ai/run/data", form).json()["process_id"].as_str().unwrap().to_owned();
    let query = format!("status=2&id={id}");
    let seen = dfa(&database, &["--json", "task", "cancel", &query, "--dry-run"]).assert_success().json();
    assert_eq!((&seen["tasks"][0]["process_id"], &seen["more"]), (&json!(id), &json!(false)), "{seen}");
    // Nobody at a terminal says yes.
    dfa(&database, &["task", "cancel", &query]).assert_failure(2, &["1 tasks to cancel", "--yes"]);
    let done = dfa(&database, &["--json", "task", "cancel", &query, "--yes"]).assert_success().json();
    assert_eq!(done["tasks"][0]["outcome"], "done", "{done}");
    for (query, status, words) in [
        ("", 422, ["query", "query"]),
        ("limit=3", 422, ["has no filter", "status"]),
        ("nonsense=1", 422, ["nonsense", "sqlstate"]),
    ] {
        let encoded: String = form_urlencoded(query);
        service.get(&format!("/api/ai/tasks/bulk?query={encoded}")).assert_problem(status, &words);
    }
    dfa(&database, &["task", "rerun", "limit=3", "--yes"]).assert_failure(2, &["has no filter"]);
    service
        .post("/api/ai/tasks/bulk", "action=stop&query=status%3D1")
        .assert_problem(422, &["action", "cancel", "rerun"]);
}

fn form_urlencoded(text: &str) -> String {
    text.replace('=', "%3D").replace('&', "%26")
}

#[test]
fn a_note_is_left_seen_and_removed_in_both_doors() {
    let (database, service) = ready::service();
    let form = "kind=table&name=ai_a&text=wrong%20before%20June&until=2999-01-01";
    let id = service.post("/api/ai/notes", form).assert_status(200).json()["id"].as_i64().unwrap();
    dfa(&database, &["note", "add", "pipeline", "both", "slow in winter"]).assert_success();
    let listed = service.get("/api/ai/notes").assert_status(200).json();
    let texts: Vec<&str> =
        listed["notes"].as_array().unwrap().iter().map(|note| note["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["slow in winter", "wrong before June"]);
    let named = service.get("/api/ai/notes?kind=table&name=ai_a").json();
    assert_eq!(named["notes"].as_array().unwrap().len(), 1, "{named}");
    let shown = dfa(&database, &["--json", "note", "list", "ai_a"]).assert_success().json();
    assert_eq!((&shown[0]["id"], &shown[0]["until"]), (&json!(id), &json!("2999-01-01 00:00:00")), "{shown}");
    let remove = |id: &str| service.request("DELETE", &format!("/api/ai/notes/{id}"), "", &[], b"");
    remove(&id.to_string()).assert_status(200);
    remove(&id.to_string()).assert_problem(404, &["is not known", "GET /api/ai/notes"]);
    remove("x").assert_problem(404, &["x"]);
    service.post("/api/ai/notes", "name=ai_x&text=a").assert_problem(404, &["'ai_x' is not known"]);
    service
        .post("/api/ai/notes", "name=ai_a&text=a&until=2001-01-01")
        .assert_problem(422, &["has passed already"]);
    dfa(&database, &["note", "remove", "7"]).assert_failure(1, &["note 7 is not known"]);
}
