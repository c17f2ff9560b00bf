//! Waiting for, and waking, server processes.

use pgrx::pg_sys;
use std::time::Duration;

/// Waits until somebody sets the latch, or at most so long; ends the process if it was told to end. A cancel that comes
/// meanwhile is meant for a statement that has ended.
pub fn wait(at_most: Option<Duration>) {
    wait_for_latch(at_most);
    // SAFETY: a flag of this process.
    unsafe { pg_sys::QueryCancelPending = 0 };
    pgrx::check_for_interrupts!();
}

/// [`wait`] of a session's statement, which a cancel ends.
pub fn pause(at_most: Duration) {
    wait_for_latch(Some(at_most));
    pgrx::check_for_interrupts!();
}

fn wait_for_latch(at_most: Option<Duration>) {
    let timeout = if at_most.is_some() { pg_sys::WL_TIMEOUT } else { 0 };
    // SAFETY: the latch of this process.
    unsafe {
        pg_sys::WaitLatch(
            pg_sys::MyLatch,
            (pg_sys::WL_LATCH_SET | timeout | pg_sys::WL_EXIT_ON_PM_DEATH) as i32,
            at_most.map_or(0, |time| i64::try_from(time.as_millis()).unwrap_or(i64::MAX)),
            pg_sys::PG_WAIT_EXTENSION,
        );
        pg_sys::ResetLatch(pg_sys::MyLatch);
    }
}

/// Wakes a server process; one that has ended is passed over.
pub fn set(pid: i32) {
    // SAFETY: the entry of a process that ends stays valid memory; at worst another process wakes once for nothing.
    unsafe {
        let process = pg_sys::BackendPidGetProc(pid);
        if !process.is_null() {
            pg_sys::SetLatch(&raw mut (*process).procLatch);
        }
    }
}
