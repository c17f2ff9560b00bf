//! DataFrame jobs: what forecasts cost the service, whether it answers meanwhile, and what its memory is. How good the
//! forecasts are, beside other libraries, `scripts/forecast-peers.sh` tells.

use crate::measure::{seconds, Aim, Comparison};
use dfa_tests::{children, own_memory, Database, Service};
use postgres::Client;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const CATALOG: &str = include_str!("forecast/catalog.yaml");
const SUBMIT: &str = "select dfa.submit('data', $1, '{2024-02-01}', 'rerun')";
/// A twentieth of what statsmodels takes for these forecasts, and what `load` may add to an idle service.
const CPU_SECONDS: f64 = 155.0;
const MEMORY_MB: f64 = 64.0;

pub fn measure(database: &Database) -> Vec<Comparison> {
    let mut client = database.connect();
    client.execute("select count(*) from dfa.load_catalog($1, 'bench.yaml')", &[&CATALOG]).expect("loads");
    client.batch_execute("select * from dfa.setup(run_date => '2021-01-01')").expect("sets up");
    client.batch_execute(include_str!("forecast/rows.sql")).expect("makes the rows");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let service = Service::start_with_log_file(database, &[], &folder.path().join("log"));
    run(&mut client, "ai_warm");
    vec![small(&mut client), many(&mut client, &service), long(&mut client, &service)]
        .into_iter()
        .flatten()
        .collect()
}

fn run(client: &mut Client, table: &str) {
    // A task is seen once it is committed: waiting is a statement of its own.
    let task: String = client.query_one(SUBMIT, &[&table]).expect("submits").get(0);
    let status: i32 = client.query_one("select dfa.wait($1, '3000 s')", &[&task]).expect("runs").get(0);
    let said = "select coalesce(string_agg(message, '; '), '') from dfa.task_step where state <> 'SUCCESS'";
    let said: String = client.query_one(said, &[]).expect("steps").get(0);
    assert_eq!((status, said.as_str()), (0, ""), "{table}");
}

/// A job of 31 ids and 12 months, from its submission to its commit.
fn small(client: &mut Client) -> Vec<Comparison> {
    let figures = (0..7).map(|_| seconds(|| run(client, "ai_small")) / 0.3).collect();
    vec![Comparison {
        what: "31 forecasts of 12 months".to_owned(),
        against: "0.3 s".to_owned(),
        aim: Aim::TimesAtMost(1.0),
        figures,
    }]
}

/// 10,000 ids of 36 months: CPU of the service, memory, and how long `/health` takes meanwhile.
fn many(client: &mut Client, service: &Service) -> Vec<Comparison> {
    let idle = latencies(service, || (0..200).for_each(|_| std::thread::sleep(Duration::from_millis(5))));
    let before = (cpu_seconds(service.pid()), memory_of_all(service.pid()));
    let mut most = 0;
    let busy = latencies(service, || most = peak_while(service.pid(), || run(client, "ai_many")));
    let spent = cpu_seconds(service.pid()) - before.0;
    vec![
        Comparison {
            what: "10,000 forecasts of 36 months, CPU".to_owned(),
            against: format!("{CPU_SECONDS} s"),
            aim: Aim::TimesAtMost(1.0),
            figures: vec![spent / CPU_SECONDS],
        },
        memory("10,000 forecasts of 36 months, memory", before.1, most),
        Comparison {
            what: "GET /health meanwhile, 95 %".to_owned(),
            against: "an idle service".to_owned(),
            aim: Aim::ExtraMsAtMost(20.0),
            figures: vec![quantile(&busy) - quantile(&idle)],
        },
    ]
}

/// 5,000,000 rows of 100,000 ids, as days of 50 days.
fn long(client: &mut Client, service: &Service) -> Vec<Comparison> {
    let before = memory_of_all(service.pid());
    let most = peak_while(service.pid(), || run(client, "ai_long"));
    vec![memory("5,000,000 rows, memory", before, most)]
}

fn memory(what: &str, before: u64, most: u64) -> Comparison {
    Comparison {
        what: what.to_owned(),
        against: format!("{MEMORY_MB} MB"),
        aim: Aim::TimesAtMost(1.0),
        figures: vec![most.saturating_sub(before) as f64 / 1024.0 / MEMORY_MB],
    }
}

/// What a service and the processes that compute for it have for themselves, in kB.
fn memory_of_all(service: u32) -> u64 {
    own_memory(service) + children(service).into_iter().map(own_memory).sum::<u64>()
}

/// The most that a service has for itself while something runs, in kB.
fn peak_while(pid: u32, work: impl FnOnce()) -> u64 {
    let (most, done) = (AtomicU64::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                most.fetch_max(memory_of_all(pid), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(10));
            }
        });
        work();
        done.store(true, Ordering::Relaxed);
    });
    most.into_inner()
}

/// Milliseconds of requests that are sent while something runs.
fn latencies(service: &Service, work: impl FnOnce()) -> Vec<f64> {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| {
            let mut all = Vec::new();
            while !done.load(Ordering::Relaxed) {
                let started = Instant::now();
                service.get("/health").assert_status(200);
                all.push(started.elapsed().as_secs_f64() * 1000.0);
                std::thread::sleep(Duration::from_millis(5));
            }
            all
        });
        work();
        done.store(true, Ordering::Relaxed);
        asked.join().expect("asks")
    })
}

fn quantile(latencies: &[f64]) -> f64 {
    let mut sorted = latencies.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() * 95 / 100]
}

/// What a process and those that it has started and that have ended have spent, user and system, in clock ticks of a
/// hundredth of a second.
fn cpu_seconds(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("a process");
    let fields: Vec<&str> = stat.rsplit(") ").next().expect("fields").split(' ').collect();
    let ticks = |place: usize| fields[place].parse::<f64>().expect("a number");
    (11..15).map(ticks).sum::<f64>() / 100.0
}
