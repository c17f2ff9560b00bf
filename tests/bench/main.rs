//! `make bench`: DFA beside the same work without it, in turns on one cluster. Ratios are told, not times: a machine
//! that is busy slows both sides.
//!
//! `dfa_bench DATA_FOLDER RESULT.json` where the folder holds `transactions.parquet`.

mod background;
mod catalogs;
mod ingesting;
mod landing;
mod measure;
mod pipeline;
mod report;
mod retaining;

use dfa_tests::Cluster;
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
    let arguments: Vec<String> = std::env::args().collect();
    let [_, data, result] = arguments.as_slice() else {
        eprintln!("usage: dfa_bench DATA_FOLDER RESULT.json");
        std::process::exit(2);
    };
    let cluster = Cluster::start(&SETTINGS);
    let mut measured = Vec::new();
    measured.extend(catalogs::measure(&cluster));
    measured.extend(background::measure(&cluster));
    let landed = cluster.database("bench_pipeline");
    measured.extend(landing::measure(&landed, &Path::new(data).join("transactions.parquet")));
    measured.extend(pipeline::measure(&landed));
    measured.extend(ingesting::measure(&cluster.database("bench_ingest")));
    measured.extend(retaining::measure(&cluster.database("bench_retention")));
    report::print(&measured);
    report::write(&measured, Path::new(result));
}
