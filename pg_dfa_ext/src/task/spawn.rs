//! Asking for a worker: of the postmaster, or of the launcher when there is no slot. Workers are named here by the entry
//! points that the postmaster looks up, so that those who write tasks need nothing of those who run them.

use crate::latch;
use pgrx::bgworkers::BackgroundWorkerBuilder;
use pgrx::{pg_sys, PgAtomic};
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::Duration;

/// Somebody found no free slot for a worker.
pub static ASKED: PgAtomic<AtomicBool> = unsafe { PgAtomic::new(c"dfa launcher asked") };
/// The launcher's process, 0 without one.
pub static LAUNCHER: PgAtomic<AtomicI32> = unsafe { PgAtomic::new(c"dfa launcher pid") };

/// Set in the postmaster before it forks, so every process knows whether the shared memory above is there.
pub static PRELOADED: AtomicBool = AtomicBool::new(false);

/// A worker that dies is started again by the postmaster after so long.
pub const RESTART: Duration = Duration::from_secs(1);
/// Asks the postmaster for a worker of this database and role; false when it has no slot left
/// (`max_worker_processes`).
pub fn worker(database: pg_sys::Oid, role: pg_sys::Oid) -> bool {
    BackgroundWorkerBuilder::new("dfa worker")
        .set_type("dfa worker")
        .set_library("dfa")
        .set_function("dfa_worker_main")
        .set_extra(&format!("{} {}", database.to_u32(), role.to_u32()))
        .set_restart_time(Some(RESTART))
        .enable_spi_access()
        .load_dynamic()
        .is_ok()
}

/// Asks the launcher, if there is one, to look again.
pub fn ask_launcher() {
    if !PRELOADED.load(Ordering::Relaxed) {
        return;
    }
    ASKED.get().store(true, Ordering::SeqCst);
    let pid = LAUNCHER.get().load(Ordering::SeqCst);
    if pid != 0 {
        latch::set(pid);
    }
}
