//! What ends the process that computes: its service is gone, or it needs more memory than it may have. Of what a function
//! or polars has begun nobody else can say stop.

use super::wire::NEEDS_TOO_MUCH;
use std::fs;
use std::os::unix::process::parent_id;
use std::time::Duration;

/// In this time a thread takes some ten megabytes more.
const LOOK: Duration = Duration::from_millis(20);
/// What a process needs beside its rows: threads, and the program itself.
const BESIDE: usize = 64 << 20;

/// Looks from here on, beside what computes.
pub fn begin(service: u32, memory: usize) {
    // Between two looks, or where a container has less than was allowed: the system ends this one, and neither the service
    // nor the database. Where there is no such file, it chooses by itself.
    let _ = fs::write("/proc/self/oom_score_adj", "1000");
    let most = memory.saturating_add(BESIDE);
    std::thread::spawn(move || loop {
        if parent_id() != service {
            std::process::exit(1);
        }
        if own_memory() > most {
            std::process::exit(NEEDS_TOO_MUCH);
        }
        std::thread::sleep(LOOK);
    });
}

/// Bytes that this process has for itself now; 0 where the system does not tell.
fn own_memory() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse().ok());
    kilobytes.unwrap_or(0_usize).saturating_mul(1024)
}
