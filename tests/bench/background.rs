//! The background: from a submit to the first row, against one round trip; a tick with 10,000 pipelines and nothing due,
//! against a look-up by primary key; a step of a long backfill, against one of a short; 50 nodes that read each other,
//! against their SQL in one session.

use crate::measure::{in_turns, seconds, Aim, Comparison};
use dfa_tests::{Cluster, Database};
use postgres::Client;
use std::fmt::Write;

const SUBMITS: usize = 41;
const TICKS: usize = 15;
const PIPELINES: usize = 10_000;
const BACKFILLS: usize = 5;
/// Days of a short and of a long backfill.
const SHORT: i32 = 100;
const LONG: i32 = 2_000;
/// Layers of a graph of nodes, and nodes of each.
const LAYERS: usize = 10;
const WIDE: usize = 5;
const GRAPHS: usize = 15;

pub fn measure(cluster: &Cluster) -> Vec<Comparison> {
    vec![
        first_row(&cluster.database("bench_submit")),
        idle_tick(&cluster.database("bench_tick")),
        long_backfill(&cluster.database("bench_backfill")),
        graph(&cluster.database("bench_graph")),
    ]
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
        aim: Aim::ExtraMsAtMost(3.0),
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
        aim: Aim::ExtraMsAtMost(10.0),
        figures: times.iter().map(|(ours, theirs)| (ours - theirs) * 1e3).collect(),
    }
}

/// Each node reads two of the layer before it.
fn graph(database: &Database) -> Comparison {
    let mut client = database.connect();
    let mut other = database.connect();
    let name = |layer: usize, place: usize| format!("ai_g{layer}x{}", place % WIDE);
    let nodes: Vec<(usize, usize)> =
        (0..LAYERS).flat_map(|layer| (0..WIDE).map(move |place| (layer, place))).collect();
    let sources = |(layer, place): (usize, usize)| match layer {
        0 => "select 1".to_owned(),
        _ => format!(
            "select count(*) from {{ai_schema_name}}.{}, {{ai_schema_name}}.{}",
            name(layer - 1, place),
            name(layer - 1, place + 1)
        ),
    };
    let mut catalog = String::new();
    let mut plain = String::new();
    for node in &nodes {
        let (table, query) = (name(node.0, node.1), sources(*node));
        let _ = writeln!(
            catalog,
            "{table}: {{create: {{features: {{a: bigint}}}}, update: {{p: {{statement: 'insert into {{ai_schema_name}}.{table} {query}'}}}}}}"
        );
        let _ = writeln!(plain, "insert into plain.{table} {};", query.replace("{ai_schema_name}", "plain"));
    }
    let names: Vec<String> = nodes.iter().map(|node| name(node.0, node.1)).collect();
    let _ = writeln!(catalog, "graph: {{nodes: [{}]}}", names.join(", "));
    load(&mut client, &catalog);
    client
        .batch_execute("select * from dfa.setup(run_date => '2021-01-01'); create schema plain")
        .expect("sets up");
    for table in &names {
        client.batch_execute(&format!("create table plain.{table} (a bigint)")).expect("a table");
    }
    let empty = |schema: &str| {
        format!(
            "truncate {}",
            names.iter().map(|table| format!("{schema}.{table}")).collect::<Vec<_>>().join(", ")
        )
    };
    let times = in_turns(
        GRAPHS,
        |_| {
            client.batch_execute(&empty("ai")).expect("empties");
            seconds(|| {
                let run = "select dfa.submit('data', 'graph', array[date '2021-01-01'])";
                let id: String = client.query_one(run, &[]).expect("submits").get(0);
                let wait = "select dfa.wait($1, '1 minute')";
                let status: i32 = client.query_one(wait, &[&id]).expect("waits").get(0);
                assert_eq!(status, 0, "all nodes succeed");
            })
        },
        |_| {
            other.batch_execute(&empty("plain")).expect("empties");
            seconds(|| other.batch_execute(&plain).expect("runs"))
        },
    );
    Comparison {
        what: format!("{} nodes in the background", names.len()),
        against: "their SQL in one session".to_owned(),
        aim: Aim::TimesAtMost(3.0),
        figures: times.iter().map(|(ours, theirs)| ours / theirs).collect(),
    }
}

/// What waits must cost the steps that run nothing.
fn long_backfill(database: &Database) -> Comparison {
    let mut client = database.connect();
    load(
        &mut client,
        "ai_t: {create: {features: {day: date}, primary_key: [day]}, retention: {column: day, months: 0},
                update: {p: {parameter: [run_date], statement: \"insert into {ai_schema_name}.ai_t values ('{run_date}') on conflict do nothing\"}}}",
    );
    client.batch_execute("select * from dfa.setup(run_date => '2021-01-01')").expect("sets up");
    let client = std::cell::RefCell::new(client);
    let seconds_a_step = |days: i32| {
        let mut client = client.borrow_mut();
        let took = seconds(|| {
            let backfill = "select dfa.backfill('ai_t', date '2021-01-02', date '2021-01-01' + $1::int)";
            let id: String = client.query_one(backfill, &[&days]).expect("submits").get(0);
            // Not by dfa.wait: one statement that takes so long keeps the server from clearing up after the others.
            let status = "select status from dfa.process_status($1), pg_sleep(0.01)";
            let ended = std::iter::repeat_with(|| client.query_one(status, &[&id]).expect("tells").get(0))
                .find(|status: &i32| *status != 2);
            assert_eq!(ended, Some(0), "all steps succeed");
        });
        took / f64::from(days)
    };
    let times = in_turns(BACKFILLS, |_| seconds_a_step(LONG), |_| seconds_a_step(SHORT));
    Comparison {
        what: format!("a step of a backfill of {LONG} steps"),
        against: format!("one of {SHORT} steps"),
        aim: Aim::TimesAtMost(1.5),
        figures: times.iter().map(|(ours, theirs)| ours / theirs).collect(),
    }
}

fn load(client: &mut Client, catalog: &str) {
    client.execute("select count(*) from dfa.load_catalog($1, 'bench.yaml')", &[&catalog]).expect("loads");
}
