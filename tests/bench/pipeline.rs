//! `dfa.run_pipeline` of five nodes against the same statements, sent one by one by one session in one transaction.
//!
//! Then the same day again and again in one transaction, where the versions of the rows that each run changes add up.
//!
//! The plain side writes tables of the same shape in schema `plain`, from statements that `dfa.render` gave.

use crate::measure::{in_turns, seconds, Aim, Comparison};
use dfa_tests::Database;
use postgres::{Client, SimpleQueryMessage};
use std::cell::RefCell;

const NODES: [&str; 5] =
    ["ai_store_day", "ai_basket_day", "ai_household_day", "ai_household_week", "ai_store_month"];
const DAYS: usize = 61;
const FULL_PAIRS: usize = 7;
const CALLS: usize = 1000;
/// The node that is run again and again.
const AGAIN: usize = 3;
/// Where the data begin and end.
const BEFORE: &str = "2016-12-31";
const LAST: &str = "2018-01-01";

/// First the days one by one, then the whole year at once.
pub fn measure(database: &Database) -> Vec<Comparison> {
    let mut client = database.connect();
    client.batch_execute("create schema plain").expect("a schema");
    for node in NODES {
        let twin = format!("create table plain.{node} (like ai.{node} including all)");
        client.batch_execute(&twin).expect("a table");
    }
    let statements = statements(&mut client);
    let mut sides = Sides { ours: client, theirs: database.connect(), statements };
    let mut measured = days(&mut sides);
    measured.push(year(&mut sides));
    measured.push(again_and_again(&mut sides));
    measured.push(under_a_snapshot(&mut sides, &mut database.connect()));
    measured
}

/// A session for each side, and the statements of the plain one, node by node, for [`BEFORE`] and [`LAST`].
struct Sides {
    ours: Client,
    theirs: Client,
    statements: Vec<String>,
}

fn days(sides: &mut Sides) -> Vec<Comparison> {
    // The half-year before, so that the days begin with tables that have rows and with caches that are warm.
    sides.run(&day(0));
    sides.run_plain(BEFORE, &day(0));
    let sides = RefCell::new(sides);
    let times = in_turns(
        DAYS,
        |pair| seconds(|| sides.borrow_mut().run(&day(pair + 1))),
        |pair| seconds(|| sides.borrow_mut().run_plain(&day(pair), &day(pair + 1))),
    );
    sides.borrow_mut().assert_same_rows();
    let against = "the same SQL in one session";
    vec![
        Comparison {
            what: "run_pipeline of 5 nodes, one day".to_owned(),
            against: against.to_owned(),
            aim: Aim::TimesAtMost(1.15),
            figures: times.iter().map(|(ours, theirs)| ours / theirs).collect(),
        },
        Comparison {
            what: "the same, more for each node".to_owned(),
            against: against.to_owned(),
            aim: Aim::ExtraMsAtMost(0.4),
            figures: times.iter().map(|(ours, theirs)| (ours - theirs) * 1e3 / NODES.len() as f64).collect(),
        },
    ]
}

fn year(sides: &mut Sides) -> Comparison {
    let sides = RefCell::new(sides);
    let times = in_turns(
        FULL_PAIRS,
        |_| {
            let mut sides = sides.borrow_mut();
            sides.empty("ai");
            let reset = format!("update dfa.data_pipeline set data_date = '{BEFORE}', run_date = '{BEFORE}'");
            sides.ours.batch_execute(&reset).expect("watermarks");
            seconds(|| sides.run(LAST))
        },
        |_| {
            let mut sides = sides.borrow_mut();
            sides.empty("plain");
            seconds(|| sides.run_plain(BEFORE, LAST))
        },
    );
    sides.borrow_mut().assert_same_rows();
    Comparison {
        what: "run_pipeline of 5 nodes, the whole year".to_owned(),
        against: "the same SQL in one session".to_owned(),
        aim: Aim::TimesAtMost(1.02),
        figures: times.iter().map(|(ours, theirs)| ours / theirs).collect(),
    }
}

/// What a run costs beside its SQL after so many others in its transaction, against the first ones. The SQL itself, in
/// savepoints as each node is, grows with the versions of the rows that it changes again and again: that is Postgres'.
fn again_and_again(sides: &mut Sides) -> Comparison {
    sides.both("begin");
    let call = |sides: &mut Sides| sides.ours.batch_execute(&again()).expect("runs");
    let plain = |sides: &mut Sides| {
        let statement = format!("savepoint node; {}; release node", sides.again());
        sides.theirs.batch_execute(&statement).expect("runs");
    };
    let figures = last_by_first(sides, call, plain);
    sides.both("rollback");
    flat(format!("run_table beside its SQL, the last of {CALLS} in one transaction"), figures)
}

/// The same, each in a transaction of its own, while somebody keeps the server from clearing up.
fn under_a_snapshot(sides: &mut Sides, holder: &mut Client) -> Comparison {
    holder.batch_execute("begin isolation level repeatable read; select 1").expect("holds a snapshot");
    let call = |sides: &mut Sides| sides.ours.batch_execute(&again()).expect("runs");
    let plain = |sides: &mut Sides| {
        let statement = format!("begin; {}; commit", sides.again());
        sides.theirs.batch_execute(&statement).expect("runs");
    };
    let figures = last_by_first(sides, call, plain);
    holder.batch_execute("rollback").expect("gives it back");
    flat(format!("run_table beside its SQL, the last of {CALLS} under a held snapshot"), figures)
}

/// The run of a table for a day that it has.
fn again() -> String {
    format!("select from dfa.run_table('{}', '{LAST}')", NODES[AGAIN])
}

/// How much more than its SQL each of the last calls costs, against each of the first.
fn last_by_first(sides: &mut Sides, call: impl Fn(&mut Sides), plain: impl Fn(&mut Sides)) -> Vec<f64> {
    let more: Vec<f64> = (0..CALLS).map(|_| seconds(|| call(sides)) - seconds(|| plain(sides))).collect();
    let some = CALLS / 10;
    more[20..20 + some].iter().zip(&more[CALLS - some..]).map(|(first, last)| last / first).collect()
}

fn flat(what: String, figures: Vec<f64>) -> Comparison {
    Comparison { what, against: "the first ones".to_owned(), aim: Aim::TimesAtMost(1.2), figures }
}

impl Sides {
    /// On both sides.
    fn both(&mut self, command: &str) {
        self.ours.batch_execute(command).expect("a command");
        self.theirs.batch_execute(command).expect("a command");
    }

    fn run(&mut self, run_date: &str) {
        let call =
            format!("select count(*) from dfa.run_pipeline('pipeline_bench', '{run_date}') where status = 0");
        let answer = self.ours.simple_query(&call).expect("runs");
        let done = answer.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        assert_eq!(done, Some("5"));
    }

    /// What a run of a table for a day that it has would send: the watermark is that day.
    fn again(&self) -> String {
        self.statements[AGAIN].replace(BEFORE, LAST)
    }

    fn run_plain(&mut self, data_date: &str, run_date: &str) {
        self.theirs.simple_query("begin").expect("begins");
        for statement in &self.statements {
            let statement = statement.replace(BEFORE, data_date).replace(LAST, run_date);
            self.theirs.simple_query(&statement).unwrap_or_else(|error| panic!("{error}: {statement}"));
        }
        self.theirs.simple_query("commit").expect("commits");
    }

    fn empty(&mut self, schema: &str) {
        let tables = NODES.map(|node| format!("{schema}.{node}")).join(", ");
        self.ours.batch_execute(&format!("truncate {tables}; checkpoint")).expect("empties");
    }

    /// Neither side left something out.
    fn assert_same_rows(&mut self) {
        for node in NODES {
            let differing = format!("select count(*) from ((table ai.{node} except table plain.{node}) union all (table plain.{node} except table ai.{node})) as row");
            let count: i64 = self.ours.query_one(&differing, &[]).expect("compares").get(0);
            assert_eq!(count, 0, "{node}");
        }
    }
}

/// What a run from [`BEFORE`] to [`LAST`] would send, with the tables of the plain side as targets.
fn statements(client: &mut Client) -> Vec<String> {
    NODES
        .iter()
        .map(|node| {
            let render = "select statement from dfa.render($1, run_date => $2::text::date)";
            let row = client.query_one(render, &[node, &LAST]).expect("one statement");
            row.get::<_, String>(0).replace(" ai.ai_", " plain.ai_")
        })
        .collect()
}

/// The run date after so many days.
fn day(number: usize) -> String {
    let days = i64::try_from(number).expect("a small number");
    (jiff::civil::date(2017, 7, 1) + jiff::Span::new().days(days)).to_string()
}
