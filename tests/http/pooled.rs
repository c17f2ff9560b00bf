//! Behind a pooler whose sessions are anybody's: who hangs up, and every command.

use crate::pooler::Pooler;
use crate::ready;
use dfa_tests::dfa_with;
use std::net::Shutdown;

#[test]
fn callers_who_hang_up_leave_the_pooler_and_no_task_behind() {
    let database = ready::database();
    let mut pooler = Pooler::start(4);
    let service = pooler.service(&database);
    for day in 1..=4 {
        let head = "POST /api/ai/run/data HTTP/1.1";
        let body = format!("table_name=ai_slow&run_date=2021-02-0{day}&background=N");
        let stream = ready::send(&service, head, &body);
        service.until("the node sleeps", |_| ready::sleeps(&database));
        stream.shutdown(Shutdown::Both).unwrap();
        service.until("its statement is cancelled", |_| !ready::sleeps(&database));
        let ended = "select count(*) from dfa.task_process where status = 1 and process_message like '%its caller went away%'";
        service.until("the task says so", |_| ready::value(&database, ended) == day.to_string());
    }
    assert!(pooler.lives());
    service.get("/ready").assert_status(200);
}

#[test]
fn every_command_works_behind_a_pooler_again_and_again() {
    let database = ready::database();
    let pooler = Pooler::start(2);
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("catalog")).unwrap();
    std::fs::write(folder.path().join("catalog/more.yaml"), "src_more: {create: {features: {id: bigint}}}\n")
        .unwrap();
    let set = folder.path().to_string_lossy().into_owned();
    let environment = pooler.environment();
    // A statement of this name is what a driver leaves on a session that it shares.
    let left = "prepare s0 as select 1";
    let mut settings = pooler.environment();
    settings.push(("PGDATABASE", database.name()));
    for _ in 0..4 {
        let mut psql = std::process::Command::new("psql");
        psql.args([
            "-X",
            "-q",
            "-c",
            left,
            "-U",
            "postgres",
            "-h",
            "127.0.0.1",
            "-p",
            settings[1].1,
            "-d",
            database.name(),
        ]);
        let _ = psql.output();
    }
    for round in 0..3 {
        let date = format!("2021-03-0{}", round + 1);
        let calls: Vec<Vec<&str>> = vec![
            vec!["version"],
            vec!["catalog", "load", &set],
            vec!["init", "--catalog", &set],
            vec!["pipeline", "list"],
            vec!["pipeline", "run", "both", "--run-date", &date],
            vec!["pipeline", "rerun", "both", "--run-date", &date],
            vec!["pipeline", "backfill", "ai_a", "--from", &date, "--to", &date],
            vec!["pipeline", "status", "--steps"],
            vec!["migrate", "--plan"],
            vec!["migrate"],
            vec!["retention"],
            vec!["user", "list"],
        ];
        // Definitions of the database are gone from this folder, which is a difference, and no failure to ask.
        let diff = dfa_with(&database, &environment, &["catalog", "diff", &set]);
        assert!(diff.code == 1 && diff.stdout.contains("src_more"), "{diff:?}");
        for call in calls {
            dfa_with(&database, &environment, &call).assert_success();
        }
    }
}
