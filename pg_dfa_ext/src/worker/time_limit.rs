//! How long a step may take.

use crate::error::{DfaError, Result};
use crate::task::Step;
use pgrx::pg_sys;
use std::ffi::c_int;
use std::time::Instant;

/// `STATEMENT_TIMEOUT` of `utils/timeout.h`: the fourth of its list in all supported versions.
const STATEMENT_TIMEOUT: c_int = 3;

unsafe extern "C-unwind" {
    fn enable_timeout_after(id: c_int, delay_ms: c_int);
    fn disable_timeout(id: c_int, keep_indicator: bool);
}

/// Milliseconds that a node may take: `timeout` of its table's catalog, or `statement_timeout`, which is less. `None`: without
/// end.
pub fn milliseconds(node: &str) -> Option<i64> {
    let of_catalog = crate::catalog::table(node)
        .ok()
        .and_then(|stored| stored.table().and_then(|table| table.timeout))
        .map(|seconds| i64::from(seconds) * 1000);
    // SAFETY: reads a global of this process.
    let of_session = Some(i64::from(unsafe { pg_sys::StatementTimeout })).filter(|limit| *limit > 0);
    of_catalog.into_iter().chain(of_session).min()
}

/// The time that a step may take; see [`milliseconds`].
pub struct TimeLimit {
    node: String,
    seconds: f64,
    started: Instant,
}

impl TimeLimit {
    /// From here on.
    pub fn start(step: &Step) -> TimeLimit {
        let limit = milliseconds(&step.node).unwrap_or(0);
        if limit > 0 {
            unsafe { enable_timeout_after(STATEMENT_TIMEOUT, c_int::try_from(limit).unwrap_or(c_int::MAX)) };
        }
        TimeLimit { node: step.node.clone(), seconds: limit as f64 / 1000.0, started: Instant::now() }
    }

    /// The limit is over; a cancel that came from it is told as such.
    pub fn end<T>(self, outcome: Result<T>) -> Result<T> {
        if self.seconds == 0.0 {
            return outcome;
        }
        unsafe { disable_timeout(STATEMENT_TIMEOUT, false) };
        outcome.map_err(|error| {
            let reached = self.started.elapsed().as_secs_f64() >= self.seconds;
            if error.report().sqlstate == "57014" && reached {
                return DfaError::TimeLimit { table: self.node, seconds: self.seconds };
            }
            error
        })
    }
}
