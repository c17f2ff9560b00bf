//! `make bench`: DFA beside the same work without it, in turns on one cluster. Ratios are told, not times: a machine
//! that is busy slows both sides.
//!
//! `dfa_bench DATA_FOLDER RESULT.json [PART…]` where the folder holds `transactions.parquet`; the parts are catalogs,
//! background, landing, pipeline (with landing), ingesting and retaining, all of them if none is named.

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

const PARTS: [&str; 6] = ["catalogs", "background", "landing", "pipeline", "ingesting", "retaining"];

fn usage() -> ! {
    eprintln!("usage: dfa_bench DATA_FOLDER RESULT.json [PART…]\nparts: {}", PARTS.join(" "));
    std::process::exit(2);
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let Some([_, data, result]) = arguments.first_chunk() else { usage() };
    let parts = &arguments[3..];
    if parts.iter().any(|part| !PARTS.contains(&part.as_str())) {
        usage();
    }
    let asked = |names: &[&str]| parts.is_empty() || parts.iter().any(|part| names.contains(&part.as_str()));
    let cluster = Cluster::start(&SETTINGS);
    let mut measured = Vec::new();
    if asked(&["catalogs"]) {
        measured.extend(catalogs::measure(&cluster));
    }
    if asked(&["background"]) {
        measured.extend(background::measure(&cluster));
    }
    // The pipeline runs over the rows that have landed.
    if asked(&["landing", "pipeline"]) {
        let landed = cluster.database("bench_pipeline");
        measured.extend(landing::measure(&landed, &Path::new(data).join("transactions.parquet")));
        if asked(&["pipeline"]) {
            measured.extend(pipeline::measure(&landed));
        }
    }
    if asked(&["ingesting"]) {
        measured.extend(ingesting::measure(&cluster.database("bench_ingest")));
    }
    if asked(&["retaining"]) {
        measured.extend(retaining::measure(&cluster.database("bench_retention")));
    }
    report::print(&measured);
    report::write(&measured, Path::new(result));
}
