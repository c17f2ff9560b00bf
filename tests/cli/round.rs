//! The commands of the daily round: new, deploy, show, log, gaps, lineage, render, explain, why, pause.

use dfa_tests::{dfa, dfa_in, Answer, Cluster, Database};
use std::path::Path;

/// A folder of `dfa new` that is set up, loaded and run.
fn shop(name: &str) -> (Database, tempfile::TempDir) {
    let database = Cluster::shared().plain_database(name);
    let folder = tempfile::tempdir().unwrap();
    let call = |words: &[&str]| {
        dfa_in(folder.path(), &database, words).assert_success();
    };
    call(&["new", "shop"]);
    call(&["catalog", "check", "shop"]);
    call(&["init", "--catalog", "shop", "--run-date", "2026-01-01"]);
    call(&["load", "-t", "src_sale", "shop/sample/sale.csv"]);
    call(&["pipeline", "run", "sale_daily", "--run-date", "2026-01-03"]);
    (database, folder)
}

fn deploy(folder: &Path, database: &Database, words: &[&str]) -> Answer {
    dfa_in(folder, database, &[&["--json", "deploy", "shop"], words].concat())
}

fn value(database: &Database, sql: &str) -> String {
    database.connect().query_one(sql, &[]).unwrap().get(0)
}

#[test]
fn a_new_folder_works_as_it_says() {
    let (database, folder) = shop("cli_new");
    let sums =
        "select string_agg(concat_ws(' ', day, city, amount), ', ' order by day, city) from ai.ai_sale_daily";
    assert_eq!(
        value(&database, sums),
        "2026-01-02 Hamburg 15.00, 2026-01-02 Leipzig 7.00, 2026-01-03 Leipzig 1.25"
    );
    dfa_in(folder.path(), &database, &["new", "shop"]).assert_failure(2, &["folder 'shop' is not empty"]);
}

#[test]
fn what_is_known_of_a_name_is_shown() {
    let (database, _folder) = shop("cli_look");
    let says = |words: &[&str], expected: &[&str]| {
        let answer = dfa(&database, words);
        answer.assert_success();
        for word in expected {
            assert!(answer.stdout.contains(word), "{words:?}: '{word}' is not in:\n{}", answer.stdout);
        }
    };
    says(&["show", "sale_daily"], &["schedule", "everyday_at_05_00", "SUCCESS", "2026-01-03"]);
    // A table that ran as a node of a pipeline did run.
    says(&["show", "asd"], &["ai_sale_daily", "Sales of a day by city", "data date", "SUCCESS"]);
    says(&["log", "ai_sale_daily"], &["2026-01-03", "common", "SUCCESS"]);
    says(&["gaps", "ai_sale_daily", "--from", "2026-01-01", "--to", "2026-01-03"], &["(no gaps)"]);
    // Those that follow upon each other are one row, with the command that runs them.
    says(
        &["gaps", "ai_sale_daily", "--from", "2026-01-01", "--to", "2026-01-05"],
        &[
            "│ 2026-01-04 ┆ 2026-01-05 ┆         2 ┆ missing",
            "dfa pipeline backfill ai_sale_daily --from 2026-01-04 --to 2026-01-05 --only-gaps",
        ],
    );
    says(
        &["gaps", "sale_daily", "--from", "2026-01-04", "--to", "2026-01-05"],
        &["ai_sale_daily ┆ 2026-01-04", "dfa pipeline backfill sale_daily"],
    );
    says(&["gaps", "src_sale", "--from", "2026-01-01", "--to", "2026-01-05"], &["(no gaps)"]);
    says(&["freshness"], &["ai_sale_daily", "src_sale", "fresh"]);
    says(&["show", "asd"], &["freshness", "fresh"]);
    says(&["show", "sale_daily"], &["nodes", "ai_sale_daily"]);
    says(&["lineage", "ai_sale_daily"], &["src_sale", "src_shop", "collect"]);
    says(
        &["render", "ai_sale_daily", "--run-date", "2026-01-05"],
        &["-- collect 1", "insert into ai.ai_sale_daily", "< '2026-01-06'"],
    );
    says(&["explain", "ai_sale_daily"], &["-- collect 1", "Insert on ai_sale_daily"]);
    says(&["why", "sale_daily"], &["sale_daily: "]);
    for command in ["show", "log", "gaps", "render", "explain", "why"] {
        dfa(&database, &[command, "ai_sale_dialy"]).assert_failure(1, &["is not known", "ai_sale_daily"]);
    }
    let shown = dfa(&database, &["--json", "show", "sale_daily"]).assert_success().json();
    assert_eq!(
        (&shown["facts"]["kind"], &shown["tasks"][0]["status"]),
        (&"pipeline".into(), &"SUCCESS".into())
    );
}

#[test]
fn in_the_morning_one_command_tells_what_is_wrong_and_another_what_to_do() {
    let (database, _folder) = shop("cli_status");
    let well = dfa(&database, &["status"]);
    well.assert_success();
    assert!(well.stdout.contains("All is well: 3 tables"), "{}", well.stdout);
    database
        .connect()
        .batch_execute("alter table ai.ai_sale_daily add constraint none check (false) not valid")
        .unwrap();
    dfa(&database, &["pipeline", "rerun", "sale_daily", "--run-date", "2026-01-03"])
        .assert_failure(1, &["none"]);
    dfa(&database, &["pause", "sale_daily", "--reason", "a fair"]).assert_success();
    let wrong = dfa(&database, &["status"]);
    wrong.assert_success();
    for words in ["Held", "a fair", "Wrong", "failed", "sale_daily", "dfa why NAME"] {
        assert!(wrong.stdout.contains(words), "'{words}' is not in:\n{}", wrong.stdout);
    }
    let why = dfa(&database, &["why", "sale_daily"]);
    assert!(why.stdout.contains("dfa unpause sale_daily"), "{}", why.stdout);
    dfa(&database, &["unpause", "sale_daily"]).assert_success();
    let why = dfa(&database, &["why", "sale_daily"]);
    let task = value(&database, "select process_id from dfa.task_process where status = 1");
    for command in [format!("dfa pipeline status --process-id {task}"), format!("dfa task resume id={task}")]
    {
        assert!(why.stdout.contains(&command), "'{command}' is not in:\n{}", why.stdout);
    }
    let told = dfa(&database, &["--json", "status"]).assert_success().json();
    assert_eq!((&told["wrong"][0]["name"], &told["held"]), (&"sale_daily".into(), &serde_json::json!([])));
}

#[test]
fn a_hint_is_a_command_at_a_terminal() {
    let (database, _folder) = shop("cli_hint");
    for (words, hint) in [
        (
            &["pipeline", "run", "sale_daily", "--run-date", "2026-01-02"][..],
            "dfa pipeline backfill ai_sale_daily --from 2026-01-02 --to 2026-01-03",
        ),
        (&["why", "nothing_like_it"][..], "`dfa freshness`"),
        (&["pipeline", "status", "--process-id", "1"][..], "`dfa pipeline status`"),
    ] {
        let answer = dfa(&database, words);
        answer.assert_failure(1, &[hint]);
        assert!(!answer.stderr.contains("SELECT "), "{}", answer.stderr);
    }
}

#[test]
fn a_pause_is_told_with_its_reason_and_ended() {
    let (database, _folder) = shop("cli_pause");
    dfa(&database, &["pause", "sale_daily"]).assert_failure(2, &["--reason"]);
    dfa(&database, &["pause", "sale_daily", "--reason", "a fair", "--until", "2001-01-01"])
        .assert_failure(1, &["2001"]);
    dfa(&database, &["pause", "sale_daily", "--reason", "a fair"]).assert_success();
    let why = dfa(&database, &["why", "sale_daily"]);
    assert!(why.stdout.contains("paused by postgres: a fair"), "{}", why.stdout);
    dfa(&database, &["unpause", "sale_daily"]).assert_success();
    let again = dfa(&database, &["unpause", "sale_daily"]);
    assert!(again.stdout.contains("was not paused"), "{}", again.stdout);
}

#[test]
fn a_deployment_is_all_of_it_or_nothing_and_asks_before_loss() {
    let (database, folder) = shop("cli_deploy");
    let catalog = folder.path().join("shop/catalog/sale.yaml");
    let text = std::fs::read_to_string(&catalog).unwrap();
    let write = |text: String| std::fs::write(&catalog, text).unwrap();
    let columns = || {
        value(&database, "select string_agg(attname::text, ',' order by attnum) from pg_attribute where attrelid = 'ai.src_shop'::regclass and attnum > 0 and not attisdropped")
    };

    let nothing = deploy(folder.path(), &database, &[]).assert_success().json();
    assert_eq!((&nothing["changes"], &nothing["plan"]), (&serde_json::json!([]), &serde_json::json!([])));

    let more = text
        .replace("{shop: int not null, city: text}", "{shop: int not null, city: text, opened: date}")
        + "\nsrc_new: {create: {features: {id: bigint}}}\n";
    write(more.clone());
    let rehearsed = deploy(folder.path(), &database, &["--dry-run"]).assert_success().json();
    assert!(rehearsed["message"].as_str().unwrap().starts_with("Would deploy 2 definitions"), "{rehearsed}");
    assert_eq!(columns(), "shop,city");
    deploy(folder.path(), &database, &[]).assert_success();
    assert_eq!(columns(), "shop,city,opened");
    assert_eq!(value(&database, "select to_regclass('ai.src_new')::text"), "ai.src_new");

    // A column that goes takes its values with it.
    write(more.replace(", opened: date", ""));
    deploy(folder.path(), &database, &[]).assert_failure(1, &[]);
    let refused = dfa_in(folder.path(), &database, &["deploy", "shop"]);
    refused.assert_failure(
        1,
        &["1 change would lose data; nothing was changed", "src_shop", "--allow-destructive"],
    );
    assert_eq!(columns(), "shop,city,opened");
    assert_eq!(value(&database, "select (document::text like '%opened%')::text from dfa.catalog where current and name = 'src_shop'"), "true");
    deploy(folder.path(), &database, &["--allow-destructive"]).assert_success();
    assert_eq!(columns(), "shop,city");

    // What cannot be set up undoes all of it.
    write(format!("{text}\nview:v_bad: {{statement: 'create view {{ai_schema_name}}.v_bad as select * from {{ai_schema_name}}.nowhere'}}\nsrc_other: {{create: {{features: {{id: bigint}}}}}}\n"));
    dfa_in(folder.path(), &database, &["deploy", "shop"])
        .assert_failure(1, &["relation \"ai.nowhere\" does not exist"]);
    assert_eq!(
        value(
            &database,
            "select count(*)::text from dfa.catalog where current and name in ('src_other', 'v_bad')"
        ),
        "0"
    );
    write("src_sale: {create: {features: {}".to_owned());
    dfa_in(folder.path(), &database, &["deploy", "shop"])
        .assert_failure(1, &["error", "nothing was changed"]);

    // What is in force in a later version stays so, and a folder that says something else is told.
    write(text.replace("src_shop:\n", "src_shop:\n  version: 2026-05-01\n"));
    deploy(folder.path(), &database, &[]).assert_success();
    write(text.clone());
    dfa_in(folder.path(), &database, &["deploy", "shop"]).assert_failure(
        1,
        &[
            "a later version of 1 definition is in force; nothing was changed",
            "table src_shop of version 1990-01-01",
        ],
    );

    // What the folder does not hold goes when that is asked for.
    write(text.replace("src_shop:\n", "src_shop:\n  version: 2026-05-01\n"));
    deploy(folder.path(), &database, &["--prune"]).assert_success();
    assert_eq!(
        value(&database, "select count(*)::text from dfa.catalog where current and name = 'src_new'"),
        "0"
    );
}
