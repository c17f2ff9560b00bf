//! `dfa.run_retention` of 500,000 of 2,000,000 rows against the bare SQL: in a transaction that is rolled back, or, where
//! files are dropped, which the commit does, to the end of the commit.

use crate::measure::{in_turns, seconds, Aim, Comparison};
use dfa_tests::Database;
use postgres::Client;
use std::cell::RefCell;

/// Of work that takes a second, and of work that takes milliseconds.
const PAIRS: usize = 5;
const QUICK_PAIRS: usize = 11;
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
            .batch_execute(&format!("{}; analyze ai.{table}", fill(table, 1_999_999)))
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
    let again = &(1..=13)
        .map(|month| {
            let (year, month, next) = (2020 + (month - 1) / 12, (month - 1) % 12 + 1, month % 12 + 1);
            let until = if next == 1 { year + 1 } else { year };
            format!(
                "create table ai.src_parts_p{year}_{month:02} partition of ai.src_parts
                     for values from ('{year}-{month:02}-01') to ('{until}-{next:02}-01');"
            )
        })
        .collect::<String>();
    let again = format!("{again} {}; analyze ai.src_parts", fill("src_parts", 499_999));
    let plain = (call("src_plain", none), call("src_plain", yes));
    let parts = (call("src_parts", none), call("src_parts", yes));
    let plain_copied = format!("{} {delete}", copy("src_plain"));
    let parts_copied = format!("{} {drop}", copy("src_parts"));
    let sides = |what, ours, against, theirs, aim| Sides { what, ours, against, theirs, aim };
    vec![
        compare(&mut client, &sides("plain", &plain.0, "DELETE", delete, 1.2)),
        compare(&mut client, &sides("plain, backup", &plain.1, "copy and DELETE", &plain_copied, 1.5)),
        compare_committed(&mut client, &sides("partitioned", &parts.0, "DROP TABLE", drop, 1.1), &again),
        compare(
            &mut client,
            &sides("partitioned, backup", &parts.1, "copy and DROP TABLE", &parts_copied, 1.5),
        ),
    ]
}

/// Rows of the months from January on, half a million of each, up to the row `last`.
fn fill(table: &str, last: u32) -> String {
    format!(
        "insert into ai.{table}
         select make_date(2021, 1 + n / 500000, 1 + n % 28), n % 400, n * 1.37, 'some note of row ' || n
         from generate_series(0, {last}) as n"
    )
}

/// What is measured beside what.
struct Sides<'s> {
    what: &'s str,
    ours: &'s str,
    against: &'s str,
    theirs: &'s str,
    aim: f64,
}

fn compare(client: &mut Client, sides: &Sides<'_>) -> Comparison {
    let client = RefCell::new(client);
    let timed = |statement: &str| {
        let mut client = client.borrow_mut();
        client.batch_execute("begin").expect("begins");
        let took = seconds(|| client.batch_execute(statement).expect("removes the rows"));
        assert_gone(&mut client, statement);
        client.batch_execute("rollback").expect("rolls back");
        took
    };
    timed(sides.ours);
    comparison(sides, in_turns(PAIRS, |_| timed(sides.ours), |_| timed(sides.theirs)))
}

/// [`compare`] with the commit; `again` makes what went.
fn compare_committed(client: &mut Client, sides: &Sides<'_>, again: &str) -> Comparison {
    let client = RefCell::new(client);
    let timed = |statement: &str| {
        let mut client = client.borrow_mut();
        let took = seconds(|| client.batch_execute(statement).expect("removes the rows"));
        assert_gone(&mut client, statement);
        client.batch_execute(again).expect("makes the partitions again");
        took
    };
    for _ in 0..FIRST_PLANS {
        timed(sides.ours);
    }
    comparison(sides, in_turns(QUICK_PAIRS, |_| timed(sides.ours), |_| timed(sides.theirs)))
}

fn assert_gone(client: &mut Client, statement: &str) {
    let left: i64 = client
        .query_one(
            "select least((select count(*) from ai.src_plain), (select count(*) from ai.src_parts))",
            &[],
        )
        .expect("counts")
        .get(0);
    assert_eq!(left, 1_500_000, "half a million rows went: {statement}");
}

fn comparison(sides: &Sides<'_>, times: Vec<(f64, f64)>) -> Comparison {
    Comparison {
        what: format!("retention of 500,000 of 2,000,000 rows, {}", sides.what),
        against: sides.against.to_owned(),
        aim: Aim::TimesAtMost(sides.aim),
        figures: times.iter().map(|(ours, theirs)| ours / theirs).collect(),
    }
}
