//! What the background processes share: how they begin and end transactions, and how they wait.

use crate::error::{capture, Result};
use crate::{lock, pg_compat, version};
use pgrx::pg_sys;

/// Runs `work` in a transaction of this process: committed if it returns `Ok`, else rolled back. `None`: the extension has
/// gone from this database, and with it everything to do, or is of another version than this process, which leaves it alone.
pub fn in_transaction<T>(work: impl FnOnce() -> Result<T>) -> Result<Option<T>> {
    // SAFETY: the steps of a background worker's transaction (worker_spi.c); after an error, those of PostgresMain.
    unsafe {
        reload_settings();
        // A cancel that came while nothing ran is not meant for what comes now.
        pg_sys::QueryCancelPending = 0;
        pg_sys::SetCurrentStatementStartTimestamp();
        pg_sys::StartTransactionCommand();
        pg_sys::PushActiveSnapshot(pg_sys::GetTransactionSnapshot());
        pg_sys::pgstat_report_activity(pg_sys::BackendState::STATE_RUNNING, c"dfa worker".as_ptr());
        let outcome = capture(|| {
            lock::bound();
            let _listening = lock::Listening::begin();
            let value =
                if holds_extension() && version::is_that_of_the_objects()? { Some(work()?) } else { None };
            pg_sys::PopActiveSnapshot();
            pg_sys::CommitTransactionCommand();
            Ok(value)
        });
        if outcome.is_err() {
            pg_sys::AbortCurrentTransaction();
        }
        pg_sys::MemoryContextSwitchTo(pg_sys::TopMemoryContext);
        pg_sys::pgstat_report_stat(true);
        pg_sys::pgstat_report_activity(pg_sys::BackendState::STATE_IDLE, std::ptr::null());
        outcome
    }
}

/// From here on transactions of this process begin as its work needs them, whatever the defaults of the database or role:
/// each statement sees what was committed before it, and may write.
pub fn begin_as_we_mean() {
    let defaults = [
        (c"default_transaction_isolation", c"read committed"),
        (c"default_transaction_read_only", c"off"),
        (c"default_transaction_deferrable", c"off"),
    ];
    for (name, value) in defaults.into_iter().chain(pg_compat::NO_TIMEOUT) {
        // SAFETY: settings of this session, before its first transaction.
        unsafe {
            pg_sys::SetConfigOption(
                name.as_ptr(),
                value.as_ptr(),
                pg_sys::GucContext::PGC_USERSET,
                pg_sys::GucSource::PGC_S_SESSION,
            );
        }
    }
}

/// Whether this database has the extension; if so, it stays until the transaction ends. `DROP EXTENSION` locks the
/// extension before its tables, so it waits for a step under way and meets it in no deadlock.
fn holds_extension() -> bool {
    // SAFETY: look-ups in the system catalogs and a heavyweight lock, in a transaction.
    unsafe {
        let find = || pg_sys::get_extension_oid(c"dfa".as_ptr(), true);
        let extension = find();
        if extension == pg_sys::InvalidOid {
            return false;
        }
        let kind = pg_sys::ExtensionRelationId;
        pg_sys::LockDatabaseObject(kind, extension, 0, pg_sys::AccessShareLock as pg_sys::LOCKMODE);
        find() == extension
    }
}

unsafe fn reload_settings() {
    unsafe {
        if pg_sys::ConfigReloadPending != 0 {
            pg_sys::ConfigReloadPending = 0;
            pg_sys::ProcessConfigFile(pg_sys::GucContext::PGC_SIGHUP);
        }
    }
}
