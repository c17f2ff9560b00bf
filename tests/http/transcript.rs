//! docs/api.md: each documented request with its answer, as the service gives it.
//!
//! `UPDATE_DOCS=1 cargo test --release -p dfa_tests --test http transcript` writes it anew.

use crate::{ready, rows};
use dfa_tests::{Database, Service};
use serde_json::Value;
use std::io::{BufRead, BufReader};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/api.md");
const HEAD: &str = "\
# The REST interface

Every request as a transcript, made by a test (`tests/http/transcript.rs`) on the small catalog of `tests/http/ready.rs`,
so that it stays true. Ids, times and durations differ from call to call; here they are fixed. `GET /openapi.json` has
every field and status, and `/docs` shows it in a browser.

- The header `APIKEY` carries one of the service's keys. Those of the environment may do everything; those that `POST
  /api/ai/keys` or `dfa key add` made have the rights of a reader, an operator or an admin, on all or on some tables, pipelines
  and sources. An unknown, expired or revoked key is 401, what a key may not do 403. `GET /api`, `/health`, `/ready`, `/metrics`, `/openapi.json` and
  `/docs` need none.
- Bodies are multipart forms (`curl -F`), urlencoded forms (`curl -d`) or JSON, all with the same fields. Rows are JSON,
  NDJSON or CSV. Any of them may be compressed: `Content-Encoding` gzip or zstd.
- `background=Y` answers at once and works in the database; it is the default of setup, run and retention. A PUT works
  before it answers unless it is told `Y`. POST does what PUT does.
- `X-Request-Id` names a request in answer and log; `traceparent` of W3C is passed on to PostgreSQL in
  `application_name`.
- `Idempotency-Key` on a POST, PUT or DELETE: sent again within a day, the first answer is given again, with the header
  `Idempotency-Replayed: true`, and nothing runs twice. While the first request is under way the answer is 409. A key stands
  for one request: with other fields it is refused (of NDJSON and CSV only the fields in the address are compared).
- A caller who hangs up cancels what they waited for: the node under way is undone, finished nodes stay.
- Whatever has a task says in `Location` where that tells how far it is; `GET /api/ai/get/opt/{id}?wait=30` answers when it
  has ended, or after so many seconds (60 at most). Its steps come 500 at a time: `limit`, and `after` with `next`.
- Flags are `Y` or `N`, in JSON also `true` or `false`. The fields of NDJSON and CSV stand in the address; beside any other
  body a field in the address is refused.
- With `DFA_RATE_LIMIT`, `RateLimit-Limit`, `-Remaining` and `-Reset` say what is left.
- Events have ids: `Last-Event-ID` goes on after one, `?process_id=` hears of one task. An event `missed` says that some were
  lost; the lists tell the state of now.
- The service answers no preflight (CORS): browsers call it from pages of its own origin, others through their server.
- Errors are those of RFC 9457, with `message` as every answer has it. 503 and 429 say in `Retry-After` when to come again.
- Lists take `limit` (at most 500), `sort` (a column, with `-` before it for the other direction) and `after`, which is
  `next` of the page before. That of tasks also takes `id` (the beginning of a process_id), `by`, `type`, `module`, `name`,
  `status`, `from`, `to`, `error` (part of the message of a failed task), `parent` (the task that set it off) and `sqlstate`; `dfa task
  list` takes the same.
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

    /// Rows in a body of their own, as they are piped into curl.
    fn pipe(&mut self, path: &str, kind: &str, body: &str, status: u16) -> Value {
        let reply = self.service.request("PUT", path, kind, &[], body.as_bytes());
        let lines = body.replace('\n', "\\n");
        let words = format!("printf '{lines}' | curl -X PUT -H 'Content-Type: {kind}' --data-binary @-");
        self.note(&words, path, &reply, status)
    }

    /// What a command makes of an answer.
    fn show(&mut self, command: &str, output: &str) {
        self.text.push_str(&format!("\n```sh\n$ {command}\n```\n\n```text\n{}\n```\n", output.trim_end()));
    }

    fn note(&mut self, words: &str, path: &str, reply: &dfa_tests::Reply, status: u16) -> Value {
        reply.assert_status(status);
        let body = reply.json();
        let id = body["process_id"].as_str().unwrap_or_default().to_owned();
        let mut shown = body.clone();
        fix(&mut shown, "", &id);
        let path = hide_ids(path);
        self.text.push_str(&format!(
            "\n```sh\n$ {words} -H \"APIKEY: $APIKEY\" \"$DFA_URL{path}\"\n```\n\n`{status}`\n\n```json\n{}\n```\n",
            serde_json::to_string_pretty(&shown).unwrap()
        ));
        body
    }
}

/// A path whose task has the id of all tasks here.
fn hide_ids(path: &str) -> String {
    let is_id = |part: &&str| part.len() > 20 && part.bytes().all(|byte| byte.is_ascii_digit());
    let ids: Vec<&str> = path.split(['/', '?', '&', '=']).filter(is_id).collect();
    ids.iter().fold(path.to_owned(), |path, id| path.replace(id, ID))
}

const METRICS: [&str; 8] = [
    "# TYPE dfa_build",
    "# TYPE dfa_database",
    "# TYPE dfa_http_request",
    "# TYPE dfa_pool",
    "# TYPE dfa_queue",
    "# TYPE dfa_step",
    "# TYPE dfa_table",
    "# TYPE dfa_tasks",
];
/// What `after` takes: the last row of a page, in hexadecimal.
const CURSOR: &str = "70726f636573735f6964013230323130313035303630303030303030303030303030303031";
const ID: &str = "20210105060000000000000001";

/// What differs from call to call.
fn fix(value: &mut Value, name: &str, id: &str) {
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| fix(value, name, id)),
        Value::Array(items) => items.iter_mut().for_each(|value| fix(value, name, id)),
        Value::Null => {}
        _ if ["process_id", "new_process_id", "parent"].contains(&name) => *value = ID.into(),
        _ if name == "token" => *value = "0123456789abcdef0123456789abcdef".into(),
        _ if name == "expected_seconds" => *value = 0.01.into(),
        _ if name == "next" => *value = CURSOR.into(),
        _ if name == "database" && *value != "up" => *value = "dfa".into(),
        _ if name == "key" => {
            *value = "dfa_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef".into()
        }
        _ if name == "step_id" => *value = 1.into(),
        _ if name == "process_time" || name == "seconds" => *value = 0.01.into(),
        _ if name.ends_with("_at") || ["update_date", "since"].contains(&name) => {
            *value = "2021-01-05T06:00:00+00:00".into()
        }
        Value::String(text) => {
            let today = jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::UTC).date().to_string();
            *text = text.replace(&today, "2021-01-09");
            if !id.is_empty() {
                *text = text.replace(id, ID);
            }
        }
        _ => {}
    }
}

fn until_ended(database: &Database, service: &Service, process_id: &Value) {
    let id = process_id.as_str().unwrap();
    let ended = format!("select status <> 2 from dfa.task_process where process_id = '{id}'");
    service.until("the task ends", |_| ready::value(database, &ended) == "t");
}

#[test]
fn the_document_shows_what_the_service_answers() {
    let (database, service) = rows::platform();
    let fed = "pipeline:fed: {id: fed, nodes: [ai_b], trigger: landed}";
    database.connect().query("select * from dfa.load_catalog($1)", &[&fed]).unwrap();
    let mut transcript = Transcript { service: &service, text: HEAD.to_owned() };
    let it = &mut transcript;

    it.chapter("Is it there?", "The first two in the words that clients know.");
    it.ask("GET", "/api", &[], 200);
    it.ask("GET", "/apikey", &[], 200);
    it.ask("GET", "/health", &[], 200);
    it.ask("GET", "/ready", &[], 200);
    let document = service.get("/openapi.json").assert_status(200).json();
    let paths: Vec<&str> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    it.show("curl -s \"$DFA_URL/openapi.json\" | jq -r '.paths | keys_unsorted[]'", &paths.join("\n"));

    it.chapter("Setup", "Creates what catalogs define: one table, the tables of a pipeline, or everything.");
    it.ask("POST", "/api/ai/run/setup", &["table_name=ai_a", "run_date=2021-01-01", "background=N"], 200);

    let again = [
        "pipeline_name=both",
        "run_date=2021-01-01",
        "drop_before_create=Y",
        "initial_data=A",
        "drop_scheme=N",
    ];
    let begun = it.ask("POST", "/api/ai/run/setup", &again, 200);
    until_ended(&database, &service, &begun["process_id"]);

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
    let ended = format!("select status = 1 from dfa.task_process where process_id = '{id}'");
    service.until("the task is cancelled", |_| ready::value(&database, &ended) == "t");
    it.ask("POST", &format!("/api/ai/tasks/{id}/resume"), &[], 200);
    service.until("the node sleeps again", |_| ready::sleeps(&database));
    service.post(&format!("/api/ai/tasks/{id}/cancel"), "").assert_status(200);
    let told = it.ask("POST", "/api/ai/notify/landed", &[], 200);
    until_ended(&database, &service, &told["started"][0]["process_id"]);
    let range = ["table_name=ai_a", "date_from=2021-01-02", "date_to=2021-01-03"];
    let begun = it.ask("POST", "/api/ai/run/backfill", &range, 200);
    until_ended(&database, &service, &begun["process_id"]);

    it.ask("GET", "/api/ai/preview?module=data&pipeline_name=both&run_date=2099-01-08", &[], 200);

    it.chapter("Tasks", "How far one is, and all of them.");
    it.ask("GET", &format!("/api/ai/get/opt/{}", ran["process_id"].as_str().unwrap()), &[], 200);
    it.ask(
        "GET",
        &format!("/api/ai/get/opt/{}?wait=30&limit=0", ran["process_id"].as_str().unwrap()),
        &[],
        200,
    );
    it.ask("GET", "/api/ai/tasks?status=0&name=both&limit=1", &[], 200);
    it.ask("GET", "/api/ai/tasks/bulk?action=rerun&query=status%3D1%26name%3Dai_a", &[], 200);
    it.ask("POST", "/api/ai/tasks/bulk", &["action=cancel", "query=status%3D1%26name%3Dai_a"], 200);

    let mut stream = BufReader::new(ready::send(&service, "GET /api/ai/events HTTP/1.1", "")).lines();
    assert_eq!(stream.next().unwrap().unwrap(), "HTTP/1.1 200 OK");
    service.until("it listens", |it| it.log().iter().any(|line| line["message"] == "listening for events"));
    let run = service.post(run, "table_name=ai_a&run_date=2021-01-07&background=N").assert_status(200).json();
    let id = run["process_id"].as_str().unwrap();
    let mut events = Vec::new();
    for text in stream.map_while(Result::ok).filter_map(|line| Some(line.strip_prefix("data: ")?.to_owned()))
    {
        let mut event: Value = serde_json::from_str(&text).unwrap();
        if event["process_id"] == id {
            let ends = event["event"] == "task" && event["state"] == "SUCCESS";
            fix(&mut event, "", id);
            events.push(format!("data: {event}"));
            if ends {
                break;
            }
        }
    }
    it.show("curl -N -H \"APIKEY: $APIKEY\" \"$DFA_URL/api/ai/events\"", &events.join("\n\n"));

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
    it.pipe(
        "/api/ai/put/it?run_date=2021-02-01",
        "application/x-ndjson",
        "{\"store\": 4, \"day\": \"2021-02-01\"}\n{\"store\": 5, \"day\": \"2021-02-01\"}\n",
        200,
    );
    it.pipe(
        "/api/ai/put/it?on_error=skip",
        "text/csv",
        "store,day,amount\n6,2021-02-01,2.5\n7,never,\n",
        200,
    );
    let csv = service
        .request("PUT", "/api/ai/put/it?on_error=skip", "text/csv", &[], b"store,day,amount\n7,never,\n")
        .json();
    it.ask("GET", &format!("/api/ai/tasks/{}/rejected", csv["process_id"].as_str().unwrap()), &[], 200);
    let begun = it.send("PUT", put, r#"{"background": "Y", "data": {"store": 8, "day": "2021-02-01"}}"#, 200);
    until_ended(&database, &service, &begun["process_id"]);
    it.send("DELETE", "/api/ai/del/it", r#"{"data": {"store": 1, "day": "2021-02-01"}}"#, 200);
    let old =
        ["table_name=imp_target", "run_date=2021-02-15", "backup_table=Y", "backup_schema=Y", "background=N"];
    it.ask("POST", "/api/ai/run/retention", &old, 200);
    let begun =
        it.ask("POST", "/api/ai/run/retention", &["table_name=imp_target", "run_date=2021-02-15"], 200);
    until_ended(&database, &service, &begun["process_id"]);

    it.chapter("Tables and pipelines", "What is loaded, how far it is, and what was done to it.");
    it.ask("GET", "/api/ai/tables?search=ai_b", &[], 200);
    it.ask("GET", "/api/ai/pipelines?search=both", &[], 200);
    it.ask("GET", "/api/ai/tables/ab/logs?action=common&to=2021-01-05", &[], 200);
    it.ask("GET", "/api/ai/catalogs/src_in", &[], 200);
    it.ask("GET", "/api/ai/get/dpc/ab", &[], 200);

    it.chapter(
        "Catalogs",
        "Files of catalogs in field `data`, one or a list. They are checked without the database, compared with what is in \
         force, and stored, all or nothing unless `strict` is `N`; then setup creates what is new, and the plan is what a \
         migration would change.",
    );
    let more = "src_more: {create: {features: {id: bigint}}}";
    let body = format!(r#"{{"data": {{"source": "catalog/more.yaml", "text": "{more}"}}}}"#);
    it.send("POST", "/api/ai/check/catalogs", &body, 200);
    it.send("POST", "/api/ai/diff/catalogs", &body, 200);
    it.send("POST", "/api/ai/load/catalogs", &body, 200);
    it.ask("GET", "/api/ai/plan?name=src_in", &[], 200);

    it.chapter("Slots", "The times at which schedules were due, and the tasks that ran them.");
    it.ask("GET", "/api/ai/slots?limit=1", &[], 200);

    it.chapter(
        "Why not, and how fresh",
        "Why something does not run, in a sentence and as facts; which tables are late, and because of what: see docs/sql.md.",
    );
    it.ask("GET", "/api/ai/why/ai_a", &[], 200);
    it.ask("GET", "/api/ai/freshness?name=ai_a", &[], 200);

    it.chapter("Pausing", "A pipeline, the workers (`worker`) or everything (`all`), for a reason.");
    it.ask("POST", "/api/ai/pause", &["what=both", "reason=a%20fair", "until=2999-01-01"], 200);
    it.ask("GET", "/api/ai/pause", &[], 200);
    it.ask("POST", "/api/ai/unpause", &["what=both"], 200);

    it.chapter("Notes", "What people leave for each other, on tables, pipelines, tasks and the like.");
    let note = ["kind=table", "name=ai_a", "text=wrong%20before%20June", "until=2999-01-01"];
    it.ask("POST", "/api/ai/notes", &note, 200);
    it.ask("GET", "/api/ai/notes?name=ai_a", &[], 200);
    it.ask("DELETE", "/api/ai/notes/1", &[], 200);

    it.chapter("Files", "That land by themselves: see docs/sql.md.");
    it.ask("GET", "/api/ai/files?state=refused", &[], 200);
    it.ask("POST", "/api/ai/files/skip", &["table=src_in", "path=in/a.csv", "reason=sent%20twice"], 404);

    it.chapter("Incidents", "What went wrong, and whom the service told of it: see docs/notify.md.");
    it.ask("GET", "/api/ai/incidents?name=nothing", &[], 200);
    it.ask("GET", "/api/ai/deliveries", &[], 200);
    it.ask("POST", "/api/ai/channels/nothing/test", &[], 404);

    it.chapter("Keys", "With rights of their own; a key is shown when it is made and never again.");
    it.ask("POST", "/api/ai/keys", &["name=erp", "role=operator", "patterns=src_*,imp_target"], 200);
    it.ask("GET", "/api/ai/keys", &[], 200);
    it.ask("POST", "/api/ai/keys/erp/revoke", &[], 200);

    it.chapter("Metrics", "Of this replica and of the database, for Prometheus.");
    let metrics = service.get("/metrics").assert_status(200).text.clone();
    let mut kinds: Vec<&str> =
        metrics.lines().filter(|line| METRICS.iter().any(|it| line.starts_with(it))).collect();
    kinds.sort_unstable();
    it.show(
        "curl -s \"$DFA_URL/metrics\" | grep -E '^# TYPE dfa_(build|database|http_request|pool|queue|step|table|tasks)' | sort",
        &kinds.join("\n"),
    );

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
