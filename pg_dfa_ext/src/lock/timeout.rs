//! Bounded waiting: nobody waits for a lock longer than `dfa.lock_timeout`, and then is told for whom.

use crate::error::{DfaError, Result};
use crate::subtransaction::subtransaction;
use crate::{settings, spi};
use pgrx::pg_sys;
use std::ffi::CString;

/// Runs `work` with `lock_timeout` set to `dfa.lock_timeout`, and sets it back.
pub fn with_timeout<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    with_timeout_of(settings::lock_timeout(), work)
}

/// [`with_timeout`] of so many milliseconds.
pub fn with_timeout_of<T>(milliseconds: i32, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let value = CString::new(milliseconds.to_string()).unwrap_or_default();
    // SAFETY: a nest level of its own, closed below; an error closes it with its subtransaction.
    let level = unsafe {
        let level = pg_sys::NewGUCNestLevel();
        pg_sys::set_config_option(
            c"lock_timeout".as_ptr(),
            value.as_ptr(),
            pg_sys::GucContext::PGC_USERSET,
            pg_sys::GucSource::PGC_S_SESSION,
            pg_sys::GucAction::GUC_ACTION_SAVE,
            true,
            0,
            false,
        );
        level
    };
    let outcome = work();
    unsafe { pg_sys::AtEOXact_GUC(true, level) };
    outcome
}

/// What one waits for: a table, or rows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    Table,
    Rows,
}

/// Does what waits for others who write relation `oid`, up to `dfa.lock_timeout`.
///
/// # Errors
/// [`DfaError::Busy`], naming one of them.
pub fn in_time<T>(
    table: &str,
    (oid, held): (pg_sys::Oid, Held),
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    match subtransaction(|| with_timeout(work)) {
        Err(error) if error.report().sqlstate == "55P03" => Err(DfaError::Busy {
            table: table.to_owned(),
            holder: writer_of(oid, held)?,
            waited: format!("{} ms", settings::lock_timeout()),
        }),
        outcome => outcome,
    }
}

fn writer_of(oid: pg_sys::Oid, held: Held) -> Result<String> {
    let args = [oid.into(), (held == Held::Rows).into()];
    let writer = spi::value::<String>(include_str!("sql/table_writer.sql"), &args)?;
    Ok(writer.unwrap_or_else(|| "a writer that has ended by now".to_owned()))
}
