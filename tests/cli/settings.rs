//! Settings, exit codes, answers for machines.

use dfa_tests::{dfa, dfa_in, dfa_with, Cluster};

#[test]
fn init_creates_the_extension_and_sets_a_folder_up() {
    let database = Cluster::shared().plain_database("cli_init");
    dfa(&database, &["init"]).assert_success();
    let set = concat!(env!("CARGO_MANIFEST_DIR"), "/../catalog/retail");
    let answer = dfa(&database, &["--json", "init", "--catalog", set, "--run-date", "2017-01-01"]);
    let document = answer.assert_success().json();
    assert!(document["objects"].as_array().unwrap().len() > 30);
    let row = database
        .connect()
        .query_one("select run_date::text from dfa.data_pipeline where table_name = 'ai_daily_sales'", &[])
        .unwrap();
    assert_eq!(row.get::<_, String>(0), "2017-01-01");
}

#[test]
fn the_zone_of_init_is_the_clock_of_all_and_a_command_has_no_other() {
    let database = Cluster::shared().plain_database("cli_zone");
    dfa_with(&database, &[("DFA_TIMEZONE", "Mars/Base")], &["init"])
        .assert_failure(2, &["DFA_TIMEZONE", "Mars/Base"]);
    dfa_with(&database, &[("DFA_TIMEZONE", "Asia/Bangkok")], &["init"]).assert_success();
    let set = "src_t: {create: {features: {at: timestamptz}}}\nai_z: {create: {features: {zone: text}}, update: {p: {statement: \"insert into {ai_schema_name}.ai_z select current_setting('timezone')\"}}}";
    let mut client = database.connect();
    client.query("select from dfa.load_catalog($1, 'test.yaml')", &[&set]).unwrap();
    client.batch_execute("select from dfa.setup(run_date => '2021-01-01')").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.csv");
    std::fs::write(&file, "at\n2024-03-01 00:30\n").unwrap();
    let far =
        [("DFA_TIMEZONE", "America/New_York"), ("TZ", "America/New_York"), ("PGTZ", "America/New_York")];
    dfa_with(&database, &far, &["load", "-f", file.to_str().unwrap(), "-t", "src_t"]).assert_success();
    dfa_with(&database, &far, &["pipeline", "run", "ai_z", "--run-date", "2021-01-02"]).assert_success();
    let row = client
        .query_one(
            "select (select zone from ai.ai_z), (select (at at time zone 'UTC')::text from ai.src_t)",
            &[],
        )
        .unwrap();
    assert_eq!((row.get::<_, &str>(0), row.get::<_, &str>(1)), ("Asia/Bangkok", "2024-02-29 17:30:00"));
}

#[test]
fn a_wrong_setting_is_named_before_anything_starts() {
    let database = Cluster::shared().database("cli_setting");
    let answer = dfa_with(&database, &[("DB_PORT", "many")], &["pipeline", "list"]);
    answer.assert_failure(2, &["Error: setting DB_PORT is not a port: 'many'"]);
    dfa_with(&database, &[("PGHOST", "/nowhere")], &["pipeline", "list"])
        .assert_failure(1, &["cannot connect to the database", "HINT: Settings are DB_HOST"]);
}

#[test]
fn a_file_of_settings_may_be_written_as_shells_or_as_yaml_have_it() {
    let database = Cluster::shared().database("cli_dotenv");
    let folder = tempfile::tempdir().unwrap();
    let below = folder.path().join("below");
    std::fs::create_dir(&below).unwrap();
    let with = |text: &str| {
        std::fs::write(folder.path().join(".env"), text).unwrap();
        dfa_in(&below, &database, &["pipeline", "list"])
    };
    with("# none\nDB_SSLMODE=disable\n").assert_success();
    for text in ["AI_SCHEMA=ai\nDB_PORT='many'\n", "# of old\nAI_SCHEMA: \"ai\"\nDB_PORT: \"many\"\n"] {
        with(text).assert_failure(2, &["setting DB_PORT is not a port: 'many'"]);
    }
    let broken = with("DB_SSLMODE=disable\nDB_PASS: not for 'the log\n");
    broken.assert_failure(2, &[".env, line 2, is not a setting", "NAME=value"]);
    assert!(!broken.stderr.contains("the log"), "{}", broken.stderr);
}

#[test]
fn an_error_for_a_machine_is_one_document() {
    let database = Cluster::shared().database("cli_json_error");
    let answer = dfa(&database, &["--json", "load", "-f", "/etc/hostname", "-t", "nothing"]);
    assert_eq!(answer.code, 1);
    assert_eq!(answer.json()["message"], "table 'nothing' is not known");
    assert_eq!(answer.stderr, "");
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    let database = Cluster::shared().database("cli_usage");
    dfa(&database, &["pipeline", "run", "x", "--run-date", "2017-02-30"])
        .assert_failure(2, &["is not a date"]);
    dfa(&database, &["load", "-f", "/nowhere", "-t", "x"])
        .assert_failure(2, &["file '/nowhere' does not exist"]);
    dfa(&database, &["fly"]).assert_failure(2, &["fly"]);
}

#[test]
fn version_and_completions_are_printed() {
    let database = Cluster::shared().database("cli_version");
    let answer = dfa(&database, &["version"]);
    assert_eq!(answer.assert_success().stdout, "dfa 0.2.0 (extension 0.2.0)\n");
    assert!(dfa(&database, &["completions", "bash"]).assert_success().stdout.contains("complete -F"));
}

#[test]
fn whoever_cannot_connect_is_told_what_was_tried() {
    let database = Cluster::shared().database("cli_tried");
    let tried = ["host ", "database nosuch", "user postgres", "3D000", "DB_NAME 'nosuch' is not there"];
    dfa_with(&database, &[("DB_NAME", "nosuch")], &["pipeline", "list"]).assert_failure(1, &tried);
    let version = dfa_with(&database, &[("DB_NAME", "nosuch")], &["version"]);
    assert_eq!(version.assert_success().stdout, "dfa 0.2.0 (extension not reached)\n");
    assert!(tried.iter().all(|word| version.stderr.contains(word)), "{}", version.stderr);
    let plain = Cluster::shared().plain_database("cli_plain");
    for call in [
        &["pipeline", "list"][..],
        &["retention"],
        &["migrate"],
        &["user", "list"],
        &["pipeline", "run", "x"],
    ] {
        dfa(&plain, call)
            .assert_failure(1, &["the extension dfa is not in this database", "`dfa init` creates it"]);
    }
    dfa(&database, &["catalog", "check", "/nothing/here"])
        .assert_failure(2, &["catalog folder '/nothing/here' does not exist"]);
}

#[test]
fn of_a_name_that_comes_twice_the_last_counts_and_a_dollar_is_a_dollar() {
    let database = Cluster::shared().database("cli_dotenv_twice");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".env"), "\u{feff}DB_NAME=first\nDB_NAME=no$such$1\n").unwrap();
    let answer = dfa_in(folder.path(), &database, &["pipeline", "list"]);
    answer.assert_failure(1, &["database \"no$such$1\" does not exist"]);
}
