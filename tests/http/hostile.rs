//! Objects that others made, in schemas that come first in the search path of whoever connects: none of them runs.

use crate::pooler::Pooler;
use dfa_tests::{dfa_with, Cluster, Database, Service};

/// Statements without a name or operator of `pg_catalog`: these have the path of the role, as they should.
const CATALOG: &str = r"
src_in: {create: {features: {id: bigint not null, span: interval, word: varchar(10)}}}
imp_in: {create: {features: {id: bigint primary key, word: varchar(10)}}}
ai_out:
  create: {features: {id: bigint primary key}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_out select id from {ai_schema_name}.src_in on conflict do nothing'}}
pipeline:only: {id: only, nodes: [ai_out]}
";

fn database(name: &str) -> Database {
    let database = Cluster::shared().database(name);
    let mut client = database.connect();
    client.query("select * from dfa.load_catalog($1)", &[&CATALOG]).unwrap();
    client.query("select * from dfa.setup(run_date => '2021-01-01')", &[]).unwrap();
    client.batch_execute(include_str!("hostile.sql")).unwrap();
    database
}

/// That the traps hold: an unqualified name falls into one.
fn assert_traps(database: &Database) {
    for careless in
        ["select 1 + 1", "select upper('a')", "select * from pg_class, pg_namespace where relname is null"]
    {
        let outcome = database.connect().query(careless, &[]);
        let is_caught = match &outcome {
            Err(error) => error
                .as_db_error()
                .is_some_and(|error| error.message().contains("caught") || error.code().code() == "42703"),
            Ok(_) => false,
        };
        assert!(is_caught, "{careless}: {outcome:?}");
    }
}

fn walk(service: &Service) {
    for path in [
        "/ready",
        "/health",
        "/metrics",
        "/api/ai/pipelines?tracking=SUCCESS&search=o&sort=-update_date",
        "/api/ai/tables?type=report&prefix=ai&search=o&sort=data_date",
        "/api/ai/tables/ai_out/logs?status=0&action=common&from=2021-01-01&to=2021-12-31",
        "/api/ai/catalogs/ai_out",
        "/api/ai/tasks?status=0&name=ai_out&module=data&from=2021-01-01&to=2031-01-01",
        "/api/ai/get/dpc/ai_out",
    ] {
        service.get(path).assert_status(200);
    }
    assert!(service.get("/metrics").text.contains("dfa_database_up 1"));
    let run = service.post("/api/ai/run/data", "table_name=ai_out&run_date=2021-01-02&background=N");
    run.assert_status(200);
    let id = run.json()["process_id"].as_str().unwrap().to_owned();
    service.get(&format!("/api/ai/get/opt/{id}")).assert_status(200);
    service.get(&format!("/api/ai/tasks/{id}/rejected")).assert_status(200);
    service.post("/api/ai/run/setup", "table_name=ai_out&background=N").assert_status(200);
    service.post("/api/ai/run/retention", "background=N").assert_status(200);
    service
        .post("/api/ai/run/backfill", "table_name=ai_out&date_from=2021-01-01&date_to=2021-01-02")
        .assert_status(200);
    service.post("/api/ai/notify/outside", "run_date=2021-01-01").assert_problem(404, &["is not known"]);
    let json = "application/json";
    let key = [("Idempotency-Key", "once")];
    for _ in 0..2 {
        let rows = br#"{"data": [{"id": 1, "word": "a"}]}"#;
        service.post_as("/api/ai/put/imp_in", json, &key, rows).assert_status(200);
    }
    service.post_as("/api/ai/put/imp_in", "application/x-ndjson", &[], b"{\"id\": 2}\n").assert_status(200);
    service.post_as("/api/ai/put/imp_in", "text/csv", &[], b"id,word\n3,c\n").assert_status(200);
    service.request("DELETE", "/api/ai/del/imp_in", json, &[], br#"{"data": {"id": 1}}"#).assert_status(200);
    let submitted = service.post("/api/ai/run/data", "pipeline_name=only&run_date=2021-01-03");
    submitted.assert_status(200);
    let id = submitted.json()["process_id"].as_str().unwrap().to_owned();
    service.get(&format!("/api/ai/get/opt/{id}?wait=30")).assert_status(200);
}

#[test]
fn no_object_in_the_way_of_the_service_runs() {
    let database = database("hostile_service");
    assert_traps(&database);
    walk(&Service::start(&database));
}

#[test]
fn behind_a_pooler_neither() {
    let database = database("hostile_pooled");
    let pooler = Pooler::start(2);
    walk(&pooler.service(&database));
    commands(&database, &pooler.environment());
}

#[test]
fn no_object_in_the_way_of_the_commands_runs() {
    let database = database("hostile_commands");
    commands(&database, &[]);
}

fn commands(database: &Database, environment: &[(&str, &str)]) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    write("set/catalog/all.yaml", CATALOG);
    let set = folder.path().join("set").to_str().unwrap().to_owned();
    let csv = write("a.csv", "id,span,word\n1,1 day,a\n2,2 days,b\n");
    let ndjson = write("a.ndjson", "{\"id\": 3, \"span\": \"3 days\"}\n");
    for call in [
        vec!["version"],
        vec!["catalog", "load", &set],
        vec!["catalog", "diff", &set],
        vec!["load", "-t", "src_in", "-f", &csv, "--truncate"],
        vec!["load", "-t", "src_in", "-f", &ndjson],
        vec!["pipeline", "list"],
        vec!["pipeline", "run", "only", "--run-date", "2021-02-01", "--dry-run"],
        vec!["pipeline", "run", "only", "--run-date", "2021-02-01"],
        vec!["pipeline", "backfill", "ai_out", "--from", "2021-02-02", "--to", "2021-02-03"],
        vec!["pipeline", "status", "--steps"],
        vec!["migrate", "--plan"],
        vec!["migrate"],
        vec!["retention", "--dry-run"],
        vec!["user", "list"],
    ] {
        dfa_with(database, environment, &call).assert_success();
    }
}
