//! Keys with rights of their own: what each opens, and what the database holds back.

use crate::pooler::Pooler;
use crate::{ready, rows};
use dfa_tests::{Database, Reply, Service};
use ureq::http::Request;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
const ROWS: &str = r#"{"data": {"store": 1, "day": "2021-02-01"}}"#;
const CATALOGS: &str =
    r#"{"data": {"source": "t.yaml", "text": "src_new: {create: {features: {id: bigint}}}"}}"#;

/// Who may do what: method and path as the document has them, what is sent, and the least role that is let in.
const REQUESTS: [(&str, &str, &str, &str, &str); 47] = [
    ("GET", "/apikey", "", "", "reader"),
    ("GET", "/api/ai/audit", "", "", "reader"),
    ("GET", "/api/ai/preview", "", "", "reader"),
    ("POST", "/api/ai/run/setup", FORM, "table_name=ai_a&background=N", "admin"),
    ("POST", "/api/ai/run/data", FORM, "table_name=ai_a&background=N&run_date=2021-01-05", "operator"),
    ("POST", "/api/ai/run/retention", FORM, "table_name=imp_target&background=N", "operator"),
    (
        "POST",
        "/api/ai/run/backfill",
        FORM,
        "table_name=ai_a&date_from=2021-01-01&date_to=2021-01-02",
        "operator",
    ),
    ("PUT", "/api/ai/put/{shortname}", JSON, ROWS, "operator"),
    ("POST", "/api/ai/put/{shortname}", JSON, ROWS, "operator"),
    ("DELETE", "/api/ai/del/{shortname}", JSON, ROWS, "operator"),
    ("GET", "/api/ai/get/opt/{process_id}", "", "", "reader"),
    ("GET", "/api/ai/get/dpc/{shortname}", "", "", "reader"),
    ("GET", "/api/ai/pipelines", "", "", "reader"),
    ("GET", "/api/ai/tables", "", "", "reader"),
    ("GET", "/api/ai/tables/{name}/logs", "", "", "reader"),
    ("GET", "/api/ai/catalogs/{name}", "", "", "reader"),
    ("POST", "/api/ai/load/catalogs", JSON, CATALOGS, "admin"),
    ("POST", "/api/ai/check/catalogs", JSON, CATALOGS, "reader"),
    ("POST", "/api/ai/diff/catalogs", JSON, CATALOGS, "reader"),
    ("GET", "/api/ai/plan", "", "", "reader"),
    ("GET", "/api/ai/tasks", "", "", "reader"),
    ("GET", "/api/ai/tasks/{id}/rejected", "", "", "reader"),
    ("GET", "/api/ai/slots", "", "", "reader"),
    ("GET", "/api/ai/tasks/bulk", "", "", "reader"),
    ("POST", "/api/ai/tasks/bulk", FORM, "action=rerun&query=id=12", "operator"),
    ("GET", "/api/ai/files", "", "", "reader"),
    ("POST", "/api/ai/files/skip", FORM, "table=ai_a&path=x.csv&reason=none", "operator"),
    ("GET", "/api/ai/notes", "", "", "reader"),
    ("POST", "/api/ai/notes", FORM, "kind=table&name=ai_a&text=seen", "operator"),
    ("DELETE", "/api/ai/notes/{id}", "", "", "operator"),
    ("POST", "/api/ai/tasks/{id}/cancel", "", "", "operator"),
    ("POST", "/api/ai/tasks/{id}/resume", "", "", "operator"),
    ("POST", "/api/ai/notify/{id}", "", "", "operator"),
    ("GET", "/api/ai/why/{name}", "", "", "reader"),
    ("GET", "/api/ai/freshness", "", "", "reader"),
    ("GET", "/api/ai/pause", "", "", "reader"),
    ("POST", "/api/ai/pause", FORM, "what=nothing&reason=none", "operator"),
    ("POST", "/api/ai/unpause", FORM, "what=nothing", "operator"),
    ("GET", "/api/ai/keys", "", "", "reader"),
    ("POST", "/api/ai/keys", FORM, "name=another", "admin"),
    ("POST", "/api/ai/keys/{name}/revoke", "", "", "admin"),
    ("GET", "/api/ai/incidents", "", "", "reader"),
    ("GET", "/api/ai/deliveries", "", "", "reader"),
    ("POST", "/api/ai/channels/{name}/test", "", "", "admin"),
    // Open to all.
    ("GET", "/api", "", "", ""),
    ("GET", "/health", "", "", ""),
    ("GET", "/ready", "", "", ""),
];
/// Not asked here: the stream of events never ends, and metrics are open.
const ELSEWHERE: [&str; 2] = ["/api/ai/events", "/metrics"];

fn add(database: &Database, name: &str, role: &str, patterns: &str) -> String {
    let sql = format!("select dfa.add_key('{name}', '{role}', {patterns})");
    ready::value(database, &sql)
}

fn ask(service: &Service, key: &str, method: &str, path: &str, kind: &str, body: &str) -> Reply {
    let request = Request::builder().method(method).uri(service.url(path)).header("APIKEY", key);
    let request = if kind.is_empty() { request } else { request.header("Content-Type", kind) };
    service.send(request.body(body.as_bytes()).unwrap())
}

fn get(service: &Service, key: &str, path: &str) -> Reply {
    ask(service, key, "GET", path, "", "")
}

fn concrete(path: &str) -> String {
    path.replace("{shortname}", "imp_target")
        .replace("{process_id}", "12")
        .replace("{id}", "12")
        .replace("{name}", "imp_target")
}

#[test]
fn each_request_is_let_in_for_its_role_and_for_those_above() {
    let (database, service) = rows::platform();
    let documented = service.get("/openapi.json").json()["paths"].clone();
    for (path, methods) in documented.as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().filter(|_| !ELSEWHERE.contains(&path.as_str())) {
            let is_known = REQUESTS
                .iter()
                .any(|request| request.0.eq_ignore_ascii_case(method) && request.1 == path.as_str());
            assert!(is_known, "{method} {path}: say in REQUESTS whom it lets in");
        }
    }
    let roles = ["reader", "operator", "admin"];
    let keys: Vec<String> = roles.iter().map(|role| add(&database, role, role, "null")).collect();
    for (method, path, kind, body, least) in REQUESTS {
        let least = roles.iter().position(|role| *role == least).unwrap_or(0);
        for (rank, key) in keys.iter().enumerate() {
            let reply = ask(&service, key, method, &concrete(path), kind, body);
            let is_let_in = reply.status != 401 && reply.status != 403;
            assert_eq!(is_let_in, rank >= least, "{method} {path} as {}: {reply:?}", roles[rank]);
            if !is_let_in {
                reply.assert_problem(403, &["permission denied", "has the rights of dfa_"]);
            }
        }
    }
    // What a key was let do stays with its request: the service's own rights are as they were.
    service.post_as("/api/ai/load/catalogs", JSON, &[], CATALOGS.as_bytes()).assert_status(200);
}

#[test]
fn a_key_for_a_part_reaches_nothing_else_by_any_name() {
    let (database, service) = rows::platform();
    service.post("/api/ai/run/data", "table_name=ai_a&background=N&run_date=2021-01-05").assert_status(200);
    let others = ready::value(&database, "select max(process_id) from dfa.task_process");
    let key = add(&database, "erp", "operator", "array['imp_*']");
    let put = ask(&service, &key, "PUT", "/api/ai/put/it", JSON, ROWS).assert_status(200).json();
    let own = put["process_id"].as_str().unwrap().to_owned();
    get(&service, &key, &format!("/api/ai/get/opt/{own}")).assert_status(200);
    for (method, path, kind, body) in [
        ("POST", "/api/ai/run/data", FORM, "table_name=ai_a"),
        ("POST", "/api/ai/run/data", FORM, "table_name=aa&background=N"),
        ("POST", "/api/ai/run/data", FORM, "pipeline_name=both"),
        ("POST", "/api/ai/run/backfill", FORM, "pipeline_name=both&date_from=2021-01-01&date_to=2021-01-02"),
        ("POST", "/api/ai/run/retention", FORM, "background=N"),
        ("POST", "/api/ai/run/retention", FORM, "background=Y"),
        ("PUT", "/api/ai/put/src_in", JSON, r#"{"data": {"id": 1}}"#),
        ("DELETE", "/api/ai/del/ai_a", JSON, r#"{"data": {"id": 1}}"#),
        ("POST", "/api/ai/notify/nightly", FORM, ""),
        ("GET", "/api/ai/why/ai_a", "", ""),
        ("GET", "/api/ai/freshness?name=ai_a", "", ""),
        ("POST", "/api/ai/pause", FORM, "what=both&reason=none"),
        ("POST", "/api/ai/unpause", FORM, "what=both"),
        ("GET", "/api/ai/get/dpc/aa", "", ""),
        ("GET", "/api/ai/plan", "", ""),
        ("GET", &format!("/api/ai/get/opt/{others}"), "", ""),
        ("GET", &format!("/api/ai/tasks/{others}/rejected"), "", ""),
        ("POST", &format!("/api/ai/tasks/{others}/cancel"), "", ""),
        ("POST", &format!("/api/ai/tasks/{others}/resume"), "", ""),
    ] {
        let reply = ask(&service, &key, method, path, kind, body);
        reply.assert_problem(403, &["key 'erp' is not for", "It is for imp_*."]);
    }
    get(&service, &key, "/api/ai/events").assert_problem(403, &["events tell of everything"]);
    get(&service, &key, "/api/ai/catalogs/ai_a").assert_problem(404, &[]);
    let names = |path: &str, under: &str| -> Vec<String> {
        let body = get(&service, &key, path).assert_status(200).json();
        let rows = body[under].as_array().unwrap();
        rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("/api/ai/tables", "tables"), ["imp_target"]);
    assert_eq!(names("/api/ai/freshness", "tables"), ["imp_target"]);
    assert_eq!(names("/api/ai/pipelines", "pipelines"), Vec::<String>::new());
    let tasks = names("/api/ai/tasks", "tasks");
    assert!(!tasks.is_empty() && tasks.iter().all(|name| name == "imp_target"), "{tasks:?}");
    assert_eq!(get(&service, &key, "/api/ai/tables/ai_a/logs").json()["logs"], serde_json::json!([]));
    assert_eq!(ready::value(&database, "select count(*) from ai.src_in"), "2");
}

#[test]
fn a_task_of_a_key_runs_with_its_rights_in_the_background_too() {
    let (database, service) = ready::service();
    let key = add(&database, "night", "operator", "array['ai_a']");
    let body = "table_name=ai_a&run_date=2021-01-05";
    let told = ask(&service, &key, "POST", "/api/ai/run/data", FORM, body).assert_status(200).json();
    let id = told["process_id"].as_str().unwrap();
    let ended = get(&service, &key, &format!("/api/ai/get/opt/{id}?wait=60")).assert_status(200).json();
    assert_eq!(ended["status"], 0, "{ended}");
    let of_task = format!("select run_as || '|' || application_name like 'dfa key:night %' from dfa.task_process where process_id = '{id}'");
    assert_eq!(
        ready::value(
            &database,
            &of_task.replace(
                "run_as || '|' || application_name",
                "(run_as = 'dfa_operator') and application_name"
            )
        ),
        "t"
    );
}

#[test]
fn a_key_is_kept_as_a_hash_and_good_until_it_is_revoked_or_expires() {
    let (database, service) = ready::service();
    let key = add(&database, "one", "reader", "null");
    assert!(key.len() == 68 && key.starts_with("dfa_"), "{key}");
    assert_eq!(
        ready::value(&database, "select encode(key_hash, 'escape') || coalesce(last_used_at::text, '') not like '%dfa%' from dfa.api_key_secret"),
        "t"
    );
    get(&service, &key, "/apikey").assert_status(200);
    assert_eq!(
        ready::value(
            &database,
            "select last_used_at > now() - interval '1 minute' from dfa.api_key where key_name = 'one'"
        ),
        "t"
    );
    for wrong in [key.replace("dfa_", "dfa-"), format!("{key}0"), key[..67].to_owned(), "dfa_".to_owned()] {
        get(&service, &wrong, "/apikey").assert_problem(401, &["Unauthorised"]);
    }
    ready::value(&database, "update dfa.api_key_secret set expires_at = now() where key_name = 'one'");
    get(&service, &key, "/apikey").assert_problem(401, &["key 'one' has expired on", "dfa key add"]);
    let another = add(&database, "two", "reader", "null");
    get(&service, &another, "/apikey").assert_status(200);
    service.post("/api/ai/keys/two/revoke", "").assert_status(200);
    get(&service, &another, "/apikey").assert_problem(401, &["key 'two' was revoked"]);
    service.post("/api/ai/keys/two/revoke", "").assert_problem(409, &["was revoked before"]);
    let states: Vec<String> = service.get("/api/ai/keys").assert_status(200).json()["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| format!("{} {}", key["name"].as_str().unwrap(), key["state"].as_str().unwrap()))
        .collect();
    assert_eq!(states, ["one expired", "two revoked"]);
    // Nobody but admins sees hashes, and no log has a key.
    let refused = service.log().iter().any(|line| line.to_string().contains(&key));
    assert!(!refused);
}

#[test]
fn a_key_that_is_made_by_rest_is_answered_once() {
    let (_, service) = ready::service();
    let made =
        service.post("/api/ai/keys", "name=erp&role=operator&patterns=src_*,imp_x").assert_status(200).json();
    let key = made["key"].as_str().unwrap().to_owned();
    get(&service, &key, "/apikey").assert_status(200);
    assert!(!service.get("/api/ai/keys").text.contains(&key));
    service.post("/api/ai/keys", "name=erp").assert_problem(409, &["there is a key 'erp' already"]);
    service
        .post_as("/api/ai/keys", FORM, &[("Idempotency-Key", "k")], b"name=x")
        .assert_problem(400, &["a secret"]);
    service.post("/api/ai/keys", "name=x&expires=2001-01-01").assert_problem(422, &["has passed already"]);
    service.post("/api/ai/keys", "role=king").assert_problem(422, &["name", "role"]);
}

#[test]
fn rights_of_a_request_do_not_stay_with_its_connection() {
    let database = ready::database();
    let service = Service::start_with(&database, &[("DFA_POOL_SIZE", "1")], &[]);
    let key = add(&database, "small", "reader", "array['ai_a']");
    let run = "table_name=ai_a&background=N&run_date=2021-01-05";
    for _ in 0..3 {
        ask(&service, &key, "POST", "/api/ai/run/data", FORM, run).assert_problem(403, &[]);
        get(&service, &key, "/api/ai/tables").assert_status(200);
        let all = service.get("/api/ai/tables").assert_status(200).json();
        assert_eq!(all["tables"].as_array().unwrap().len(), 4);
        service.post_as("/api/ai/load/catalogs", JSON, &[], CATALOGS.as_bytes()).assert_status(200);
        database.connect().batch_execute("select from dfa.retire('table', 'src_new')").unwrap();
        service.post("/api/ai/run/data", run).assert_status(200);
    }
}

#[test]
fn behind_a_pooler_rights_are_of_their_transaction_alone() {
    let database = ready::database();
    let pooler = Pooler::start(1);
    let service = pooler.service(&database);
    let key = add(&database, "small", "operator", "array['ai_a']");
    for _ in 0..3 {
        let seen = get(&service, &key, "/api/ai/tables").assert_status(200).json();
        assert_eq!(seen["tables"].as_array().unwrap().len(), 1);
        ask(&service, &key, "POST", "/api/ai/run/data", FORM, "table_name=ai_b")
            .assert_problem(403, &["not for 'ai_b'"]);
        let now = "table_name=ai_a&background=N&run_date=2021-01-05";
        ask(&service, &key, "POST", "/api/ai/run/data", FORM, now)
            .assert_problem(501, &["behind a pooler", "background"]);
        let all = service.get("/api/ai/tables").assert_status(200).json();
        assert_eq!(all["tables"].as_array().unwrap().len(), 4);
        service.post("/api/ai/run/data", now).assert_status(200);
    }
}
