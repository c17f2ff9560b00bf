//! Bounded waiting: nobody waits for a lock longer than `dfa.lock_timeout`, and then is told for whom.

use super::heard;
use crate::error::{Captured, DfaError, Result, BUSY};
use crate::relation;
use crate::subtransaction::subtransaction;
use crate::{nest, settings, spi};
use pgrx::pg_sys;
use std::ffi::CString;

/// Runs `work` with `lock_timeout` set to `dfa.lock_timeout`, and sets it back.
pub fn with_timeout<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    with_timeout_of(settings::lock_timeout(), work)
}

/// [`with_timeout`] of so many milliseconds.
pub fn with_timeout_of<T>(milliseconds: i32, work: impl FnOnce() -> Result<T>) -> Result<T> {
    // SAFETY: a nest level of its own, closed below; an error closes it with its subtransaction.
    let level = unsafe { pg_sys::NewGUCNestLevel() };
    set(milliseconds);
    let outcome = work();
    unsafe { pg_sys::AtEOXact_GUC(true, level) };
    outcome
}

/// Whatever follows, statements of catalogs, too, waits no longer than `dfa.lock_timeout`, until this level of settings ends.
pub fn bound() {
    set(settings::lock_timeout());
}

/// A shorter time that the session asked for stays.
fn within(milliseconds: i32) -> i32 {
    // SAFETY: reads a setting of the session.
    match (unsafe { pg_sys::LockTimeout }, milliseconds) {
        (0, wanted) => wanted,
        (own, 0) => own,
        (own, wanted) => own.min(wanted),
    }
}

/// For how long one waited.
pub fn waited() -> String {
    format!("{} ms", within(settings::lock_timeout()))
}

fn set(milliseconds: i32) {
    let milliseconds = within(milliseconds);
    // SAFETY: as above.
    if milliseconds != unsafe { pg_sys::LockTimeout } {
        let value = CString::new(milliseconds.to_string()).unwrap_or_default();
        nest::save(c"lock_timeout", &value, pg_sys::GucContext::PGC_USERSET);
    }
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
            holder: or_gone(writer_of(&[oid], held)?),
            waited: waited(),
        }),
        outcome => outcome,
    }
}

/// [`in_time`], for rows of a table of the extension.
pub fn rows_in_time<T>(table: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    match relation::oid(Some("dfa"), table) {
        Some(oid) => in_time(&format!("dfa.{table}"), (oid, Held::Rows), work),
        None => work(),
    }
}

/// Who has rows of these tables, or the tables themselves.
pub fn holder_of_rows(tables: &[pg_sys::Oid]) -> Result<String> {
    Ok(or_gone(writer_of(tables, Held::Rows)?))
}

/// A failure of having waited too long, with who is in the way: who holds one of `tables`, or rows of them.
pub fn told_of_holder(mut error: DfaError, tables: &[pg_sys::Oid]) -> Result<DfaError> {
    if let Some(cause) = untold(&mut error) {
        let told = |holder| format!("Waited {} for {holder}.", waited());
        cause.detail = writer_of(tables, Held::Rows)?.map(told).or_else(told_by_postgres);
        cause.hint.get_or_insert_with(|| BUSY.to_owned());
    }
    Ok(error)
}

/// [`told_of_holder`] where nobody knows which tables it was about: the process that Postgres said was in the way.
pub fn told_of_process(mut error: DfaError) -> DfaError {
    if let Some(cause) = untold(&mut error) {
        cause.detail = told_by_postgres();
        cause.hint.get_or_insert_with(|| BUSY.to_owned());
    }
    error
}

fn told_by_postgres() -> Option<String> {
    heard::holder().map(|holder| format!("Waited {} for {holder}", waited()))
}

/// A failure of having waited too long, of which nobody has said for whom.
fn untold(error: &mut DfaError) -> Option<&mut Captured> {
    match error {
        DfaError::Postgres(cause) | DfaError::Statement { cause, .. }
            if cause.sqlstate == "55P03" && cause.detail.is_none() =>
        {
            Some(&mut **cause)
        }
        _ => None,
    }
}

fn writer_of(tables: &[pg_sys::Oid], held: Held) -> Result<Option<String>> {
    let args = [tables.to_vec().into(), (held == Held::Rows).into()];
    spi::value::<String>(include_str!("sql/table_writer.sql"), &args)
}

fn or_gone(writer: Option<String>) -> String {
    writer.unwrap_or_else(|| "a writer that has ended by now".to_owned())
}
