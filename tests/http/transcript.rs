//! docs/api.md: each documented request with its answer, as the service gives it.
//!
//! `UPDATE_DOCS=1 cargo test --release -p dfa_tests --test http transcript` writes it anew.

use crate::{ready, rows};
use dfa_tests::Service;
use serde_json::Value;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/api.md");
const HEAD: &str = "\
# The REST interface

Every request as a transcript, made by a test (`tests/http/transcript.rs`) on the small catalog of `tests/http/ready.rs`,
so that it stays true. Ids, times and durations differ from call to call; here they are fixed. `GET /openapi.json` has
every field and status, and `/docs` shows it in a browser.

- The header `APIKEY` carries one of the service's keys. `GET /api`, `/health`, `/ready`, `/metrics`, `/openapi.json` and
  `/docs` need none.
- Bodies are multipart forms (`curl -F`), urlencoded forms (`curl -d`) or JSON, all with the same fields. Rows are JSON,
  NDJSON or CSV.
- `X-Request-Id` names a request in answer and log; `traceparent` of W3C is passed on to PostgreSQL in
  `application_name`.
- `Idempotency-Key` on a POST, PUT or DELETE: sent again within a day, the first answer is given again, with the header
  `Idempotency-Replayed: true`, and nothing runs twice. While the first request is under way the answer is 409.
- A caller who hangs up cancels what he waited for: the node under way is undone, finished nodes stay.
- Errors are those of RFC 9457, with `message` as every answer has it. 503 and 429 say in `Retry-After` when to come again.
- Lists take `limit` (at most 500), `sort` (a column, with `-` before it for the other direction) and `after`, which is
  `next` of the page before.
";

struct Transcript<'a> {
    service: &'a Service,
    text: String,
}

impl Transcript<'_> {
    fn chapter(&mut self, title: &str, about: &str) {
        self.text.push_str(&format!("\n## {title}\n\n{about}\n"));
    }

    /// A request, and its answer as JSON; gives that as it came.
    fn ask(&mut self, method: &str, path: &str, form: &[&str], status: u16) -> Value {
        let reply = match method {
            "GET" => self.service.get(path),
            _ => self.service.request(
                method,
                path,
                "application/x-www-form-urlencoded",
                &[],
                form.join("&").as_bytes(),
            ),
        };
        let method_words = if method == "GET" { String::new() } else { format!(" -X {method}") };
        let fields: String = form.iter().map(|field| format!(" -d '{field}'")).collect();
        self.note(&format!("curl{method_words}{fields}"), path, &reply, status)
    }

    /// A request with a body of JSON.
    fn send(&mut self, method: &str, path: &str, body: &str, status: u16) -> Value {
        let reply = self.service.request(method, path, "application/json", &[], body.as_bytes());
        let words = format!("curl -X {method} -H 'Content-Type: application/json' -d '{body}'");
        self.note(&words, path, &reply, status)
    }

    fn note(&mut self, words: &str, path: &str, reply: &dfa_tests::Reply, status: u16) -> Value {
        reply.assert_status(status);
        let body = reply.json();
        let id = body["process_id"].as_str().unwrap_or_default().to_owned();
        let mut shown = body.clone();
        fix(&mut shown, "", &id);
        let path = if id.is_empty() { path.to_owned() } else { path.replace(&id, ID) };
        self.text.push_str(&format!(
            "\n```sh\n$ {words} -H \"APIKEY: $APIKEY\" \"$DFA_URL{path}\"\n```\n\n`{status}`\n\n```json\n{}\n```\n",
            serde_json::to_string_pretty(&shown).unwrap()
        ));
        body
    }
}

const ID: &str = "20210105060000000000000001";

/// What differs from call to call.
fn fix(value: &mut Value, name: &str, id: &str) {
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| fix(value, name, id)),
        Value::Array(items) => items.iter_mut().for_each(|value| fix(value, name, id)),
        Value::Null => {}
        _ if name == "process_id" => *value = ID.into(),
        _ if name == "process_time" => *value = 0.01.into(),
        _ if name.ends_with("_at") || name == "update_date" => *value = "2021-01-05T06:00:00+00:00".into(),
        Value::String(text) if !id.is_empty() => *text = text.replace(id, ID),
        _ => {}
    }
}

#[test]
fn the_document_shows_what_the_service_answers() {
    let (database, service) = rows::platform();
    let mut transcript = Transcript { service: &service, text: HEAD.to_owned() };
    let it = &mut transcript;

    it.chapter("Is it there?", "The first two in the words that clients know.");
    it.ask("GET", "/api", &[], 200);
    it.ask("GET", "/apikey", &[], 200);
    it.ask("GET", "/health", &[], 200);

    it.chapter("Setup", "Creates what catalogs define: one table, the tables of a pipeline, or everything.");
    it.ask("POST", "/api/ai/run/setup", &["table_name=ai_a", "run_date=2021-01-01", "background=N"], 200);

    it.chapter(
        "Run",
        "A pipeline or a table, for one or more dates; the answer comes when it is done, or at once.",
    );
    let run = "/api/ai/run/data";
    let ran = it.ask("POST", run, &["pipeline_name=both", "run_date=2021-01-05", "background=N"], 200);
    it.ask("POST", run, &["table_name=ai_a", "run_date=2021-01-04", "background=N"], 500);
    it.ask("POST", run, &["table_name=ai_a", "run_date=2021-01-04", "run_mode=rerun", "background=N"], 200);
    it.ask("POST", run, &["table_name=ai_a", "pipeline_name=both", "run_date=2021-02-30"], 422);
    it.ask("POST", run, &["table_name=nothing", "background=N"], 404);
    let begun = it.ask("POST", run, &["pipeline_name=slow", "run_date=2021-01-06"], 200);
    let id = begun["process_id"].as_str().unwrap().to_owned();
    service.until("the node sleeps", |_| ready::sleeps(&database));
    it.ask("POST", &format!("/api/ai/tasks/{id}/cancel"), &[], 200);
    let range = ["table_name=ai_a", "date_from=2021-01-02", "date_to=2021-01-03"];
    it.ask("POST", "/api/ai/run/backfill", &range, 200);

    it.chapter("Tasks", "How far one is, and all of them.");
    it.ask("GET", &format!("/api/ai/get/opt/{}", ran["process_id"].as_str().unwrap()), &[], 200);
    it.ask("GET", "/api/ai/tasks?status=0&name=both&limit=1", &[], 200);

    it.chapter("Rows", "Into a table and out of it, as JSON, NDJSON or CSV; and out when they are old.");
    let put = "/api/ai/put/it";
    it.send(
        "PUT",
        put,
        r#"{"data": [{"store": 1, "day": "2021-02-01", "amount": 1.5}, {"store": 2, "day": "2019-02-01"}]}"#,
        200,
    );
    it.send("PUT", put, r#"{"data": {"store": 3, "day": "2021-02-30"}}"#, 422);
    it.send("PUT", put, r#"{"data": {"store": 3, "day": "2021-02-30"}, "on_error": "skip"}"#, 200);
    it.send("DELETE", "/api/ai/del/it", r#"{"data": {"store": 1, "day": "2021-02-01"}}"#, 200);
    let old =
        ["table_name=imp_target", "run_date=2021-02-15", "backup_table=Y", "backup_schema=Y", "background=N"];
    it.ask("POST", "/api/ai/run/retention", &old, 200);

    it.chapter("Tables and pipelines", "What is loaded, how far it is, and what was done to it.");
    it.ask("GET", "/api/ai/tables?search=ai_b", &[], 200);
    it.ask("GET", "/api/ai/pipelines?search=both", &[], 200);
    it.ask("GET", "/api/ai/tables/ab/logs?action=common&to=2021-01-05", &[], 200);
    it.ask("GET", "/api/ai/catalogs/src_in", &[], 200);
    it.ask("GET", "/api/ai/get/dpc/ab", &[], 200);

    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(FILE, &transcript.text).unwrap();
    }
    let known = std::fs::read_to_string(FILE).unwrap_or_default();
    let differs = transcript.text.lines().zip(known.lines()).find(|(now, then)| now != then);
    assert!(
        known == transcript.text,
        "docs/api.md is not what the service answers: {differs:#?}\nUPDATE_DOCS=1 writes it anew"
    );
}
