//! One run of a table at a time.

use super::timeout;
use super::{with_timeout, Lock};
use crate::error::{DfaError, Result};
use crate::spi;
use crate::subtransaction::subtransaction;
use pgrx::pg_sys;

/// Holds the table for this transaction, waiting up to `dfa.lock_timeout`.
///
/// # Errors
/// [`DfaError::Busy`], naming the session that holds it.
pub fn hold_table(table: &str, oid: pg_sys::Oid) -> Result<()> {
    let lock = Lock::Table(oid);
    if lock.try_hold() {
        return Ok(());
    }
    // In a subtransaction: after a timeout, the holder can still be looked up.
    let waited = subtransaction(|| {
        with_timeout(|| {
            lock.hold();
            Ok(())
        })
    });
    match waited {
        Err(error) if error.report().sqlstate == "55P03" => {
            Err(DfaError::Busy { table: table.to_owned(), holder: holder(lock)?, waited: timeout::waited() })
        }
        outcome => outcome,
    }
}

fn holder(lock: Lock) -> Result<String> {
    let (class, object) = lock.ids();
    let holder = spi::value::<String>(
        include_str!("sql/run_lock_holder.sql"),
        &[i64::from(class).into(), i64::from(object).into()],
    )?;
    Ok(holder.unwrap_or_else(|| "a session that has ended by now".to_owned()))
}
