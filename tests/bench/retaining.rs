//! `dfa.run_retention` of 500,000 of 2,000,000 rows against the bare SQL; each in a transaction that is rolled back.

use crate::measure::{in_turns, seconds, Aim, Comparison};
use dfa_tests::Database;
use postgres::Client;
use std::cell::RefCell;

/// Of work that takes a second, and of work that takes milliseconds.
const PAIRS: usize = 5;
const QUICK_PAIRS: usize = 15;
/// So often Postgres plans a statement anew in a session, before it keeps the plan.
const FIRST_PLANS: usize = 5;
const CATALOG: &str = "
src_plain:
  retention: {column: day, months: 3}
  create: {features: {day: date, store: int, amount: 'numeric(14,2)', note: text}}
src_parts:
  retention: {column: day, months: 3}
  create: {features: {day: date, store: int, amount: 'numeric(14,2)', note: text}, partition_by_range: [day]}
";

/// Four months of half a million rows each; the first goes.
pub fn measure(database: &Database) -> Vec<Comparison> {
    let mut client = database.connect();
    client.execute("select count(*) from dfa.load_catalog($1, 'bench.yaml')", &[&CATALOG]).expect("loads");
    client.batch_execute("select * from dfa.setup(run_date => '2021-01-01')").expect("sets up");
    for table in ["src_plain", "src_parts"] {
        client
            .batch_execute(&format!(
                "insert into ai.{table}
                 select make_date(2021, 1 + n / 500000, 1 + n % 28), n % 400, n * 1.37, 'some note of row ' || n
                 from generate_series(0, 1999999) as n;
                 analyze ai.{table}"
            ))
            .expect("fills the table");
    }
    let call =
        |table: &str, more: &str| format!("select * from dfa.run_retention('{table}', '2021-05-15'{more})");
    let (yes, none) = (", 'Y', 'Y'", "");
    let delete = "delete from ai.src_plain where day < '2021-02-01'";
    // Setup made partitions for the year before as well: those go, too.
    let parts: Vec<String> = (1..=12).map(|month| format!("ai.src_parts_p2020_{month:02}")).collect();
    let drop = &format!("drop table {}, ai.src_parts_p2021_01", parts.join(", "));
    let copy =
        |table: &str| format!("create schema ai_bk; create table ai_bk.copy as select * from ai.{table};");
    vec![
        compare(&mut client, "plain", &call("src_plain", none), "DELETE", delete, 1.2, PAIRS),
        compare(
            &mut client,
            "plain, backup",
            &call("src_plain", yes),
            "copy and DELETE",
            &format!("{} {delete}", copy("src_plain")),
            1.5,
            PAIRS,
        ),
        compare(&mut client, "partitioned", &call("src_parts", none), "DROP TABLE", drop, 2.0, QUICK_PAIRS),
        compare(
            &mut client,
            "partitioned, backup",
            &call("src_parts", yes),
            "copy and DROP TABLE",
            &format!("{} {drop}", copy("src_parts")),
            1.5,
            PAIRS,
        ),
    ]
}

fn compare(
    client: &mut Client,
    what: &str,
    ours: &str,
    against: &str,
    theirs: &str,
    aim: f64,
    pairs: usize,
) -> Comparison {
    let client = RefCell::new(client);
    let timed = |statement: &str| {
        let mut client = client.borrow_mut();
        client.batch_execute("begin").expect("begins");
        let took = seconds(|| client.batch_execute(statement).expect("removes the rows"));
        let left: i64 = client
            .query_one(
                "select least((select count(*) from ai.src_plain), (select count(*) from ai.src_parts))",
                &[],
            )
            .expect("counts")
            .get(0);
        assert_eq!(left, 1_500_000, "half a million rows went: {statement}");
        client.batch_execute("rollback").expect("rolls back");
        took
    };
    for _ in 0..if pairs == QUICK_PAIRS { FIRST_PLANS } else { 1 } {
        timed(ours);
    }
    let times = in_turns(pairs, |_| timed(ours), |_| timed(theirs));
    Comparison {
        what: format!("retention of 500,000 of 2,000,000 rows, {what}"),
        against: against.to_owned(),
        aim: Aim::TimesAtMost(aim),
        figures: times.iter().map(|(ours, theirs)| ours / theirs).collect(),
    }
}
