//! Changes by six ways: by REST, by pages, by the command, by plain SQL, by the clock and by triggers. The audit has each.

use dfa_tests::{dfa, dfa_fed, Cluster, Reply, Service};
use std::fmt::Write;
use ureq::http::Request;

const JSON: &str = "application/json";

/// Ten pipelines for the clock, ten for triggers.
fn catalog() -> String {
    let mut text =
        "ai_t: {create: {features: {n: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_t values (1)'}}}\n"
            .to_owned();
    for number in 0..10 {
        writeln!(
            text,
            "pipeline:by_clock_{number}: {{nodes: [ai_t], schedule: everyday_at_05_00}}\npipeline:by_trigger_{number}: {{nodes: [ai_t], trigger: source_{number}}}"
        )
        .unwrap();
    }
    text
}

/// Sends a form as a page of the service does.
fn sent(service: &Service, path: &str, cookie: &str, fields: &str) -> Reply {
    let form = Request::post(service.url(path)).header("Cookie", cookie);
    let form = form.header("Content-Type", "application/x-www-form-urlencoded");
    let form = form.header("Origin", format!("http://{}", service.address()));
    service.send_once(form.header("Sec-Fetch-Site", "same-origin").body(fields.to_owned()).unwrap())
}

/// Kind, name, action and way.
type Change = (String, String, &'static str, &'static str);

#[test]
fn changes_by_six_ways_are_all_found() {
    let database = Cluster::shared().database("http_changes");
    let mut client = database.connect();
    client.query("select * from dfa.load_catalog($1)", &[&catalog()]).unwrap();
    client.query("select * from dfa.setup(run_date => '2021-01-01')", &[]).unwrap();
    client
        .batch_execute(
            "update dfa.task_schedule set started_at = now() where pipeline_name like 'by_trigger%'",
        )
        .unwrap();
    let service = Service::start(&database);
    let mut changes: Vec<Change> = Vec::new();
    let mut note =
        |kind: &str, name: &str, action, way| changes.push((kind.to_owned(), name.to_owned(), action, way));

    // By REST.
    let post = |path: &str, form: &str| service.post(path, form).assert_status(200).json();
    for name in ["one", "two", "three"] {
        post("/api/ai/keys", &format!("name={name}"));
        note("key", name, "insert", "rest");
    }
    post("/api/ai/keys/three/revoke", "");
    note("key", "three", "update", "rest");
    for text in ["first", "second"] {
        let made = post("/api/ai/notes", &format!("kind=pipeline&name=by_clock_0&text={text}"));
        note("note", "by_clock_0", "insert", "rest");
        let path = format!("/api/ai/notes/{}", made["id"]);
        service.request("DELETE", &path, "", &[], b"").assert_status(200);
        note("note", "by_clock_0", "delete", "rest");
    }
    post("/api/ai/run/data", "table_name=ai_t&run_date=2021-01-05&background=N");
    note("table", "ai_t", "run", "rest");
    let load = r#"{"data": {"source": "x.yaml", "text": "src_new: {create: {features: {id: int}}}"}}"#;
    service.post_as("/api/ai/load/catalogs", JSON, &[], load.as_bytes()).assert_status(200);
    note("table", "src_new", "insert", "rest");

    // By pages.
    let password = "correct horse battery";
    dfa_fed(&database, &["user", "add", "otto", "--role", "operator"], &format!("{password}\n"))
        .assert_success();
    let signed_in =
        sent(&service, "/login", "", &format!("user=otto&password={}", password.replace(' ', "+")));
    let cookie = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
    let account =
        Request::get(service.url("/account")).header("Cookie", &cookie).body(String::new()).unwrap();
    let account = service.send_once(account).text;
    let token =
        account.split("name=\"token\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let act = |path: &str, fields: &str| {
        sent(&service, path, &cookie, &format!("token={token}&{fields}")).assert_status(303);
    };
    act("/pause", "name=by_clock_5&reason=a+test");
    note("pause", "by_clock_5", "insert", "web");
    act("/unpause", "name=by_clock_5");
    note("pause", "by_clock_5", "delete", "web");
    act("/note", "kind=table&name=ai_t&text=by+a+page");
    note("note", "ai_t", "insert", "web");

    // By the command.
    let call = |words: &[&str]| {
        dfa(&database, words).assert_success();
    };
    for what in ["by_clock_1", "by_clock_2", "by_clock_3"] {
        call(&["pause", what, "--reason", "a test"]);
        note("pause", what, "insert", "cli");
        call(&["unpause", what]);
        note("pause", what, "delete", "cli");
    }
    for name in ["four", "five"] {
        call(&["key", "add", name]);
        note("key", name, "insert", "cli");
    }
    call(&["note", "add", "table", "ai_t", "by the command"]);
    note("note", "ai_t", "insert", "cli");
    call(&["pipeline", "run", "ai_t", "--run-date", "2021-01-06"]);
    note("table", "ai_t", "run", "cli");

    // By plain SQL.
    let sql = [
        ("insert into dfa.data_parameter (parameter_name, parameter_type, parameter_value) values ('a', 'int', '1')", "parameter", "a", "insert"),
        ("insert into dfa.data_parameter (parameter_name, parameter_type, parameter_value) values ('b', 'int', '1')", "parameter", "b", "insert"),
        ("update dfa.data_parameter set parameter_value = '2' where parameter_name = 'a'", "parameter", "a", "update"),
        ("delete from dfa.data_parameter where parameter_name = 'b'", "parameter", "b", "delete"),
        ("update dfa.data_pipeline set run_count_max = 9 where table_name = 'ai_t'", "watermark", "ai_t", "update"),
        ("update dfa.task_schedule set active_flg = 'N' where pipeline_id = 'by_clock_4'", "schedule", "by_clock_4", "update"),
        ("update dfa.task_schedule set active_flg = 'Y' where pipeline_id = 'by_clock_4'", "schedule", "by_clock_4", "update"),
        ("insert into dfa.notify_channel (channel_name, kind, target) values ('ops', 'webhook', 'https://example.org')", "channel", "ops", "insert"),
        ("insert into dfa.notify_rule (rule_name, events, channels) values ('all', '{failed}', '{ops}')", "rule", "all", "insert"),
        ("delete from dfa.notify_rule", "rule", "all", "delete"),
    ];
    for (statement, kind, name, action) in sql {
        client.batch_execute(statement).unwrap();
        note(kind, name, action, "sql");
    }

    // By the clock, a day from now; and by what succeeded.
    client.query("select * from dfa.tick(now() + interval '1 day')", &[]).unwrap();
    let mark = "update dfa.task_schedule set tracking = 'SUCCESS', update_date = now() where kind = 'source'";
    client.batch_execute(mark).unwrap();
    client.query("select * from dfa.tick(now() + interval '1 day')", &[]).unwrap();
    for number in 0..10 {
        note("pipeline", &format!("by_clock_{number}"), "run", "scheduler");
        note("pipeline", &format!("by_trigger_{number}"), "run", "trigger");
        // The sources were marked by plain SQL, too.
    }

    assert_eq!(changes.len(), 53);
    let mut found: Vec<Change> = Vec::new();
    let mut after = String::new();
    loop {
        let page = service.get(&format!("/api/ai/audit?limit=500{after}")).assert_status(200).json();
        for entry in page["audit"].as_array().unwrap() {
            let text = |member: &str| entry[member].as_str().unwrap_or_default().to_owned();
            let known =
                |words: &[&'static str], given: &str| words.iter().find(|word| **word == given).copied();
            let action = known(&["insert", "update", "delete", "run"], &text("action"));
            let way = known(&["rest", "web", "cli", "sql", "scheduler", "trigger"], &text("way"));
            if let (Some(action), Some(way)) = (action, way) {
                found.push((text("kind"), text("name"), action, way));
            }
            assert!(!entry.to_string().contains("key_hash"), "{entry}");
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    for change in &changes {
        let wanted = changes.iter().filter(|other| *other == change).count();
        let there = found.iter().filter(|other| *other == change).count();
        assert_eq!(there, wanted, "{change:?}");
    }
}
