//! The retail set with its large tables distributed, beside the set as it is: the same rows after each run.

use crate::nodes::{shared, turn};
use dfa_tests::{dfa, Database, Session};
use std::path::Path;

const RETAIL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../catalog/retail");
const PIPELINES: [&str; 6] = [
    "pipeline_retail_master",
    "pipeline_retail_sales",
    "pipeline_retail_campaign",
    "pipeline_retail_period",
    "pipeline_retail_report",
    "pipeline_retail_promotion",
];
/// How tables lie: what grows by its column, what it is joined to whole on each machine. What is merged into, what the SQL
/// functions of the set read and what has keys to such tables stays plain: Citus cannot do these.
const LAYOUT: [(&str, &str); 5] = [
    ("src_transaction", "distribute_by: household_id"),
    ("src_campaign_household", "distribute_by: household_id\n  colocate_with: src_transaction"),
    ("src_coupon_redemption", "distribute_by: household_id\n  colocate_with: src_transaction"),
    ("src_product", "reference: true"),
    ("src_household", "reference: true"),
];
/// What is compared, row by row.
const TABLES: [&str; 14] = [
    "src_transaction",
    "ai_store_master",
    "ai_household_master",
    "ai_daily_sales",
    "ai_daily_basket",
    "ai_weekly_sales",
    "ai_monthly_sales",
    "ai_monthly_article_sales",
    "ai_monthly_household_sales",
    "ai_report_department_month",
    "ai_report_store_week",
    "ai_report_household_month",
    "ai_report_sales_target",
    "ai_report_article_class",
];

/// A copy of the set whose tables are distributed.
fn distributed_set(to: &Path) {
    for folder in ["catalog", "function", "pipeline", "view", "data"] {
        std::fs::create_dir(to.join(folder)).unwrap();
        for file in std::fs::read_dir(Path::new(RETAIL).join(folder)).unwrap() {
            let file = file.unwrap().path();
            if file.is_dir() {
                continue;
            }
            let target = to.join(folder).join(file.file_name().unwrap());
            let Ok(mut text) = std::fs::read_to_string(&file) else { continue };
            for (table, keys) in LAYOUT.iter().filter(|_| folder == "catalog") {
                text = text.replace(&format!("\n{table}:\n"), &format!("\n{table}:\n  {keys}\n"));
            }
            std::fs::write(target, text).unwrap();
        }
    }
}

fn land(database: &Database, session: &mut Session, set: &Path) {
    dfa(database, &["catalog", "load", set.to_str().unwrap()]).assert_success();
    let setup = "select name, message from dfa.setup(run_date => '2017-01-01', initial_data => 'Y') where status <> 0";
    assert_eq!(session.rows(setup), Vec::<String>::new());
    for line in include_str!("../../catalog/retail/data/load.tsv").lines() {
        let mut fields = line.split('\t');
        let (Some(file), Some(table)) = (fields.next(), fields.next()) else { panic!("load.tsv: {line}") };
        let path = format!("{RETAIL}/data/sample/{file}");
        dfa(database, &["load", "-f", &path, "-t", table]).assert_success();
    }
}

fn run(session: &mut Session, date: &str, mode: &str) -> Vec<String> {
    let one = |pipeline: &&str| {
        let rows = session.rows(&format!(
            "select node, status, message from dfa.run_pipeline('{pipeline}', '{date}', '{mode}')"
        ));
        let failed: Vec<&String> = rows.iter().filter(|row| row.split('|').nth(1) != Some("0")).collect();
        assert!(failed.is_empty(), "{pipeline} of {date}: {failed:#?}");
        rows.iter().map(|row| row.split('|').take(2).collect::<Vec<_>>().join("|")).collect::<Vec<_>>()
    };
    PIPELINES.iter().map(one).collect::<Vec<_>>().concat()
}

fn sorted(session: &mut Session, table: &str) -> Vec<String> {
    let columns = session.value(&format!(
        "select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
         where attrelid = 'ai.{table}'::regclass and attnum > 0 and not attisdropped and attname <> 'update_date'"
    ));
    let mut rows = session.rows(&format!("select {columns} from ai.{table}"));
    rows.sort();
    rows
}

#[test]
fn the_retail_set_on_three_machines_has_the_rows_of_one() {
    let Some(_turn) = turn() else { return };
    let folder = tempfile::tempdir().unwrap();
    distributed_set(folder.path());
    let mut distributed = shared().database("retail_cloud");
    let mut plain = Session::fresh();
    let cloud = std::sync::Arc::clone(&distributed.database);
    let one = std::sync::Arc::clone(&plain.database);
    land(&cloud, &mut distributed, folder.path());
    land(&one, &mut plain, Path::new(RETAIL));
    let lie = distributed.value("select count(*) from pg_dist_partition where logicalrelid::text in ('ai.src_transaction', 'ai.src_coupon_redemption', 'ai.src_product')");
    assert_eq!(lie, "3");
    assert!(distributed.rows("select * from dfa.plan()").is_empty());
    for (date, mode) in [("2017-06-30", "common"), ("2017-12-31", "common"), ("2017-11-15", "rerun")] {
        assert_eq!(run(&mut distributed, date, mode), run(&mut plain, date, mode));
        for table in TABLES {
            let (there, here) = (sorted(&mut distributed, table), sorted(&mut plain, table));
            let first = there.iter().zip(&here).find(|(there, here)| there != here);
            assert!(
                there == here,
                "{table} after {date}, {mode}: {} and {} rows, first {first:?}",
                there.len(),
                here.len()
            );
            assert!(!there.is_empty(), "{table} is empty");
        }
    }
    let retention = "select table_name, rows, backup_rows, status from dfa.run_retention(run_date => '2019-06-30') order by 1";
    assert_eq!(distributed.rows(retention), plain.rows(retention));
    for table in TABLES {
        assert_eq!(sorted(&mut distributed, table), sorted(&mut plain, table), "{table} after retention");
    }
}
