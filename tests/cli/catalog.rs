//! `dfa catalog`

use dfa_tests::{dfa, Cluster};
use std::fs;
use tempfile::TempDir;

const TABLE: &str = "src_thing:\n  create:\n    features:\n      id: bigint\n      label: text\n";

fn folder(files: &[(&str, &str)]) -> TempDir {
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
