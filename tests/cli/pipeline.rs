//! `dfa pipeline`

use dfa_tests::{dfa, dfa_begun, dfa_with, Cluster, Database};

const CATALOG: &str = r"
src_in: {create: {features: {id: bigint not null}}}
ai_a:
  create: {features: {id: bigint primary key}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_a select id from {ai_schema_name}.src_in on conflict do nothing'}}
ai_b:
  create: {features: {id: bigint primary key, half: numeric}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_b select id, 1 / (id - 2) from {ai_schema_name}.ai_a'}}
pipeline:both: {id: both, nodes: [ai_a, ai_b]}
";

fn ready(name: &str) -> Database {
    let database = Cluster::shared().database(name);
    let mut client = database.connect();
    client.query("select * from dfa.load_catalog($1)", &[&CATALOG]).unwrap();
    client.query("select * from dfa.setup(run_date => '2021-01-01')", &[]).unwrap();
    client.batch_execute("insert into ai.src_in values (1), (3)").unwrap();
    database
}

#[test]
fn a_run_shows_each_node_and_status_shows_the_task() {
    let database = ready("cli_run");
    let answer = dfa(&database, &["pipeline", "run", "both", "--run-date", "2021-01-05"]);
    let stdout = &answer.assert_success().stdout;
    assert!(stdout.contains("ai_a") && stdout.contains("ai_b") && stdout.contains("SUCCESS"), "{stdout}");
    let status = dfa(&database, &["--json", "pipeline", "status", "both"]).assert_success().json();
    assert_eq!(status[0]["status"], "SUCCESS");
    assert_eq!(status[0]["run_dates"], "2021-01-05");
    assert_eq!(
        (&status[0]["steps"][1]["node"], &status[0]["steps"][1]["state"]),
        (&"ai_b".into(), &"SUCCESS".into())
    );
    let with_steps =
        dfa(&database, &["pipeline", "status", "both", "--steps"]).assert_success().stdout.clone();
    assert!(with_steps.contains("Steps of") && with_steps.contains("ai_b"), "{with_steps}");
    let none = dfa(&database, &["pipeline", "status", "nothing"]).assert_success().stdout.clone();
    assert_eq!(none, "(no tasks yet)\n");
    let list = dfa(&database, &["--json", "pipeline", "list"]).assert_success().json();
    assert_eq!((&list[0]["id"], &list[0]["nodes"]), (&"both".into(), &2.into()));
}

#[test]
fn a_failed_node_ends_the_command_with_1_and_tells_its_whole_story() {
    let database = ready("cli_run_failed");
    database.connect().batch_execute("insert into ai.src_in values (2)").unwrap();
    let answer = dfa(&database, &["pipeline", "run", "both", "--run-date", "2021-01-05"]);
    let words = [
        "'both' failed in ai_b",
        "division by zero",
        "SQLSTATE: 22012",
        "PROCESS: fill",
        "STATEMENT: insert into ai.ai_b",
    ];
    answer.assert_failure(1, &words);
    // For a machine it is one document: the steps beside the error.
    let document =
        dfa(&database, &["--json", "pipeline", "rerun", "both", "--run-date", "2021-01-05"]).json();
    assert_eq!((&document["sqlstate"], &document["status"]), (&"22012".into(), &1.into()), "{document}");
    assert_eq!(document["steps"][1]["error"]["process"], "fill", "{document}");
    let id = document["process_id"].as_str().unwrap();
    let status = dfa(&database, &["pipeline", "status", "--process-id", id]).assert_success().stdout.clone();
    assert!(status.contains("ai_b of 2021-01-05") && status.contains("22012"), "{status}");
    dfa(&database, &["pipeline", "status", "--process-id", "1"])
        .assert_failure(1, &["task '1' is not known"]);
}

#[test]
fn a_backfill_is_followed_to_its_end() {
    let database = ready("cli_backfill");
    let range = ["--from", "2021-01-02", "--to", "2021-01-04"];
    let call = |more: &[&str]| {
        let words = ["--json", "pipeline", "backfill", "ai_a"].iter().chain(&range).chain(more).copied();
        dfa(&database, &words.collect::<Vec<_>>())
    };
    let done = call(&[]).assert_success().json();
    assert_eq!((&done["status"], done["steps"].as_array().unwrap().len()), (&0.into(), 3), "{done}");
    let nothing = call(&["--only-gaps"]).assert_success().json();
    assert_eq!(nothing["message"], "Success: 'ai_a' has nothing to backfill");
    let begun = call(&["--background"]).assert_success().json();
    assert_eq!(begun["status"], 2);
    database.connect().query("select dfa.wait($1)", &[&begun["process_id"].as_str().unwrap()]).unwrap();
    database.connect().batch_execute("insert into ai.src_in values (2)").unwrap();
    dfa(&database, &["pipeline", "backfill", "both", "--from", "2021-01-05", "--to", "2021-01-05"])
        .assert_failure(1, &["'both' failed"]);
    dfa(&database, &["pipeline", "backfill", "both", "--from", "2021-01-05", "--to", "2021-01-01"])
        .assert_failure(1, &["from", "2021-01-01"]);
}

#[test]
fn a_rerun_takes_a_date_that_the_watermark_has_passed() {
    let database = ready("cli_rerun");
    dfa(&database, &["pipeline", "run", "ai_a", "--run-date", "2021-01-05"]).assert_success();
    let refused = dfa(&database, &["--json", "pipeline", "run", "ai_a", "--run-date", "2021-01-04"]);
    assert_eq!(refused.code, 1);
    assert!(refused.stdout.contains("Please check value of `run_date`"), "{}", refused.stdout);
    dfa(&database, &["pipeline", "rerun", "ai_a", "--run-date", "2021-01-04"]).assert_success();
    dfa(&database, &["pipeline", "run", "nothing"]).assert_failure(1, &["'nothing' is not known"]);
}

#[test]
fn a_signal_cancels_the_run_and_says_what_became_of_it() {
    const SLOW: &str = "
ai_slow:
  create: {features: {id: bigint}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_slow select id from {ai_schema_name}.src_in where pg_sleep(600)::text is not null'}}
pipeline:slow: {id: slow, nodes: [ai_a, ai_slow, ai_b]}
";
    let database = ready("cli_signals");
    let mut client = database.connect();
    client.query("select * from dfa.load_catalog($1)", &[&SLOW]).unwrap();
    client.query("select * from dfa.setup(run_date => '2021-01-01')", &[]).unwrap();
    let sleeps =
        "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()";
    let mut count = || -> i64 { client.query_one(sleeps, &[]).unwrap().get(0) };
    for (signal, code, words) in [("TERM", 143, "stopped by SIGTERM"), ("INT", 130, "stopped by Ctrl-C")] {
        let child = dfa_begun(&database, &["pipeline", "rerun", "slow", "--run-date", "2021-01-05"]);
        while count() == 0 {
            std::thread::yield_now();
        }
        dfa_tests::signal(signal, i32::try_from(child.pid()).unwrap());
        let answer = child.wait();
        answer.assert_failure(
            code,
            &[words, "The run of 'slow' is cancelled", "dfa pipeline status --process-id"],
        );
        assert_eq!(count(), 0);
        let status =
            dfa(&database, &["--json", "pipeline", "status", "slow", "--last", "1"]).assert_success().json();
        assert_eq!(status[0]["status"], "FAILED", "{status}");
        assert_eq!(status[0]["steps"][0]["state"], "SUCCESS", "{status}");
        assert_eq!(status[0]["steps"][2]["state"], "CANCELLED", "{status}");
    }
}

#[test]
fn a_narrow_terminal_gets_blocks_and_whole_ids() {
    let database = ready("cli_narrow");
    dfa(&database, &["pipeline", "backfill", "ai_a", "--from", "2021-01-02", "--to", "2021-01-31"])
        .assert_success();
    let narrow =
        dfa_with(&database, &[("COLUMNS", "80")], &["pipeline", "status"]).assert_success().stdout.clone();
    let id: String =
        database.connect().query_one("select max(process_id) from dfa.task_process", &[]).unwrap().get(0);
    assert!(narrow.contains(&id), "{narrow}");
    assert!(narrow.contains("lines more") && narrow.lines().count() < 30, "{narrow}");
}

#[test]
fn a_dry_run_of_a_pipeline_or_a_backfill_leaves_nothing() {
    let database = ready("cli_rehearsed");
    let state = || -> String {
        let sql =
            "select concat_ws('|', (select count(*) from ai.ai_a), (select count(*) from dfa.task_process),
            (select string_agg(run_date::text, ',' order by table_name) from dfa.data_pipeline))";
        database.connect().query_one(sql, &[]).unwrap().get(0)
    };
    let before = state();
    let run = |how: &str| {
        let words = ["--json", "pipeline", "run", "both", "--run-date", "2021-01-05", how];
        dfa(&database, &words).assert_success().json()
    };
    let rehearsed = run("--rehearse");
    assert_eq!(
        (&rehearsed[0]["node"], &rehearsed[0]["rows"], &rehearsed[1]["node"]),
        (&"ai_a".into(), &2.into(), &"ai_b".into()),
        "{rehearsed}"
    );
    let seen = run("--dry-run");
    let first = &seen["steps"][0];
    assert_eq!(
        (&first["node"], &first["action"], &first["cause"]),
        (&"ai_a".into(), &"common".into(), &"asked".into())
    );
    assert!(
        !first["reason"].as_str().unwrap().is_empty() && !seen["token"].as_str().unwrap().is_empty(),
        "{seen}"
    );
    let range =
        ["--json", "pipeline", "backfill", "ai_a", "--from", "2021-01-02", "--to", "2021-01-04", "--dry-run"];
    let seen = dfa(&database, &range).assert_success().json();
    let steps = seen["steps"].as_array().unwrap();
    assert_eq!((steps.len(), &steps[0]["run_date"]), (3, &"2021-01-02".into()), "{seen}");
    assert!(steps.iter().all(|step| step["reason"].is_string() && step["cause"] == "asked"), "{seen}");
    assert_eq!(state(), before);
}
