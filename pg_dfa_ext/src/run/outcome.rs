//! What a run says of its nodes and processes.

use pgrx::prelude::*;
use std::time::Duration;

/// One row of the answer of `dfa.run_table` and `dfa.run_pipeline`.
#[derive(Debug, Clone)]
pub struct ResultRow {
    pub node: String,
    /// `None`: the row is about the node as a whole (skipped, not run).
    pub process: Option<String>,
    pub rows: i64,
    pub status: i32,
    pub message: String,
    pub duration: Duration,
}

/// The columns of a result row.
pub type Row = (String, Option<String>, i64, i32, String, Interval);

impl ResultRow {
    pub fn into_tuple(self) -> Row {
        (self.node, self.process, self.rows, self.status, self.message, interval(self.duration))
    }
}

/// What one process of a node did.
#[derive(Debug, Clone)]
pub struct ProcessResult {
    pub process: String,
    /// `None`: left out by the mockup filter.
    pub rows: Option<i64>,
    pub duration: Duration,
}

/// What a node did, once it is committed into the transaction around it.
#[derive(Debug, Clone)]
pub enum NodeOutcome {
    Done {
        processes: Vec<ProcessResult>,
        warnings: Vec<String>,
    },
    /// The quota of the date was used up.
    Skipped {
        message: String,
    },
}

/// Seconds as messages show them: whole ones, as people know them.
pub fn seconds(duration: Duration) -> u64 {
    (duration.as_secs_f64()).round() as u64
}

pub fn interval(duration: Duration) -> Interval {
    let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
    Interval::new(0, 0, micros).unwrap_or_else(|_| Interval::from_seconds(0.0))
}
