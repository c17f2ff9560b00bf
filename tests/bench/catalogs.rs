//! Loading 1,000 generated tables against parsing their YAML alone; loading them and setting them up, against their DDL.

use crate::measure::{in_turns, seconds, Aim, Comparison};
use dfa_tests::Cluster;
use postgres::{Client, Transaction};
use std::fmt::Write;

const TABLES: usize = 1_000;
const PAIRS: usize = 9;

/// `dfa.load_catalog` of one document, taken back each time, so that each load finds none of it.
pub fn measure(cluster: &Cluster) -> Vec<Comparison> {
    let document = document();
    let mut client = cluster.database("bench_catalogs").connect();
    let load =
        client.prepare("select count(*) from dfa.load_catalog($1, 'bench.yaml')").expect("a statement");
    let times = in_turns(
        PAIRS,
        |_| {
            let mut transaction = client.transaction().expect("a transaction");
            let took = seconds(|| {
                let stored: i64 = transaction.query_one(&load, &[&document]).expect("loads").get(0);
                assert_eq!(stored, TABLES as i64);
            });
            transaction.rollback().expect("rolls back");
            took
        },
        |_| {
            seconds(|| {
                let documents = dfa_catalog::tree::from_yaml(&document).expect("parses");
                assert_eq!(documents.len(), 1);
            })
        },
    );
    vec![
        Comparison {
            what: format!("load_catalog of {TABLES} tables"),
            against: "parsing their YAML".to_owned(),
            aim: Aim::TimesAtMost(3.0),
            figures: times.iter().map(|(ours, theirs)| ours / theirs).collect(),
        },
        set_up(&mut client, &document),
    ]
}

/// Each side in a transaction that is taken back.
fn set_up(client: &mut Client, document: &str) -> Comparison {
    let ddl = (0..TABLES).fold("create schema ai;".to_owned(), |mut ddl, number| {
        let amounts =
            (0..9).map(|column| format!("amount_{column} numeric(24, 8) default 0, ")).collect::<String>();
        let _ = write!(
            ddl,
            "create table ai.ai_table_{number} (id integer not null, day date not null,
                 label varchar(64) check (label <> ''), {amounts}primary key (id, day));
             comment on table ai.ai_table_{number} is 'Generated table number {number}';"
        );
        ddl
    });
    let client = std::cell::RefCell::new(client);
    let taken_back = |work: &dyn Fn(&mut Transaction<'_>)| {
        let mut client = client.borrow_mut();
        let mut transaction = client.transaction().expect("a transaction");
        let took = seconds(|| work(&mut transaction));
        transaction.rollback().expect("rolls back");
        took
    };
    let times = in_turns(
        PAIRS,
        |_| {
            taken_back(&|transaction| {
                let load = "select count(*) from dfa.load_catalog($1, 'bench.yaml')";
                transaction.query_one(load, &[&document]).expect("loads");
                let set_up = "select count(*) filter (where action = 'created') from dfa.setup(run_date => '2021-01-01')";
                let made: i64 = transaction.query_one(set_up, &[]).expect("sets up").get(0);
                assert!(made >= TABLES as i64, "{made} objects");
            })
        },
        |_| taken_back(&|transaction| transaction.batch_execute(&ddl).expect("creates")),
    );
    Comparison {
        what: format!("load_catalog and setup of {TABLES} tables"),
        against: "their DDL".to_owned(),
        aim: Aim::TimesAtMost(1.5),
        figures: times.iter().map(|(ours, theirs)| ours / theirs).collect(),
    }
}

/// Tables such as teams have: a dozen columns, keys, and a process that reads the table before.
fn document() -> String {
    let mut text = String::new();
    for number in 0..TABLES {
        let source = if number == 0 { "src_start".to_owned() } else { format!("ai_table_{}", number - 1) };
        let name = format!("ai_table_{number}");
        let mut columns = String::new();
        for column in 0..9 {
            let _ = writeln!(columns, "      amount_{column}: \"numeric( 24, 8 ) default 0\"");
        }
        let _ = write!(
            text,
            "{name}:
  version: 2026-01-01
  description: Generated table number {number}
  create:
    features:
      id: \"integer not null\"
      day: \"date not null\"
      label: \"varchar( 64 ) null check( label <> '' )\"
{columns}    primary_key: [id, day]
  update:
    fill:
      parameter: [run_date, data_date]
      statement: \"insert into {{ai_schema_name}}.{name} (id, day, label)
        select id, day, max(label) from {{ai_schema_name}}.{source}
        where day > date '{{data_date}}' and day <= date '{{run_date}}' group by id, day
        on conflict (id, day) do update set label = excluded.label\"
"
        );
    }
    text
}
