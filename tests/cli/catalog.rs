//! `dfa catalog`

use dfa_tests::{dfa, Cluster};
use std::fs;
use tempfile::TempDir;

const TABLE: &str = "src_thing:\n  create:\n    features:\n      id: bigint\n      label: text\n";

pub fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn check_names_file_line_and_key_without_a_database() {
    let database = Cluster::shared().plain_database("cli_check");
    let set = folder(&[
        (
            "catalog/catalog_src_thing.yaml",
            "src_thing:\n  create:\n    features:\n      id: bigint\n      id: text\n",
        ),
        ("pipeline/pipeline_a.yaml", "pipeline:a:\n  nodes: [src_thng]\n"),
    ]);
    let answer = dfa(&database, &["catalog", "check", set.path().to_str().unwrap()]);
    answer.assert_failure(
        1,
        &["catalog_src_thing.yaml:5:7: error: ", "key 'id' is given twice", "table 'src_thng' is not known"],
    );
}

#[test]
fn check_says_when_a_data_file_is_missing() {
    let database = Cluster::shared().plain_database("cli_check_file");
    let text = format!("{TABLE}  initial: {{file: thing.json}}\n");
    let set = folder(&[("catalog/catalog_src_thing.yaml", &text)]);
    dfa(&database, &["catalog", "check", set.path().to_str().unwrap()])
        .assert_failure(1, &["src_thing: initial.file: file 'thing.json' does not exist"]);
}

#[test]
fn the_shipped_catalogs_have_no_finding() {
    let database = Cluster::shared().plain_database("cli_check_retail");
    let answer =
        dfa(&database, &["catalog", "check", concat!(env!("CARGO_MANIFEST_DIR"), "/../catalog/retail")]);
    assert!(answer.assert_success().stderr.is_empty(), "{}", answer.stderr);
}

#[test]
fn load_stores_all_of_a_folder_or_nothing() {
    let database = Cluster::shared().database("cli_load_set");
    let set =
        folder(&[("catalog/catalog_a.yaml", TABLE), ("catalog/catalog_b.yaml", "src_b:\n  create: {}\n")]);
    let path = set.path().to_str().unwrap();
    dfa(&database, &["catalog", "load", path]).assert_failure(1, &["catalog_b.yaml", "SQLSTATE: DF001"]);
    let count = |database: &dfa_tests::Database| -> i64 {
        database.connect().query_one("select count(*) from dfa.catalog", &[]).unwrap().get(0)
    };
    assert_eq!(count(&database), 0);
    fs::remove_file(set.path().join("catalog/catalog_b.yaml")).unwrap();
    let answer = dfa(&database, &["catalog", "load", path]);
    assert!(
        answer.assert_success().stdout.contains("(1 new, 0 changed, 0 same, 0 older)"),
        "{}",
        answer.stdout
    );
    let again = dfa(&database, &["catalog", "load", path]);
    assert!(
        again.assert_success().stdout.contains("(0 new, 0 changed, 1 same, 0 older)"),
        "{}",
        again.stdout
    );
}

#[test]
fn load_brings_the_files_of_first_rows_in_every_format() {
    let database = Cluster::shared().database("cli_load_files");
    let table =
        |name: &str, file: &str| format!("{}  initial: {{file: {file}}}\n", TABLE.replace("src_thing", name));
    let text = [table("src_a", "a.json"), table("src_b", "b.ndjson"), table("src_c", "c.csv")].concat();
    let set = folder(&[
        ("catalog/catalog_src.yaml", &text),
        ("data/a.json", r#"[{"id": 1, "label": "a'; drop table x; --"}, {"id": 2}]"#),
        ("data/b.ndjson", "{\"id\": 3}\n{\"id\": 4, \"label\": null}\n"),
        ("data/c.csv", "id,label\n5,\"x, y\"\n6,\n"),
    ]);
    dfa(&database, &["init", "--catalog", set.path().to_str().unwrap()]).assert_success();
    let rows = database
        .connect()
        .query(
            "select id, label from ai.src_a union all select id, label from ai.src_b \
             union all select id, label from ai.src_c order by id",
            &[],
        )
        .unwrap();
    let rows: Vec<(i64, Option<String>)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let label = |text: &str| Some(text.to_owned());
    assert_eq!(
        rows,
        [(1, label("a'; drop table x; --")), (2, None), (3, None), (4, None), (5, label("x, y")), (6, None)]
    );
}

#[test]
fn first_rows_are_read_as_dfa_load_reads_them() {
    let database = Cluster::shared().database("cli_first_rows");
    let table = "src_n: {create: {features: {id: bigint, n: numeric, note: text}}, initial: {file: FILE}}\n";
    let init = |file: &str, bytes: &[u8]| {
        let set = folder(&[("catalog/catalog_src.yaml", &table.replace("FILE", file))]);
        fs::create_dir_all(set.path().join("data")).unwrap();
        fs::write(set.path().join("data").join(file), bytes).unwrap();
        dfa(&database, &["init", "--catalog", set.path().to_str().unwrap()])
    };
    let refused: [(&str, &[u8], &str); 6] = [
        ("a.csv", b"id,note\n1,\"open\n", "a.csv: line 2: unterminated CSV quoted field"),
        ("a.csv", b"id,note,note\n1,a,b\n", "a.csv: line 1: the heading has two columns 'note'"),
        ("a.csv", b"id,note\n1,caf\xe9\n", "a.csv: line 2, column 6: 0xe9"),
        ("a.json", b"[{\"id\": 1,\n \"id\": 2}]", "a.json: line 1: column 'id' is given twice"),
        ("a.ndjson", b"{\"id\": 1}\n[1]\n", "a.ndjson: line 2: an object is expected, and this is [1]"),
        ("a.ndjson", b"{\"id\": 1}\n{\"id\": \n", "a.ndjson: line 2: this is not a JSON object"),
    ];
    for (file, bytes, what) in refused {
        init(file, bytes).assert_failure(1, &[what]);
    }
    init("a.json", b"\xef\xbb\xbf[{\"id\": 1, \"n\": 12345678901234567890123.10}]").assert_success();
    let read = |sql: &str| database.connect().query_one(sql, &[]).unwrap().get::<_, String>(0);
    assert_eq!(read("select n::text from ai.src_n"), "12345678901234567890123.10");
    database.connect().batch_execute("truncate ai.src_n").unwrap();
    init("b.csv", b"\xef\xbb\xbfid , n,note\r\n2,1.50,\"\"\r\n").assert_success();
    assert_eq!(read("select r::text from ai.src_n as r"), "(2,1.50,\"\")");
}

#[test]
fn diff_shows_what_a_load_would_change() {
    let database = Cluster::shared().database("cli_diff");
    let set = folder(&[("catalog/catalog_a.yaml", TABLE)]);
    let path = set.path().to_str().unwrap();
    let answer = dfa(&database, &["catalog", "diff", path, "--exit-code"]);
    assert_eq!(answer.code, 1);
    assert!(answer.stdout.contains("new       table    src_thing"), "{}", answer.stdout);
    dfa(&database, &["catalog", "load", path]).assert_success();
    dfa(&database, &["catalog", "diff", path, "--exit-code"]).assert_success();
    fs::write(set.path().join("catalog/catalog_a.yaml"), TABLE.replace("label: text", "label: varchar( 8 )"))
        .unwrap();
    let answer = dfa(&database, &["catalog", "diff", path]);
    let stdout = &answer.assert_success().stdout;
    assert!(
        stdout.contains("-      \"label\": \"text\"")
            && stdout.contains("+      \"label\": \"varchar( 8 )\""),
        "{stdout}"
    );
}

const DERIVED: &str = "ai_thing:
  create: {features: {id: bigint}}
  update:
    fill:
      statement: |
        insert into ai.ai_thing
        select id
        from ai.src_thing
        where id > 1
";
const PIPELINE: &str = "pipeline_thing: {id: thing, nodes: [ai_thing], schedule: everyday_at_05_30}\n";

#[test]
fn tables_and_their_pipeline_are_one_file_of_any_name() {
    let database = Cluster::shared().database("cli_one_file");
    for name in ["catalog/catalog_ai_sales.yaml", "sales.yaml", "view/view_sales.yml"] {
        let set = folder(&[(name, &[PIPELINE, DERIVED, TABLE].concat())]);
        let path = set.path().to_str().unwrap();
        let answer = dfa(&database, &["catalog", "check", path]);
        assert!(answer.assert_success().stdout.contains("3 definitions in 1 file"), "{}", answer.stdout);
        dfa(&database, &["init", "--catalog", path]).assert_success();
        dfa(&database, &["pipeline", "run", "pipeline_thing"]).assert_success();
    }
}

#[test]
fn a_pipeline_in_one_file_may_name_tables_of_a_later_one() {
    let database = Cluster::shared().database("cli_any_order");
    let set = folder(&[
        ("a.yaml", &[PIPELINE, TABLE].concat()),
        ("b.yaml", &[DERIVED, "other: {nodes: [src_thing]}\n"].concat()),
    ]);
    dfa(&database, &["catalog", "load", set.path().to_str().unwrap()]).assert_success();
}

#[test]
fn an_error_of_a_table_is_not_told_again_of_the_pipelines_that_name_it() {
    let database = Cluster::shared().plain_database("cli_follow_up");
    let wrong = DERIVED.replace("  update:", "  run: {type: hourly}\n  update:");
    let set = folder(&[("a.yaml", &[TABLE, &wrong, PIPELINE].concat())]);
    let answer = dfa(&database, &["catalog", "check", set.path().to_str().unwrap()]);
    answer.assert_failure(1, &["1 error in", "'hourly' is none of daily, weekly, monthly, yearly"]);
    assert!(!answer.stderr.contains("is not known"), "{}", answer.stderr);
}

#[test]
fn load_keeps_going_when_asked_and_fails_all_the_same() {
    let database = Cluster::shared().database("cli_keep_going");
    let set = folder(&[
        ("a.yaml", TABLE),
        ("b.yaml", &[&DERIVED.replace("insert into", "insert ino"), PIPELINE].concat()),
        ("c.yaml", "src_c: {create: {features: {a: ''}}}"),
    ]);
    let path = set.path().to_str().unwrap();
    dfa(&database, &["catalog", "load", path]).assert_failure(1, &["ino", "src_c", "SQLSTATE: DF001"]);
    let answer = dfa(&database, &["catalog", "load", path, "--keep-going"]);
    answer.assert_failure(
        1,
        &["2 of 4 definitions refused", "b.yaml:5:", "ino", "src_c", "HINT: The others are stored."],
    );
    assert!(answer.stdout.contains("refused") && answer.stdout.contains("ai_thing"), "{}", answer.stdout);
    let told = dfa(&database, &["--json", "catalog", "load", path, "--keep-going"]).json();
    let of = |document: &serde_json::Value, action: &str| -> usize {
        let rows = document["definitions"].as_array().unwrap();
        rows.iter().filter(|row| row["action"] == action).count()
    };
    assert_eq!((of(&told, "refused"), of(&told, "same")), (2, 2), "{told}");
    let answer = dfa(&database, &["init", "--catalog", path, "--keep-going"]);
    answer.assert_failure(1, &["2 of 4 definitions refused", "ino"]);
    let told = dfa(&database, &["--json", "init", "--catalog", path, "--keep-going", "--force-drop"]).json();
    assert_eq!((of(&told, "refused"), of(&told, "same")), (2, 2), "{told}");
    assert!(!told["dropped"].as_array().unwrap().is_empty(), "{told}");
    let tables: i64 = database
        .connect()
        .query_one("select count(*) from pg_class where oid = to_regclass('ai.src_thing')", &[])
        .unwrap()
        .get(0);
    assert_eq!(tables, 1);
}

#[test]
fn what_is_gone_from_the_folder_is_listed_until_it_is_pruned() {
    let database = Cluster::shared().database("cli_prune");
    let set = folder(&[("a.yaml", &[TABLE, DERIVED].concat()), ("pipeline/pipeline_thing.yaml", PIPELINE)]);
    let path = set.path().to_str().unwrap();
    dfa(&database, &["init", "--catalog", path]).assert_success();
    dfa(&database, &["catalog", "diff", path]).assert_success();
    fs::remove_file(set.path().join("pipeline/pipeline_thing.yaml")).unwrap();
    let answer = dfa(&database, &["catalog", "diff", path]);
    answer.assert_failure(1, &["1 definition in force and gone from", "--prune"]);
    let document = dfa(&database, &["--json", "catalog", "diff", path]).json();
    assert_eq!(document["changes"][0]["action"], "same", "{document}");
    assert!(document["message"].as_str().unwrap().contains("gone from"), "{document}");
    assert!(answer.stdout.contains("gone      pipeline pipeline_thing"), "{}", answer.stdout);
    dfa(&database, &["catalog", "load", path]).assert_success();
    dfa(&database, &["catalog", "diff", path]).assert_failure(1, &["gone from"]);
    let file = set.path().join("a.yaml");
    dfa(&database, &["catalog", "load", file.to_str().unwrap(), "--prune"]).assert_failure(2, &["one file"]);
    let answer = dfa(&database, &["catalog", "load", path, "--prune"]);
    assert!(answer.assert_success().stdout.contains("1 retired"), "{}", answer.stdout);
    dfa(&database, &["catalog", "diff", path, "--exit-code"]).assert_success();
}

#[test]
fn diff_shows_statements_line_by_line() {
    let database = Cluster::shared().database("cli_diff_lines");
    let set = folder(&[("a.yaml", &[TABLE, DERIVED].concat())]);
    let path = set.path().to_str().unwrap();
    dfa(&database, &["catalog", "load", path]).assert_success();
    fs::write(set.path().join("a.yaml"), [TABLE, &DERIVED.replace("id > 1", "id > 2")].concat()).unwrap();
    let answer = dfa(&database, &["catalog", "diff", path]);
    let stdout = &answer.assert_success().stdout;
    let changed: Vec<&str> = stdout
        .lines()
        .filter(|line| line.starts_with(['-', '+']) && line.contains('|'))
        .map(|line| line[1..].trim())
        .collect();
    assert_eq!(changed, ["| where id > 1", "| where id > 2"], "{stdout}");
}

#[test]
fn a_folder_that_is_not_there_is_told_alike_by_all() {
    let database = Cluster::shared().plain_database("cli_no_folder");
    for command in ["load", "check", "diff"] {
        dfa(&database, &["catalog", command, "/nowhere/at/all"])
            .assert_failure(2, &["catalog folder '/nowhere/at/all' does not exist"]);
    }
}
