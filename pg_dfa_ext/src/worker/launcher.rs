//! The launcher: with `shared_preload_libraries = 'dfa'`, a process that starts workers where work was left, when the
//! server starts, after a crash, at promotion, and when there was no free slot for a worker before.
//!
//! It belongs to no database, so it can look into none: for each it starts a scout, which looks and ends.

use super::{process, signals};
use crate::error::{capture, DfaError, Result};
use crate::latch;
use crate::spi;
use crate::task::{give_up, spawn};
use pgrx::bgworkers::{BackgroundWorker, BackgroundWorkerBuilder, BgWorkerStartTime};
use pgrx::prelude::*;
use pgrx::{pg_shmem_init, pg_sys};
use spawn::{ASKED, LAUNCHER, PRELOADED};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// The next attempt to start what could not be started.
const RETRY: Duration = Duration::from_secs(1);
/// `BOOTSTRAP_SUPERUSERID`: the role that initdb made, whatever its name.
const BOOTSTRAP_SUPERUSER: u32 = 10;

/// Registers the launcher; without preload there is none, and tasks are started by those who submit them.
pub fn register() {
    // SAFETY: reads a global while the library is loaded.
    if !unsafe { pg_sys::process_shared_preload_libraries_in_progress } {
        return;
    }
    pg_shmem_init!(ASKED);
    pg_shmem_init!(LAUNCHER);
    PRELOADED.store(true, Ordering::Relaxed);
    BackgroundWorkerBuilder::new("dfa launcher")
        .set_type("dfa launcher")
        .set_library("dfa")
        .set_function("dfa_launcher_main")
        .set_start_time(BgWorkerStartTime::RecoveryFinished)
        .set_restart_time(Some(RETRY))
        .enable_shmem_access(None)
        .enable_spi_access()
        .load();
}

/// Where the launcher begins.
#[pg_guard]
#[no_mangle]
pub extern "C-unwind" fn dfa_launcher_main(_argument: pg_sys::Datum) {
    // SAFETY: before any query.
    unsafe {
        signals::attach();
        pg_sys::BackgroundWorkerInitializeConnection(std::ptr::null(), std::ptr::null(), 0);
        LAUNCHER.get().store(pg_sys::MyProcPid, Ordering::SeqCst);
    }
    let mut waiting = databases();
    loop {
        waiting.retain(|&database| !start_scout(database));
        let timeout = if waiting.is_empty() { None } else { Some(RETRY) };
        latch::wait(timeout);
        if ASKED.get().swap(false, Ordering::SeqCst) {
            waiting = databases();
            // What was asked for because of a lack of slots will not be there at once.
            latch::wait(Some(RETRY));
        }
    }
}

fn start_scout(database: pg_sys::Oid) -> bool {
    BackgroundWorkerBuilder::new("dfa scout")
        .set_type("dfa scout")
        .set_library("dfa")
        .set_function("dfa_scout_main")
        .set_extra(&database.to_u32().to_string())
        .enable_spi_access()
        .load_dynamic()
        .is_ok()
}

/// Where a scout begins: a worker for each role that has open tasks in this database, then its end.
#[pg_guard]
#[no_mangle]
pub extern "C-unwind" fn dfa_scout_main(_argument: pg_sys::Datum) {
    let Ok(database) = BackgroundWorker::get_extra().parse::<u32>() else { return };
    // SAFETY: before any query.
    unsafe { signals::attach() };
    BackgroundWorker::connect_worker_to_spi_by_oid(Some(database.into()), Some(BOOTSTRAP_SUPERUSER.into()));
    process::begin_as_we_mean();
    if let Err(error) = process::in_transaction(start_workers) {
        pgrx::warning!("dfa scout: {error}");
    }
}

/// Also gives up the foreground tasks whose sessions have gone.
fn start_workers() -> Result<()> {
    give_up::lost_tasks()?;
    let roles = spi::values::<pg_sys::Oid>(include_str!("sql/roles_with_open_tasks.sql"), &[])?;
    // SAFETY: reads a global of this process.
    let database = unsafe { pg_sys::MyDatabaseId };
    if !roles.into_iter().all(|role| spawn::worker(database, role)) {
        spawn::ask_launcher();
    }
    Ok(())
}

/// The databases that take connections.
fn databases() -> Vec<pg_sys::Oid> {
    let scan = || -> Result<Vec<pg_sys::Oid>> {
        let mut found = Vec::new();
        // SAFETY: a scan of pg_database as autovacuum's launcher makes it (get_database_list), in a transaction.
        unsafe {
            pg_sys::StartTransactionCommand();
            pg_sys::GetTransactionSnapshot();
            let relation = pg_sys::table_open(pg_sys::DatabaseRelationId, pg_sys::AccessShareLock as i32);
            let scan = pg_sys::table_beginscan_catalog(relation, 0, std::ptr::null_mut());
            loop {
                let tuple = pg_sys::heap_getnext(scan, pg_sys::ScanDirection::ForwardScanDirection);
                if tuple.is_null() {
                    break;
                }
                let row = &*pg_sys::GETSTRUCT(tuple).cast::<pg_sys::FormData_pg_database>();
                if row.datallowconn {
                    found.push(row.oid);
                }
            }
            pg_sys::heap_endscan(scan);
            pg_sys::table_close(relation, pg_sys::AccessShareLock as i32);
            pg_sys::CommitTransactionCommand();
        }
        Ok(found)
    };
    capture(scan).unwrap_or_else(|error: DfaError| {
        pgrx::warning!("dfa launcher: {error}");
        unsafe { pg_sys::AbortCurrentTransaction() };
        Vec::new()
    })
}
