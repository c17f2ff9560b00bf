//! `dfa load` of the Parquet file of transactions against psql's `\copy` of the same rows from a ready CSV file.

use crate::measure::{in_turns, seconds, Aim, Comparison};
use dfa_tests::{dfa, Database};
use postgres::Client;
use std::path::Path;

const PAIRS: usize = 5;
const CATALOG: &str = include_str!("pipeline.yaml");

/// The table of the receipt lines, with all rows of the file in it.
pub fn land(database: &Database, parquet: &Path) {
    set_up(database);
    load(database, parquet);
    psql(database, "create index on ai.src_transaction (transaction_timestamp);\nvacuum analyze;");
}

fn set_up(database: &Database) -> Client {
    let mut client = database.connect();
    client.execute("select count(*) from dfa.load_catalog($1, 'pipeline.yaml')", &[&CATALOG]).expect("loads");
    client.batch_execute("select * from dfa.setup(run_date => '2016-12-31')").expect("sets up");
    client
}

fn load(database: &Database, parquet: &Path) {
    let parquet = parquet.to_string_lossy();
    dfa(database, &["load", "-f", &parquet, "-t", "src_transaction", "--truncate"]).assert_success();
}

pub fn measure(database: &Database, parquet: &Path) -> Vec<Comparison> {
    let mut client = set_up(database);
    load(database, parquet);
    let rows: i64 = client.query_one("select count(*) from ai.src_transaction", &[]).expect("rows").get(0);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let csv = folder.path().join("transactions.csv");
    psql(database, &format!("\\copy ai.src_transaction to '{}' csv", csv.display()));

    let copy = format!("\\copy ai.src_transaction from '{}' csv", csv.display());
    let times = in_turns(
        PAIRS,
        |_| seconds(|| load(database, parquet)),
        |_| seconds(|| psql(database, &format!("truncate ai.src_transaction;\n{copy}"))),
    );
    let landed: i64 = client.query_one("select count(*) from ai.src_transaction", &[]).expect("rows").get(0);
    assert_eq!(landed, rows, "both sides bring the same rows");
    vec![Comparison {
        what: format!("dfa load of Parquet, {rows} rows"),
        against: "\\copy from CSV".to_owned(),
        aim: Aim::RateAtLeast(1.5),
        figures: times.iter().map(|(ours, theirs)| theirs / ours).collect(),
    }]
}

fn psql(database: &Database, script: &str) {
    let output = database.psql(script);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
