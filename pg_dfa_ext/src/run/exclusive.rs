//! One run of a table at a time.

use super::writers::with_lock_timeout;
use crate::error::{DfaError, Result};
use crate::settings;
use crate::spi;
use crate::subtransaction::subtransaction;
use pgrx::{direct_function_call, pg_sys, IntoDatum};

/// First key of our advisory locks; the second is the table's oid. Different tables never share a lock.
pub const RUN_LOCK: i32 = 0x0DFA;

/// Holds the table for this transaction, waiting up to `dfa.lock_timeout`.
///
/// # Errors
/// [`DfaError::Busy`], naming the session that holds it.
pub fn lock(table: &str, oid: pg_sys::Oid) -> Result<()> {
    let key = oid.to_u32().cast_signed();
    if try_lock(key) {
        return Ok(());
    }
    // In a subtransaction: after a timeout, the holder can still be looked up.
    let waited = subtransaction(|| {
        with_lock_timeout(|| spi::run("select pg_advisory_xact_lock($1, $2)", &[RUN_LOCK.into(), key.into()]))
    });
    match waited {
        Err(error) if error.report().sqlstate == "55P03" => Err(DfaError::Busy {
            table: table.to_owned(),
            holder: holder(key)?,
            waited: format!("{} ms", settings::lock_timeout()),
        }),
        outcome => outcome,
    }
}

/// `pg_try_advisory_xact_lock`, called as the C function that it is: each node does it.
fn try_lock(key: i32) -> bool {
    let keys = [RUN_LOCK.into_datum(), key.into_datum()];
    // SAFETY: both arguments are integers, and it gives a boolean.
    unsafe { direct_function_call(pg_sys::pg_try_advisory_xact_lock_int4, &keys) }.unwrap_or_default()
}

fn holder(key: i32) -> Result<String> {
    let holder = spi::query_one(
        include_str!("../../../sql/run_lock_holder.sql"),
        &[RUN_LOCK.into(), key.into()],
        |row| Ok(row.get::<String>(1)?.unwrap_or_default()),
    )?;
    Ok(holder.unwrap_or_else(|| "a session that has ended by now".to_owned()))
}
