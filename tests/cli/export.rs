//! `dfa export`

use dfa_tests::{dfa, Cluster, Database};
use std::path::Path;

const TYPES: &str = "b bool, i2 smallint, i4 int, i8 bigint, f4 real, f8 double precision, n numeric(12, 2), big numeric, d date, \
                     ts timestamp, tz timestamptz, t text, j json, l int[], u uuid, by bytea, iv interval";

/// A table of many types in the catalog, and one like it.
fn typed(name: &str) -> Database {
    let database = Cluster::shared().database(name);
    let features: Vec<String> = TYPES
        .split(", ")
        .collect::<Vec<_>>()
        .join(",\u{1}")
        .replace("(12,\u{1}2)", "(12,2)")
        .split(",\u{1}")
        .map(|column| column.trim().split_once(' ').unwrap())
        .map(|(column, of_type)| format!("{column}: '{of_type}'"))
        .collect();
    let list = features.join(", ");
    let catalog = format!(
        "src_typed: {{create: {{features: {{{list}}}}}}}\nsrc_again: {{create: {{features: {{{list}}}}}}}\n"
    );
    let mut client = database.connect();
    client.query("select * from dfa.load_catalog($1)", &[&catalog]).unwrap();
    client.query("select * from dfa.setup(run_date => '2021-01-01')", &[]).unwrap();
    client
        .batch_execute(
            "insert into ai.src_typed values
                 (true, -32768, 2147483647, -9223372036854775808, 1.5, 0.1, -1234567890.12, 1e-20, '0001-01-01',
                  '1999-12-31 23:59:59.999999', '2021-03-28 02:30:00+01', E'a\"b,c\\nd\\\\ü', '{\"z\": [1, 2], \"a\": null}', '{1,null,3}',
                  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '\\x00ff', '1 mon 2 days 03:04:05'),
                 (false, 0, 0, 0, 'NaN', 'Infinity', 0, 12345678901234567890.123, '9999-12-31', '2021-01-01', '2021-01-01 00:00+00', '',
                  '[]', '{}', null, '', '0'),
                 (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)",
        )
        .unwrap();
    database
}

fn value(database: &Database, sql: &str) -> String {
    database.connect().query_one(sql, &[]).unwrap().get(0)
}

#[test]
fn what_is_exported_is_loaded_again_as_it_was_in_every_format() {
    let database = typed("cli_export");
    let folder = tempfile::tempdir().unwrap();
    for ending in ["csv", "csv.zst", "ndjson", "ndjson.zst", "parquet"] {
        let file = folder.path().join(format!("out.{ending}"));
        let file = file.to_str().unwrap();
        let told =
            dfa(&database, &["--json", "export", "-t", "src_typed", "-o", file]).assert_success().json();
        assert_eq!(told["rows"], 3, "{ending}");
        database.connect().batch_execute("truncate ai.src_again").unwrap();
        dfa(&database, &["load", "-t", "src_again", file]).assert_success();
        let differs = "select coalesce(string_agg(one::text, ' | '), '') from (
            (select it::text as one from ai.src_typed as it except all select it::text from ai.src_again as it)
            union all (select it::text from ai.src_again as it except all select it::text from ai.src_typed as it)) as found";
        assert_eq!(value(&database, differs), "", "{ending}");
    }
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 5, "{left:?}");
}

#[test]
fn a_query_is_exported_and_what_fails_leaves_the_file_that_was_there() {
    let database = typed("cli_export_query");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("few.csv");
    let path = file.to_str().unwrap();
    dfa(&database, &["export", "-q", "select i4, 'x' as t from ai.src_typed where b;", "-o", path])
        .assert_success();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "i4,t\n2147483647,x\n");
    for (query, words) in [
        ("select 1 / (i4 - i4) from ai.src_typed", "division by zero"),
        ("selec 1", "syntax error"),
        ("delete from ai.src_typed returning 1", ""),
        ("select from ai.src_typed", ""),
    ] {
        let refused = dfa(&database, &["export", "-q", query, "-o", path]);
        assert!(
            refused.code == 1 && refused.stderr.contains(words) || query.starts_with("select from"),
            "{query}: {}",
            refused.stderr
        );
    }
    assert_eq!(value(&database, "select count(*)::text from ai.src_typed"), "3");
    let parquet = folder.path().join("inf.parquet");
    dfa(&database, &["export", "-q", "select date 'infinity' as d", "-o", parquet.to_str().unwrap()])
        .assert_failure(1, &["row 1, column \"d\": infinity is no day of Parquet", "-q"]);
    assert!(!parquet.exists());
    dfa(&database, &["export", "-t", "src_typd", "-o", path])
        .assert_failure(1, &["is not known", "src_typed"]);
    dfa(&database, &["export", "-t", "src_typed", "-o", "x.xlsx"])
        .assert_failure(2, &["the ending of 'x.xlsx' says no format"]);
    dfa(&database, &["export", "-t", "src_typed", "-o", "/nowhere/x.csv"])
        .assert_failure(2, &["cannot be written"]);
    dfa(&database, &["export", "-o", path]).assert_failure(2, &["--table"]);
    let parts = std::fs::read_dir(Path::new(folder.path())).unwrap().count();
    assert_eq!(parts, 1);
}

#[test]
fn many_rows_are_exported_in_flat_memory() {
    let database = Cluster::shared().database("cli_export_many");
    let folder = tempfile::tempdir().unwrap();
    for ending in ["csv", "ndjson", "parquet"] {
        let file = folder.path().join(format!("many.{ending}"));
        let query = "select i, repeat(i::text, 50) as t from generate_series(1, 300000) as i";
        let begun = dfa_tests::dfa_begun(&database, &["export", "-q", query, "-o", file.to_str().unwrap()]);
        let mut most = 0;
        loop {
            match dfa_tests::peak_memory(begun.pid()) {
                0 if most > 0 => break,
                peak => most = most.max(peak),
            }
        }
        begun.wait().assert_success();
        assert!(most < 150_000, "{ending}: {most} kB for 90 MB of rows");
    }
}
