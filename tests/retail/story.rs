//! The story that the demo tells, on the sample: two run dates, then a rerun; and what may come in between.

use crate::totals;
use dfa_tests::{dfa, Cluster, Database};
use postgres::Client;

/// The pipelines that need no DataFrame, in the order of their priority.
const PIPELINES: [&str; 6] = [
    "pipeline_retail_master",
    "pipeline_retail_sales",
    "pipeline_retail_campaign",
    "pipeline_retail_period",
    "pipeline_retail_report",
    "pipeline_retail_promotion",
];
const RETAIL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../catalog/retail");

/// A fresh database with the catalogs set up at 2017-01-01 and the sample landed, and a session in it.
fn landed(name: &str) -> (Database, Client) {
    let database = Cluster::shared().database(name);
    dfa(&database, &["catalog", "load", RETAIL]).assert_success();
    let mut client = database.connect();
    let failed = client
        .query("select name, message from dfa.setup(run_date => '2017-01-01', initial_data => 'Y') where status <> 0", &[])
        .expect("setup answers");
    assert!(
        failed.is_empty(),
        "setup of {:?} failed",
        failed.iter().map(|row| row.get(1)).collect::<Vec<String>>()
    );
    for line in include_str!("../../catalog/retail/data/load.tsv").lines() {
        let mut fields = line.split('\t');
        let (Some(file), Some(table)) = (fields.next(), fields.next()) else { panic!("load.tsv: {line}") };
        let path = format!("{RETAIL}/data/sample/{file}");
        dfa(&database, &["load", "-f", &path, "-t", table]).assert_success();
    }
    (database, client)
}

/// Runs every pipeline; asserts that no node failed, and gives the rows that changed.
fn run(client: &mut Client, run_date: &str, run_mode: &str) -> i64 {
    let mut changed = 0;
    for pipeline in PIPELINES {
        let rows = client
            .query(
                "select node, rows, status, message from dfa.run_pipeline($1, $2::text::date, $3)",
                &[&pipeline, &run_date, &run_mode],
            )
            .unwrap_or_else(|error| panic!("{pipeline}: {error:?}"));
        assert!(!rows.is_empty(), "{pipeline} has no node");
        for row in rows {
            let (node, status, message): (String, i32, String) = (row.get(0), row.get(2), row.get(3));
            assert_eq!(status, 0, "{pipeline}, {node}: {message}");
            changed += row.get::<_, Option<i64>>(1).unwrap_or(0);
        }
    }
    changed
}

fn number(client: &mut Client, query: &str) -> i64 {
    client.query_one(query, &[]).expect(query).get(0)
}

#[test]
fn totals_equal_the_landed_rows_after_both_run_dates_and_after_the_rerun() {
    let (_database, mut client) = landed("retail_story");

    run(&mut client, "2017-06-30", "common");
    totals::assert_all(&mut client, "2017-06-30");

    run(&mut client, "2017-12-31", "common");
    totals::assert_all(&mut client, "2017-12-31");

    run(&mut client, "2017-11-15", "rerun");
    totals::assert_all(&mut client, "2017-12-31");
}

#[test]
fn the_next_run_takes_receipts_that_landed_late() {
    let (_database, mut client) = landed("retail_late");
    client
        .batch_execute(
            "create table late as select * from ai.src_transaction where date(transaction_timestamp) = '2017-06-27';
             delete from ai.src_transaction where date(transaction_timestamp) = '2017-06-27'",
        )
        .expect("the day can be held back");
    run(&mut client, "2017-06-30", "common");
    client.batch_execute("insert into ai.src_transaction select * from late").expect("the day lands");

    run(&mut client, "2017-07-31", "common");

    totals::assert_all(&mut client, "2017-07-31");
}

#[test]
fn a_rerun_mends_what_changed_in_the_receipts_and_reaches_every_sum() {
    let (_database, mut client) = landed("retail_mend");
    run(&mut client, "2017-12-31", "common");
    client
        .batch_execute(
            "delete from ai.src_transaction where date(transaction_timestamp) = '2017-11-14';
             update ai.src_transaction set sales_value = sales_value + 1, store_id = 367
             where date(transaction_timestamp) = '2017-11-12'",
        )
        .expect("receipts can be corrected");

    run(&mut client, "2017-11-15", "rerun");

    totals::assert_all(&mut client, "2017-12-31");
}

#[test]
fn a_second_run_of_the_same_date_leaves_the_totals_as_they_are() {
    let (_database, mut client) = landed("retail_twice");
    run(&mut client, "2017-06-30", "common");
    run(&mut client, "2017-06-30", "common");
    totals::assert_all(&mut client, "2017-06-30");
}

#[test]
fn receipts_after_the_run_date_wait_for_their_run() {
    let (_database, mut client) = landed("retail_wait");
    run(&mut client, "2017-12-31", "common");
    assert!(
        number(
            &mut client,
            "select count(*) from ai.src_transaction where transaction_timestamp >= '2018-01-01'"
        ) > 0
    );
    assert_eq!(
        number(&mut client, "select count(*) from ai.ai_daily_sales where sales_date > '2017-12-31'"),
        0
    );
    assert_eq!(
        number(&mut client, "select count(*) from ai.ai_monthly_sales where month_start > '2017-12-31'"),
        0
    );
}

#[test]
fn first_rows_of_every_form_are_there_after_setup() {
    let (_database, mut client) = landed("retail_first_rows");
    for (form, query, rows) in [
        ("values", "select count(*) from ai.imp_sales_target where currency = 'USD'", 60),
        ("value", "select count(*) from ai.ctr_currency where rate = 1", 1),
        ("statement", "select count(*) from ai.imp_sales_correction", 12),
        ("CSV file", "select count(*) from ai.ctr_department_group where department_group <> ''", 19),
        ("JSON files", "select count(*) from ai.imp_store_profile where area > 0", 6),
        ("parameters", "select count(*) from ai.ctr_data_parameter where module_type = 'retail'", 7),
        ("watermarks", "select count(*) from ai.ctr_data_pipeline where rtt_column = 'last_sale_date'", 3),
    ] {
        assert_eq!(number(&mut client, query), rows, "{form}: {query}");
    }
}

#[test]
fn the_forecast_node_fails_alone_and_says_why() {
    let (_database, mut client) = landed("retail_forecast");
    run(&mut client, "2017-06-30", "common");
    let rows = client
        .query(
            "select node, status, message from dfa.run_pipeline('pipeline_retail_forecast', '2017-06-30')",
            &[],
        )
        .expect("a failed node is a row");
    assert_eq!(rows[0].get::<_, i32>(1), 1);
    assert!(rows[0].get::<_, String>(2).contains("DataFrame"), "{}", rows[0].get::<_, String>(2));
    totals::assert_all(&mut client, "2017-06-30");
}
