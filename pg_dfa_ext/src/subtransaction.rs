//! Work that is undone alone when it fails.

use crate::error::{capture, Result};
use pgrx::pg_sys;

/// Runs `work` in a subtransaction: committed into the caller's transaction when it returns `Ok`, rolled back
/// to where it began when it returns `Err` or when Postgres raises an error in it.
///
/// An interrupt (class 57: cancel, shutdown) is rolled back and returned like any other error; callers pass it on,
/// see [`crate::error::DfaError::is_interrupt`].
pub fn subtransaction<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    bracket(work, true)
}

/// Runs `work` in a subtransaction that is rolled back in any case.
pub fn undone<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    bracket(work, false)
}

fn bracket<T>(work: impl FnOnce() -> Result<T>, keep: bool) -> Result<T> {
    // SAFETY: the same steps as PL/pgSQL's exception blocks (exec_stmt_block in pl_exec.c).
    unsafe {
        let memory = pg_sys::CurrentMemoryContext;
        let owner = pg_sys::CurrentResourceOwner;
        pg_sys::BeginInternalSubTransaction(std::ptr::null());
        pg_sys::MemoryContextSwitchTo(memory);
        let outcome = capture(work);
        if keep && outcome.is_ok() {
            pg_sys::ReleaseCurrentSubTransaction();
        } else {
            pg_sys::MemoryContextSwitchTo(memory);
            pg_sys::RollbackAndReleaseCurrentSubTransaction();
        }
        pg_sys::MemoryContextSwitchTo(memory);
        pg_sys::CurrentResourceOwner = owner;
        outcome
    }
}
