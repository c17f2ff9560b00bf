//! Durations as messages and results show them.

use pgrx::prelude::*;
use std::time::Duration;

/// Seconds as messages show them: whole ones, as people know them.
pub fn seconds(duration: Duration) -> u64 {
    (duration.as_secs_f64()).round() as u64
}

pub fn interval(duration: Duration) -> Interval {
    let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
    Interval::new(0, 0, micros).unwrap_or_else(|_| Interval::from_seconds(0.0))
}
