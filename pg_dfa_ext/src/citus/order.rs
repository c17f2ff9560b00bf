//! One after the other where Citus would do several at once.

use crate::error::DfaError;
use pgrx::pg_sys;
use std::ffi::CStr;

/// What is done by one connection for each machine. Citus refuses a change of a table in a transaction that read or wrote it by
/// several ("there was a parallel operation on a distributed table in the transaction").
const BY_ONE_CONNECTION: [(&CStr, &CStr); 2] =
    [(c"citus.multi_shard_modify_mode", c"sequential"), (c"citus.max_adaptive_executor_pool_size", c"1")];

/// Whether the server has loaded Citus, without which no database can have it.
pub fn is_loaded() -> bool {
    // SAFETY: looks a setting up, if there is one.
    unsafe { !pg_sys::GetConfigOption(c"citus.version".as_ptr(), true, false).is_null() }
}

/// Does `work`, which changes tables and their rows in turn. Where Citus is not, this changes nothing.
pub fn in_order<T>(work: impl FnOnce() -> T) -> T {
    within(&BY_ONE_CONNECTION, work)
}

/// Whether Citus refused a change since its transaction was at work by several connections: it has no SQLSTATE for that.
pub fn is_parallel(error: &DfaError) -> bool {
    let report = error.report();
    report.sqlstate == "XX000"
        && ["parallel query was executed", "parallel operation on"]
            .iter()
            .any(|text| report.message.contains(text))
}

/// Does `work` without the notices and warnings of Citus.
pub fn quietly<T>(work: impl FnOnce() -> T) -> T {
    within(&[(c"client_min_messages", c"error")], work)
}

fn within<T>(settings: &[(&CStr, &CStr)], work: impl FnOnce() -> T) -> T {
    let _level = Level::begin(settings);
    work()
}

/// A nest level of settings; `None`: Citus is not loaded.
struct Level(Option<i32>);

impl Level {
    fn begin(settings: &[(&CStr, &CStr)]) -> Level {
        if !is_loaded() {
            return Level(None);
        }
        // SAFETY: as a function with a SET clause does it.
        unsafe {
            let level = pg_sys::NewGUCNestLevel();
            for (name, value) in settings {
                pg_sys::set_config_option(
                    name.as_ptr(),
                    value.as_ptr(),
                    pg_sys::GucContext::PGC_USERSET,
                    pg_sys::GucSource::PGC_S_SESSION,
                    pg_sys::GucAction::GUC_ACTION_SAVE,
                    true,
                    0,
                    false,
                );
            }
            Level(Some(level))
        }
    }
}

impl Drop for Level {
    /// Also when an error passes by, which may be caught before its transaction ends.
    fn drop(&mut self) {
        if let Some(level) = self.0 {
            // SAFETY: the level that `begin` opened; what began after it has ended.
            unsafe { pg_sys::AtEOXact_GUC(true, level) };
        }
    }
}
