//! One after the other where Citus would do several at once.

use crate::error::DfaError;
use crate::nest::{self, NestLevel};
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
    let _level = is_loaded().then(|| {
        let level = NestLevel::begin();
        for (name, value) in settings {
            nest::save(name, value, pg_sys::GucContext::PGC_USERSET);
        }
        level
    });
    work()
}
