//! `make bench`: DFA beside the same work without it, in turns on one cluster. Ratios are told, not times: a machine
//! that is busy slows both sides.
//!
//! `dfa_bench DATA_FOLDER RESULT.json [PART]` where the folder holds `transactions.parquet`.

mod background;
mod catalogs;
mod hello;
mod ingesting;
mod landing;
mod measure;
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

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["hello", port] => hello::serve(port.parse().expect("a port")),
        [data, result] => bench(Path::new(data), Path::new(result), ""),
        [data, result, part] => bench(Path::new(data), Path::new(result), part),
        _ => {
            eprintln!("usage: dfa_bench DATA_FOLDER RESULT.json [PART]");
            std::process::exit(2);
        }
    }
}

/// All parts, or those whose name begins so.
fn bench(data: &Path, result: &Path, part: &str) {
    let cluster = Cluster::start(&SETTINGS);
    let mut measured = Vec::new();
    let mut measure = |name: &str, work: &dyn Fn() -> Vec<Comparison>| {
        if name.starts_with(part) {
            measured.extend(work());
        }
    };
    measure("catalogs", &|| catalogs::measure(&cluster));
    measure("background", &|| background::measure(&cluster));
    measure("pipeline", &|| {
        let landed = cluster.database("bench_pipeline");
        let mut all = landing::measure(&landed, &data.join("transactions.parquet"));
        all.extend(pipeline::measure(&landed));
        all
    });
    measure("ingesting", &|| ingesting::measure(&cluster.database("bench_ingest")));
    measure("serving", &|| serving::measure(&cluster.database("bench_service")));
    measure("retaining", &|| retaining::measure(&cluster.database("bench_retention")));
    report::print(&measured);
    report::write(&measured, result);
}
