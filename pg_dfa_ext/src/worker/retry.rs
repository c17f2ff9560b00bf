//! Whether and when a step that failed is tried again.

use crate::catalog;
use crate::error::DfaError;
use crate::task::Step;
use std::time::Duration;

/// What passes by itself is tried so often, whatever the catalog says.
const TRANSIENT_ATTEMPTS: u32 = 5;
const FIRST_DELAY: Duration = Duration::from_secs(1);
const LONGEST_DELAY: Duration = Duration::from_secs(300);

/// How long to wait before the next attempt; `None`: the step has failed.
///
/// A failure that passes by itself (class 40 rollback, 08 connection, 53 resources, 57P shutdown, 55P03 lock) gets five
/// attempts; any failure gets the `retries` of the table's catalog. The delay doubles, and varies by up to a quarter, so
/// that what failed together does not come back together.
pub fn after(error: &DfaError, step: &Step) -> Option<Duration> {
    let sqlstate = error.report().sqlstate;
    let transient = matches!(&sqlstate[..2.min(sqlstate.len())], "40" | "08" | "53")
        || sqlstate == "55P03"
        || sqlstate.starts_with("57P");
    let retries = catalog::table(&step.node)
        .ok()
        .and_then(|stored| stored.table().and_then(|table| table.retries))
        .unwrap_or(0);
    let allowed = if transient { retries.max(TRANSIENT_ATTEMPTS - 1) } else { retries };
    let made = u32::try_from(step.attempts).unwrap_or(0);
    (made < allowed).then(|| delay(made, step.id))
}

fn delay(attempts: u32, seed: i64) -> Duration {
    let doubled = FIRST_DELAY.saturating_mul(2_u32.saturating_pow(attempts)).min(LONGEST_DELAY);
    let share = f64::from(u32::try_from(seed.unsigned_abs() % 101).unwrap_or(0)) / 100.0;
    doubled.mul_f64(0.75 + share / 2.0)
}
