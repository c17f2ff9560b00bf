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

/// Runs a pipeline with DataFrame nodes, which the service takes.
fn run_at_the_front(client: &mut Client, pipeline: &str, run_date: &str) {
    let id: String = client
        .query_one("select dfa.submit('data', $1, array[$2::text::date])", &[&pipeline, &run_date])
        .unwrap_or_else(|error| panic!("{pipeline}: {error:?}"))
        .get(0);
    let status: i32 = client.query_one("select dfa.wait($1, '300 s')", &[&id]).expect("waits").get(0);
    let failed = "select coalesce(string_agg(node || ': ' || message, '; '), '') from dfa.task_step
                  where process_id = $1 and state <> 'SUCCESS'";
    let failed: String = client.query_one(failed, &[&id]).expect("steps").get(0);
    assert_eq!((status, failed.as_str()), (0, ""), "{pipeline} for {run_date}");
}

#[test]
fn forecasts_of_every_store_and_department_their_accuracy_classes_and_levels_come_with_a_service() {
    let (database, mut client) = landed("retail_service");
    let _service = dfa_tests::Service::start(&database);
    for run_date in ["2017-06-30", "2017-12-31"] {
        run(&mut client, run_date, "common");
        run_at_the_front(&mut client, "pipeline_retail_forecast", run_date);
        run_at_the_front(&mut client, "pipeline_retail_replenishment", run_date);
    }
    // Each id of the months, and of the weeks, is forecast, or a note says why it is not.
    for (table, periods) in [("ai_forecast_sales", 6), ("ai_forecast_week", 4)] {
        let of_notes = format!(
            "select count(*) * {periods} from dfa.dataframe_note as note
                 join dfa.task_step as step on step.id = note.step_id
             where step.node = '{table}' and note.model is not null
               and step.id = (select max(id) from dfa.task_step where node = '{table}')"
        );
        let column = if periods == 6 { "forecast_month" } else { "forecast_week" };
        let ahead = format!("select count(*) from ai.{table} where {column} > '2017-12-25'");
        let expected = number(&mut client, &of_notes);
        assert!(expected > 0, "{table}");
        assert_eq!(number(&mut client, &ahead), expected, "{table}");
        let broken =
            format!("select count(*) from ai.{table} where forecast_amount < 0 or forecast_amount = 'NaN'");
        assert_eq!(number(&mut client, &broken), 0);
    }
    assert!(
        number(&mut client, "select count(*) from ai.ai_report_forecast where sales_amount is not null") > 0
    );
    assert!(number(&mut client, "select min(compared) from ai.ai_report_forecast_accuracy") > 0);
    for (query, expected) in [
        (
            "select concat_ws('|', class_a, class_b, class_c) from ai.ai_class_criteria",
            "0.50000|0.80000|1.00000",
        ),
        (
            "select concat_ws('|', factor_a, factor_b, factor_c) from ai.ai_service_level",
            "1.64485|1.28155|1.03643",
        ),
    ] {
        let found: String = client.query_one(query, &[]).expect(query).get(0);
        assert_eq!(found, expected);
    }
}
