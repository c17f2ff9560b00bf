//! `dfa pipeline`

use dfa_tests::{dfa, Cluster, Database};

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
    let list = dfa(&database, &["--json", "pipeline", "list"]).assert_success().json();
    assert_eq!((&list[0]["id"], &list[0]["nodes"]), (&"both".into(), &2.into()));
}

#[test]
fn a_failed_node_ends_the_command_with_1_and_says_where_to_look() {
    let database = ready("cli_run_failed");
    database.connect().batch_execute("insert into ai.src_in values (2)").unwrap();
    let answer = dfa(&database, &["pipeline", "run", "both", "--run-date", "2021-01-05"]);
    answer.assert_failure(1, &["'both' failed", "dfa.task_step"]);
    assert!(answer.stdout.contains("division by zero"), "{}", answer.stdout);
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
