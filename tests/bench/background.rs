//! The background: from a submit to the first row, against one round trip; a tick with 10,000 pipelines and nothing due,
//! against a look-up by primary key.

use crate::measure::{in_turns, seconds, Aim, Comparison};
use dfa_tests::{Cluster, Database};
use postgres::Client;
use std::fmt::Write;

const SUBMITS: usize = 41;
const TICKS: usize = 15;
const PIPELINES: usize = 10_000;

pub fn measure(cluster: &Cluster) -> Vec<Comparison> {
    vec![first_row(&cluster.database("bench_submit")), idle_tick(&cluster.database("bench_tick"))]
}

/// A worker is there, as on a server that works; a cold one takes what starting a server process takes.
fn first_row(database: &Database) -> Comparison {
    let mut client = database.connect();
    let mut other = database.connect();
    load(
        &mut client,
        "ai_t: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_t values (1)'}}}",
    );
    client.batch_execute("select * from dfa.setup(run_date => '2021-01-01')").expect("sets up");
    let times = in_turns(
        SUBMITS,
        |_| {
            client.batch_execute("truncate ai.ai_t").expect("empties");
            seconds(|| {
                client.batch_execute("select dfa.submit('data', 'ai_t')").expect("submits");
                while client.query_one("select count(*) from ai.ai_t", &[]).expect("counts").get::<_, i64>(0)
                    == 0
                {}
            })
        },
        |_| seconds(|| other.batch_execute("select 1").expect("answers")),
    );
    Comparison {
        what: "submit until its first row is seen".to_owned(),
        against: "one round trip".to_owned(),
        aim: Aim::ExtraMsAtMost(10.0),
        figures: times.iter().map(|(ours, theirs)| (ours - theirs) * 1e3).collect(),
    }
}

fn idle_tick(database: &Database) -> Comparison {
    let mut client = database.connect();
    let mut other = database.connect();
    let mut catalog =
        "ai_t: {create: {features: {a: int}}, update: {p: {statement: 'select 1'}}}\n".to_owned();
    for number in 0..PIPELINES {
        let trigger = if number % 2 == 0 { String::new() } else { format!(", trigger: p{}", number - 1) };
        let _ = writeln!(catalog, "p{number}: {{nodes: [ai_t], schedule: \"0 6 * * *\"{trigger}}}");
    }
    load(&mut client, &catalog);
    client.batch_execute("analyze").expect("analyzes");
    let look_up = other.prepare("select name from dfa.catalog where id = $1").expect("a statement");
    let times = in_turns(
        TICKS,
        |_| {
            seconds(|| {
                let tick = "select count(*) from dfa.tick(now() - interval '1 year')";
                assert_eq!(client.query_one(tick, &[]).expect("ticks").get::<_, i64>(0), 0);
            })
        },
        |_| {
            seconds(|| {
                other.query_one(&look_up, &[&1_i64]).expect("a row");
            })
        },
    );
    Comparison {
        what: format!("tick of {PIPELINES} pipelines, nothing due"),
        against: "a look-up by primary key".to_owned(),
        aim: Aim::ExtraMsAtMost(50.0),
        figures: times.iter().map(|(ours, theirs)| (ours - theirs) * 1e3).collect(),
    }
}

fn load(client: &mut Client, catalog: &str) {
    client.execute("select count(*) from dfa.load_catalog($1, 'bench.yaml')", &[&catalog]).expect("loads");
}
