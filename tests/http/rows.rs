//! Rows in and out: PUT, DELETE, retention.

use crate::ready;
use dfa_tests::{Database, Service};

const TARGETS: &str = "
imp_target:
  retention: {column: day, months: 12}
  create:
    features: {store: int, day: date, amount: 'numeric(14,2)', note: 'varchar(5)'}
    primary_key: [store, day]
";
const JSON: &str = "application/json";

pub fn platform() -> (Database, Service) {
    let (database, service) = ready::service();
    load_targets(&database);
    (database, service)
}

/// The same for a database of one's own.
pub fn fill(database: &Database) {
    ready::fill(database);
    load_targets(database);
}

fn load_targets(database: &Database) {
    let mut client = database.connect();
    client.query("select * from dfa.load_catalog($1)", &[&TARGETS]).unwrap();
    client.query("select * from dfa.setup('imp_target', run_date => '2021-01-01')", &[]).unwrap();
}

fn kept(database: &Database) -> String {
    ready::value(database, "select string_agg(concat_ws('|', store, day, amount, note), ',' order by store, day) from ai.imp_target")
}

#[test]
fn rows_are_put_and_deleted_by_their_key() {
    let (database, service) = platform();
    let body = r#"{"data": [{"store": 1, "day": "2021-02-01", "amount": 1.5}, {"store": 2, "day": "2021-02-01", "note": "'; --"}]}"#;
    let put = service.request("PUT", "/api/ai/put/it", JSON, &[], body.as_bytes()).assert_status(200).json();
    assert_eq!(
        put["message"],
        "Success: Load data to 'imp_target' with logging value (success 2 rows, failed 0 rows, 0 sec)"
    );
    assert_eq!((&put["success_rows"], &put["status"]), (&2.into(), &0.into()));
    assert_eq!(kept(&database), "1|2021-02-01|1.50,2|2021-02-01|'; --");
    let update = r#"{"mode": "update", "data": {"store": 1, "day": "2021-02-01", "amount": 7}}"#;
    service.request("PUT", "/api/ai/put/imp_target", JSON, &[], update.as_bytes()).assert_status(200);
    let keys = r#"{"data": {"store": 2, "day": "2021-02-01"}}"#;
    service.request("DELETE", "/api/ai/del/it", JSON, &[], keys.as_bytes()).assert_status(200);
    assert_eq!(kept(&database), "1|2021-02-01|7.00");
}

#[test]
fn one_bad_row_refuses_all_or_is_left_out_as_asked() {
    let (database, service) = platform();
    let rows = r#"[{"store": 1, "day": "2021-02-30"}, {"store": 2, "day": "2021-02-01"}]"#;
    let put = |on_error: &str| {
        let body = format!(r#"{{"on_error": "{on_error}", "data": {rows}}}"#);
        service.request("PUT", "/api/ai/put/it", JSON, &[], body.as_bytes())
    };
    put("reject").assert_problem(422, &["2021-02-30", "day"]);
    assert_eq!(kept(&database), "");
    let skipped = put("skip").assert_status(200).json();
    assert_eq!((&skipped["success_rows"], &skipped["failed_rows"]), (&1.into(), &1.into()), "{skipped}");
    assert_eq!(kept(&database), "2|2021-02-01");
}

#[test]
fn what_is_no_row_is_told_and_changes_nothing() {
    let (database, service) = platform();
    let deep = format!(r#"{{"data": {}}}"#, "[".repeat(100_000));
    let cases = [
        (JSON, r#"{"data": "x"}"#, 422),
        (JSON, r#"{"data": [{"shop": 1}]}"#, 422),
        (JSON, r#"{"date": []}"#, 422),
        (JSON, "{}", 422),
        (JSON, &deep, 400),
        (JSON, r#"{"data": [{"store": 1]}"#, 400),
        ("application/x-www-form-urlencoded", "data=1", 415),
        ("application/x-ndjson", "{\"store\": 1, \"day\": \"2021-02-01\"}\n{\"store\"\n", 400),
        ("text/csv", "store,day\n1\n", 400),
    ];
    for (kind, body, status) in cases {
        service.request("PUT", "/api/ai/put/it", kind, &[], body.as_bytes()).assert_problem(status, &[]);
    }
    service.request("PUT", "/api/ai/put/nothing", JSON, &[], br#"{"data": []}"#).assert_problem(404, &[]);
    assert_eq!(kept(&database), "");
}

#[test]
fn lines_are_taken_as_they_come_and_together_or_not_at_all() {
    let (database, service) = platform();
    let lines: String =
        (1..=25_000).map(|store| format!("{{\"store\": {store}, \"day\": \"2021-02-01\"}}\n")).collect();
    let path = "/api/ai/put/it?mode=insert";
    let put = |body: &str| service.request("PUT", path, "application/x-ndjson", &[], body.as_bytes());
    put(&format!("{lines}{{\"store\": 0, \"day\": \"never\"}}\n"))
        .assert_problem(422, &["never", "row 25001"]);
    assert_eq!(ready::value(&database, "select count(*) from ai.imp_target"), "0");
    assert_eq!(put(&lines).assert_status(200).json()["success_rows"], 25_000);
    let skipped = service
        .request(
            "PUT",
            "/api/ai/put/it?on_error=skip",
            "text/csv",
            &[],
            format!("store,day\n{}", "1,2021-02-01\n".repeat(10_000) + "1,never\n").as_bytes(),
        )
        .assert_status(200)
        .json();
    assert_eq!(skipped["rejected"][0]["position"], 10_001, "{skipped}");
    let csv = "store,day,amount\n1,2021-03-01,2.5\n2,2021-03-01,\n";
    service.request("PUT", path, "text/csv", &[], csv.as_bytes()).assert_status(200);
    assert_eq!(
        ready::value(&database, "select sum(amount) from ai.imp_target where day = '2021-03-01'"),
        "2.50"
    );
}

#[test]
fn a_put_that_is_sent_again_is_taken_once() {
    let (database, service) = platform();
    let send = || {
        let body = br#"{"data": {"store": 1, "day": "2021-02-01"}}"#;
        service.request("PUT", "/api/ai/put/it", JSON, &[("Idempotency-Key", "put")], body)
    };
    let (first, second) = (send(), send());
    assert_eq!(first.assert_status(200).text, second.assert_status(200).text);
    let logged = "select count(*) from dfa.data_logging where action_type = 'ingestion'";
    assert_eq!(ready::value(&database, logged), "1");
}

#[test]
fn rows_in_the_background_are_kept_until_a_worker_takes_them() {
    let (database, service) = platform();
    let task_of = |kind: &str, path: &str, body: &str| {
        let begun = service.request("PUT", path, kind, &[], body.as_bytes()).assert_status(200).json();
        assert!(
            begun["message"]
                .as_str()
                .unwrap()
                .starts_with("Start running process_name: 'imp_target' in background"),
            "{begun}"
        );
        let id = begun["process_id"].as_str().unwrap().to_owned();
        let ended = format!("select status <> 2 from dfa.task_process where process_id = '{id}'");
        service.until("the task ends", |_| ready::value(&database, &ended) == "t");
        service.get(&format!("/api/ai/get/opt/{id}")).assert_status(200).json()
    };
    let good =
        r#"{"background": "Y", "run_date": "2021-02-02", "data": [{"store": 1, "day": "2021-02-01"}]}"#;
    let task = task_of(JSON, "/api/ai/put/it", good);
    assert_eq!(
        task["message"],
        "[ run_date: 2021-02-02 ]\nSuccess: Load data to 'imp_target' with logging value (success 1 row, failed 0 rows, 0 sec)"
    );
    let lines: String =
        (2..=12_000).map(|store| format!("{{\"store\": {store}, \"day\": \"2021-02-01\"}}\n")).collect();
    let task = task_of("application/x-ndjson", "/api/ai/put/it?background=Y", &lines);
    assert_eq!((&task["status"], &task["logging"]), (&0.into(), &11_999.into()), "{task}");
    assert_eq!(ready::value(&database, "select count(*) from ai.imp_target"), "12000");
    assert_eq!(ready::value(&database, "select count(*) from dfa.ingest_payload"), "0");
    // A row that is refused fails the task and changes nothing; it says which one.
    let bad = r#"{"background": "Y", "data": [{"store": 1, "day": "2021-03-01"}, {"store": 2, "day": "2021-02-30"}]}"#;
    let task = task_of(JSON, "/api/ai/put/it", bad);
    assert_eq!(
        (&task["status"], &task["steps"][0]["error"]["sqlstate"]),
        (&1.into(), &"DF011".into()),
        "{task}"
    );
    assert_eq!(ready::value(&database, "select count(*) from ai.imp_target"), "12000");
    let skip = bad.replace("{\"background", "{\"on_error\": \"skip\", \"background");
    assert!(task_of(JSON, "/api/ai/put/it", &skip)["message"]
        .as_str()
        .unwrap()
        .contains("Refused: row 2, column"));
    assert_eq!(ready::value(&database, "select count(*) from ai.imp_target"), "12001");
    assert_eq!(ready::value(&database, "select count(*) from dfa.rejected_row"), "1");
}

#[test]
fn clients_of_old_put_by_post() {
    let (database, service) = platform();
    let body = br#"{"background": "N", "ingest_mode": "merge", "update_date": "2021-11-01 02:11:00",
                    "data": [{"store": 1, "data_merge": [{"day": "2021-02-01"}, {"day": "2021-02-02"}]}]}"#;
    let reply = service.post_as("/api/ai/put/it", JSON, &[], body);
    assert!(reply.assert_status(200).message().contains("success 2 rows"), "{}", reply.text);
    assert_eq!(kept(&database), "1|2021-02-01,1|2021-02-02");
}

#[test]
fn a_body_without_a_row_is_told_alike_in_each_form() {
    let (_, service) = platform();
    for (kind, body) in
        [(JSON, r#"{"data": []}"#), ("application/x-ndjson", "\n"), ("text/csv", "store,day\n")]
    {
        service
            .request("PUT", "/api/ai/put/it", kind, &[], body.as_bytes())
            .assert_problem(422, &["payload", "at least one object"]);
    }
}

#[test]
fn retention_deletes_what_is_old_and_keeps_a_copy() {
    let (database, service) = platform();
    database
        .connect()
        .batch_execute("insert into ai.imp_target values (1, '2019-01-01'), (1, '2021-01-01')")
        .unwrap();
    let form = "table_name=imp_target&run_date=2021-02-15&backup_table=Y&backup_schema=Y&background=N";
    let reply = service.post("/api/ai/run/retention", form);
    assert!(reply.assert_status(200).message().contains("imp_target"), "{}", reply.text);
    assert!(reply.json()["process_id"].is_string(), "{}", reply.text);
    assert_eq!(kept(&database), "1|2021-01-01");
    assert_eq!(ready::value(&database, "select count(*) from ai_bk.imp_target_bk"), "2");
}
