//! The one door to SQL.
//!
//! Statements of our own run with pinned settings (see [`crate::pinned`]): [`query`] and its kin, whose plans are kept,
//! [`own`] and [`own_rows`] for those that are put together of quoted names and literals. Statements of catalogs, and
//! ours that hold SQL of a catalog, run with the settings of their caller: [`execute`], [`select_text`]. What such a
//! statement has of ours names its schema: `pg_catalog.count(*)`, `operator(pg_catalog.=)`.

mod plan;
mod row;

pub use row::{Field, Row};

use crate::error::{Captured, DfaError, Result};
use crate::pg_compat;
use crate::pinned::{as_caller, Pinned};
use pgrx::datum::DatumWithOid;
use pgrx::pg_sys;
use pgrx::spi::Spi;
use std::ffi::{CStr, CString};

/// Runs one of our own statements, by a plan that is made once in a session, and reads each row.
pub fn query<T>(
    sql: &'static str,
    args: &[DatumWithOid<'_>],
    read: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let _pinned = Pinned::begin();
    plan::ours(sql, args, read)
}

/// [`query`] for a query that holds SQL of a catalog, and that the same session is likely to ask again: its plan is kept,
/// too. It runs with the settings of the caller.
pub fn catalog_query<T>(
    sql: &str,
    args: &[DatumWithOid<'_>],
    read: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let _texts = Pinned::texts();
    as_caller(|| plan::of_catalog(sql, args, read))
}

/// [`query`] for at most one row.
pub fn query_one<T>(
    sql: &'static str,
    args: &[DatumWithOid<'_>],
    read: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Option<T>> {
    Ok(query(sql, args, read)?.into_iter().next())
}

/// [`query_one`] for its first column.
pub fn value<T: Field>(sql: &'static str, args: &[DatumWithOid<'_>]) -> Result<Option<T>> {
    query_one(sql, args, |row| row.first())
}

/// [`query`] for its first column.
pub fn values<T: Field>(sql: &'static str, args: &[DatumWithOid<'_>]) -> Result<Vec<T>> {
    query(sql, args, |row| row.first())
}

/// [`query`] for its effect alone.
pub fn run(sql: &'static str, args: &[DatumWithOid<'_>]) -> Result<()> {
    query(sql, args, |_| Ok(())).map(|_| ())
}

/// What a statement of a catalog did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Inserted, updated, deleted or merged this many rows.
    Changed(u64),
    /// A query; the number is that of its column `row_number`, if it has one.
    Selected { rows: u64, row_number: Option<i64> },
    /// DDL and the like.
    Utility,
}

/// Runs one statement of a catalog.
pub fn execute(statement: &str) -> Result<Effect> {
    let _strings = Pinned::strings();
    as_caller(|| effect_of(statement))
}

/// Runs a statement of our own, without any SQL of a catalog in it.
pub fn own(statement: &str) -> Result<Effect> {
    let _pinned = Pinned::begin();
    effect_of(statement)
}

/// [`own`] for the rows of a query, as [`select_text`] gives them.
pub fn own_rows(statement: &str, limit: i64) -> Result<Vec<Vec<Option<String>>>> {
    let _pinned = Pinned::begin();
    with_result(statement, limit, |_, _| Ok(all_values()))
}

/// The first value of a query of our own as a count.
pub fn own_count(statement: &str) -> Result<u64> {
    let rows = own_rows(statement, 1)?;
    Ok(rows.into_iter().flatten().flatten().next().and_then(|count| count.parse().ok()).unwrap_or(0))
}

fn effect_of(statement: &str) -> Result<Effect> {
    with_result(statement, 0, |code, processed| {
        let code = code.cast_unsigned();
        if pg_compat::changes_rows(code) {
            return Ok(Effect::Changed(processed));
        }
        if code != pg_sys::SPI_OK_SELECT {
            return Ok(Effect::Utility);
        }
        let row_number = first_value("row_number").and_then(|text| text.parse().ok());
        Ok(Effect::Selected { rows: processed, row_number })
    })
}

/// Runs a query that holds SQL of a catalog; each row as text by column, at most `limit` (0: all).
pub fn select_text(statement: &str, limit: i64) -> Result<Vec<Vec<Option<String>>>> {
    let _texts = Pinned::texts();
    as_caller(|| with_result(statement, limit, |_, _| Ok(all_values())))
}

fn with_result<T>(statement: &str, limit: i64, read: impl FnOnce(i32, u64) -> Result<T>) -> Result<T> {
    let text = c_text(statement)?;
    Spi::connect_mut(|_client| {
        // SAFETY: connected; not read-only, so that each statement takes a snapshot of its own.
        let (code, processed) = unsafe {
            pg_sys::SPI_tuptable = std::ptr::null_mut();
            let code = pg_sys::SPI_execute(text.as_ptr(), false, limit);
            (code, pg_sys::SPI_processed)
        };
        if code < 0 {
            return Err(refused(code));
        }
        read(code, processed)
    })
}

/// The columns of a query of a catalog, names and types, for which none of its rows is fetched.
pub fn columns(query: &str) -> Result<Vec<(String, pg_sys::Oid)>> {
    let _strings = Pinned::strings();
    with_result(&format!("select * from ({query}\n) as query limit 0"), 0, |_, _| {
        // SAFETY: the result of the statement that has just run.
        unsafe {
            let Some(table) = pg_sys::SPI_tuptable.as_ref() else { return Ok(Vec::new()) };
            let description = table.tupdesc;
            let columns = (1..=(*description).natts).map(|number| {
                let name = pg_sys::SPI_fname(description, number);
                let name = CStr::from_ptr(name).to_string_lossy().into_owned();
                (name, pg_sys::SPI_gettypeid(description, number))
            });
            Ok(columns.collect())
        }
    })
}

/// The first value of a query of our own, which looks with a snapshot of this moment, also where that of the transaction
/// is fixed.
pub fn value_now(statement: &str) -> Result<Option<String>> {
    let text = c_text(statement)?;
    let _pinned = Pinned::begin();
    Spi::connect(|_client| {
        // SAFETY: connected; a read-only statement takes the active snapshot. An error ends the transaction, and both
        // with it.
        let code = unsafe {
            pg_sys::SPI_tuptable = std::ptr::null_mut();
            pg_sys::PushActiveSnapshot(pg_sys::GetLatestSnapshot());
            let code = pg_sys::SPI_execute(text.as_ptr(), true, 1);
            pg_sys::PopActiveSnapshot();
            code
        };
        if code < 0 {
            return Err(refused(code));
        }
        Ok(all_values().into_iter().flatten().next().flatten())
    })
}

/// The text of a statement as Postgres takes it.
///
/// # Errors
/// A NUL character in it, which JSON can bring as `\u0000`.
pub fn c_text(statement: &str) -> Result<CString> {
    CString::new(statement).map_err(|_| {
        DfaError::Postgres(Box::new(Captured {
            sqlstate: "22021".to_owned(),
            message: "a statement holds a NUL character".to_owned(),
            hint: Some("Text of Postgres has no place for it: take it out of the given value.".to_owned()),
            ..Captured::default()
        }))
    })
}

fn refused(code: i32) -> DfaError {
    let what = match code {
        pg_sys::SPI_ERROR_COPY => "COPY from or to the client cannot run inside a function",
        pg_sys::SPI_ERROR_TRANSACTION => {
            "transaction control (BEGIN, COMMIT, ROLLBACK, SAVEPOINT) has no place in a process"
        }
        _ => "the statement cannot run inside a function",
    };
    DfaError::Postgres(Box::new(Captured {
        sqlstate: "0A000".to_owned(),
        message: what.to_owned(),
        hint: Some("A node commits as a whole; take the statement out of the catalog.".to_owned()),
        ..Captured::default()
    }))
}

/// The first row's value of the named column of the last result, as text.
fn first_value(column: &str) -> Option<String> {
    let name = CString::new(column).ok()?;
    // SAFETY: right after SPI_execute; a result without rows or without the column gives none.
    unsafe {
        let table = pg_sys::SPI_tuptable.as_ref()?;
        if table.numvals == 0 {
            return None;
        }
        let number = pg_sys::SPI_fnumber(table.tupdesc, name.as_ptr());
        (number > 0).then(|| value_text(*table.vals, table.tupdesc, number)).flatten()
    }
}

fn all_values() -> Vec<Vec<Option<String>>> {
    // SAFETY: right after SPI_execute; `vals` holds `numvals` rows of `tupdesc`.
    unsafe {
        let Some(table) = pg_sys::SPI_tuptable.as_ref() else { return Vec::new() };
        let columns = (*table.tupdesc).natts;
        (0..table.numvals as usize)
            .map(|row| {
                (1..=columns).map(|column| value_text(*table.vals.add(row), table.tupdesc, column)).collect()
            })
            .collect()
    }
}

unsafe fn value_text(row: pg_sys::HeapTuple, shape: pg_sys::TupleDesc, column: i32) -> Option<String> {
    let value = unsafe { pg_sys::SPI_getvalue(row, shape, column) };
    (!value.is_null()).then(|| unsafe {
        let text = CStr::from_ptr(value).to_string_lossy().into_owned();
        pg_sys::pfree(value.cast());
        text
    })
}

/// An identifier in Postgres' own quoting.
pub fn ident(name: &str) -> String {
    pgrx::spi::quote_identifier(name)
}

/// `schema.name` in Postgres' own quoting.
pub fn qualified(schema: &str, name: &str) -> String {
    pgrx::spi::quote_qualified_identifier(schema, name)
}

/// A literal in Postgres' own quoting.
pub fn literal(text: &str) -> String {
    pgrx::spi::quote_literal(text)
}
