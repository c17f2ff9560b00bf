//! Killed at any moment, a retention has either happened or not: what was there is kept or archived.

use dfa_tests::{Cluster, Database};
use postgres::Client;
use std::process::Command;
use std::time::{Duration, Instant};

const KILLS: u32 = 50;
const CATALOG: &str = "
ai_sale:
  retention: {column: day, months: 3, backup: rows}
  create: {features: {day: 'date not null', n: int}, partition_by_range: [day]}
  update: {fill: {statement: 'select 1'}}
ai_plain:
  retention: {column: day, months: 3, backup: rows}
  create: {features: {day: 'date not null', n: int}}
  update: {fill: {statement: 'select 1'}}
";

/// How often the server has come up.
fn starts(cluster: &Cluster) -> usize {
    cluster.log().matches("ready to accept connections").count()
}

/// A session as soon as the server has come up once more than `before`.
fn recovered(cluster: &Cluster, database: &Database, before: usize) -> Client {
    let started = Instant::now();
    while starts(cluster) <= before {
        assert!(started.elapsed() < Duration::from_secs(60), "it does not recover: {}", cluster.log());
        std::thread::yield_now();
    }
    database.connect()
}

fn number(client: &mut Client, query: &str) -> i64 {
    client.query_one(query, &[]).expect("a number").get(0)
}

/// Rows of a table with those of its archive, and their sum.
fn everything(client: &mut Client, table: &str) -> (i64, i64) {
    let archive = format!("ai_bk.{table}_bk");
    let has_archive = client.query_one("select to_regclass($1) is not null", &[&archive]).expect("answers");
    let mut all = format!("select n from ai.{table}");
    if has_archive.get(0) {
        all.push_str(&format!(" union all select n from {archive}"));
    }
    let count = number(client, &format!("select count(*) from ({all}) as every"));
    (count, number(client, &format!("select sum(n)::bigint from ({all}) as every")))
}

#[test]
fn kept_and_archived_rows_are_all_rows_whenever_its_backend_is_killed() {
    let cluster = Cluster::start(&["fsync=off", "restart_after_crash=on"]);
    let database = cluster.database("killed");
    let mut client = database.connect();
    client.execute("select count(*) from dfa.load_catalog($1, 'x')", &[&CATALOG]).expect("loads");
    client.batch_execute("select * from dfa.setup(run_date => '2021-01-01')").expect("sets up");
    for table in ["ai_sale", "ai_plain"] {
        let fill = format!("insert into ai.{table} select make_date(2020, 1 + n % 12, 15), n from generate_series(1, 24000) as n");
        client.batch_execute(&fill).expect("fills");
    }
    let before = everything(&mut client, "ai_plain");
    let mut undisturbed = Duration::from_millis(100);
    let mut died = 0;
    for kill in 0..KILLS {
        let pid = client.query_one("select pg_backend_pid()", &[]).expect("a pid").get::<_, i32>(0);
        let started = Instant::now();
        let starts = starts(&cluster);
        // Gives its session back, so that there is a backend to kill even when it has ended.
        let run = std::thread::spawn(move || {
            let outcome = client.batch_execute("select * from dfa.run_retention(run_date => '2020-12-20')");
            (outcome.is_ok(), client)
        });
        // A point that is spread over the time that a whole retention takes.
        let point = undisturbed * kill / KILLS;
        while started.elapsed() < point {
            std::hint::spin_loop();
        }
        let killed = Command::new("kill").args(["-9", &pid.to_string()]).status().expect("kill runs");
        assert!(killed.success(), "there was a backend to kill");
        let (ended_well, _gone) = run.join().expect("the thread ends");
        died += u32::from(!ended_well);
        client = recovered(&cluster, &database, starts);
        for table in ["ai_sale", "ai_plain"] {
            assert_eq!(everything(&mut client, table), before, "{table} after kill {kill}");
        }
        if kill == 0 || ended_well {
            let started = Instant::now();
            client.batch_execute("select * from dfa.run_retention(run_date => '2020-12-20')").expect("runs");
            undisturbed = undisturbed.max(started.elapsed());
        }
        for table in ["ai_sale", "ai_plain"] {
            // Back to where it began, so that the next one has something to do.
            if number(
                &mut client,
                &format!("select count(*) from dfa.table_backup where table_name = '{table}'"),
            ) > 0
            {
                client.batch_execute(&format!("select dfa.restore_backup('{table}')")).expect("restores");
            }
            assert_eq!(everything(&mut client, table), before);
        }
    }
    assert!(died > KILLS / 2, "only {died} of {KILLS} retentions were killed while they ran");
}
