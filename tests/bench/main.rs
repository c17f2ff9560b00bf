//! `make bench`: DFA beside the same work without it, in turns on one cluster. Ratios are told, not times: a machine
//! that is busy slows both sides.
//!
//! `dfa_bench DATA_FOLDER RESULT.json [PART…]` where the folder holds `transactions.parquet`; without a part, all of them.

mod background;
mod catalogs;
mod forecasting;
mod hello;
mod ingesting;
mod landing;
mod measure;
mod pages;
mod payload;
mod pipeline;
mod report;
mod retaining;
mod serving;

use dfa_tests::Cluster;
use measure::Comparison;
use std::path::Path;

/// As the demo's cluster has them; what is committed is on disk.
const SETTINGS: [&str; 6] = [
    "shared_buffers=512MB",
    "work_mem=64MB",
    "maintenance_work_mem=256MB",
    "max_wal_size=8GB",
    "checkpoint_timeout=1h",
    "autovacuum=off",
];

/// A part of the bench: its name, and what measures it with the cluster and the data.
type Part = (&'static str, fn(&Cluster, &Path) -> Vec<Comparison>);

const PARTS: [Part; 9] = [
    ("catalogs", |cluster, _| catalogs::measure(cluster)),
    ("background", |cluster, _| background::measure(cluster)),
    ("landing", |cluster, data| landing::measure(&cluster.database("bench_landing"), data)),
    ("pipeline", |cluster, data| {
        let database = cluster.database("bench_pipeline");
        landing::land(&database, data);
        pipeline::measure(&database)
    }),
    ("ingest", |cluster, _| ingesting::measure(&cluster.database("bench_ingest"))),
    ("serving", |cluster, _| serving::measure(&cluster.database("bench_service"))),
    ("pages", |cluster, _| pages::measure(&cluster.database("bench_pages"))),
    ("forecast", |cluster, _| forecasting::measure(&cluster.database("bench_forecast"))),
    ("retention", |cluster, _| retaining::measure(&cluster.database("bench_retention"))),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let ["hello", port] = arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        return hello::serve(port.parse().expect("a port"));
    }
    let [data, result, wanted @ ..] = arguments.as_slice() else { usage() };
    if !wanted.iter().all(|name| PARTS.iter().any(|(known, _)| known == name)) {
        usage();
    }
    let data = Path::new(data).join("transactions.parquet");
    let cluster = Cluster::start(&SETTINGS);
    let measured: Vec<Comparison> = PARTS
        .iter()
        .filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|it| it == name))
        .flat_map(|(_, measure)| measure(&cluster, &data))
        .collect();
    report::print(&measured);
    report::write(&measured, Path::new(result));
}

fn usage() -> ! {
    let parts: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
    eprintln!("usage: dfa_bench DATA_FOLDER RESULT.json [{}]", parts.join("|"));
    std::process::exit(2);
}
