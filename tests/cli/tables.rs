//! `dfa migrate` and `dfa retention`.

use dfa_tests::{dfa, Cluster, Database};

fn shop(name: &str) -> Database {
    let database = Cluster::shared().database(name);
    let mut client = database.connect();
    client
        .batch_execute(
            "select * from dfa.load_catalog('src_t: {retention: {column: day, months: 1}, create: {features: {day: date, gone: int}}}', 'x');
             select * from dfa.setup(run_date => '2021-01-01');
             insert into ai.src_t values ('2020-01-01'), ('2021-01-01');
             select * from dfa.load_catalog('src_t: {version: 2021-01-02, retention: {column: day, months: 1}, create: {features: {day: date, n: bigint}}}', 'x')",
        )
        .expect("sets up");
    database
}

#[test]
fn a_plan_is_shown_and_applied_when_losing_data_is_allowed() {
    let database = shop("cli_migrate");
    let plan = dfa(&database, &["migrate", "--plan", "--json"]).assert_success().json();
    assert_eq!(plan[0]["change"], "drop column");
    assert_eq!(plan[0]["loss"], "data");
    assert_eq!(plan[1]["ddl"], "alter table ai.src_t add column n bigint");
    dfa(&database, &["migrate"]).assert_failure(1, &["would lose data", "drop column gone"]);
    dfa(&database, &["migrate", "src_t", "--allow-destructive"]).assert_success();
    let left = dfa(&database, &["migrate", "--plan", "--json"]).assert_success().json();
    assert_eq!(left.as_array().map(Vec::len), Some(0));
}

#[test]
fn retention_tells_rows_cut_and_backup() {
    let database = shop("cli_retention");
    let arguments = ["retention", "src_t", "--run-date", "2021-01-15", "--backup-table", "Y", "--json"];
    let rows = dfa(&database, &arguments).assert_success().json();
    assert_eq!(rows[0]["rows"], 1);
    assert_eq!(rows[0]["cut"], "2020-12-01");
    assert_eq!(rows[0]["backup"], "ai_bk.src_t_bk");
    database.connect().batch_execute("update dfa.data_pipeline set rtt_column = 'gone'").expect("updates");
    dfa(&database, &["retention", "src_t"]).assert_failure(1, &["retention failed for 1 of 1 tables"]);
}

#[test]
fn a_dry_run_tells_what_would_be_done_and_changes_nothing() {
    let database = shop("cli_dry");
    let all = || -> i64 {
        database
            .connect()
            .query_one(
                "select (select count(*) from ai.src_t) + (select count(*) from dfa.task_process)",
                &[],
            )
            .unwrap()
            .get(0)
    };
    let before = all();
    let words = ["retention", "src_t", "--run-date", "2021-01-15", "--dry-run", "--json"];
    assert_eq!(dfa(&database, &words).assert_success().json()[0]["rows"], 1);
    let told = dfa(&database, &words[..5]).assert_success().stdout.clone();
    assert!(told.contains("nothing is changed"), "{told}");
    let set = tempfile::tempdir().unwrap();
    std::fs::write(set.path().join("more.yaml"), "src_more: {create: {features: {id: bigint}}}\n").unwrap();
    let folder = set.path().to_string_lossy().into_owned();
    let told = dfa(&database, &["init", "--catalog", &folder, "--force-drop", "--dry-run"])
        .assert_success()
        .stdout
        .clone();
    assert!(told.contains("src_more") && told.contains("Dropped schema 'ai'"), "{told}");
    assert_eq!(all(), before);
    let dropped =
        dfa(&database, &["init", "--catalog", &folder, "--force-drop"]).assert_success().stdout.clone();
    assert!(dropped.contains("Dropped schema 'ai' of database 'cli_dry' with 1 table"), "{dropped}");
}
