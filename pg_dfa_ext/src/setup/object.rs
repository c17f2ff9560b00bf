//! One object of a setup: done in a subtransaction of its own, and its row in the answer.

use crate::duration::seconds;
use crate::error::{plural, Result};
use crate::subtransaction::subtransaction;
use pgrx::prelude::*;
use std::time::{Duration, Instant};

/// What was done to an object.
#[derive(Debug, Clone)]
pub struct ObjectDone {
    /// created, exists, recreated, replaced, dropped.
    pub action: &'static str,
    /// Rows of `initial`; `None` when it did not run.
    pub rows: Option<i64>,
    pub note: Option<String>,
    /// Rows that went with a table.
    pub gone: i64,
}

impl ObjectDone {
    pub fn new(action: &'static str) -> Self {
        ObjectDone { action, rows: None, note: None, gone: 0 }
    }
}

/// A row of the answer of `dfa.setup`.
#[derive(Debug, Clone)]
pub struct SetupRow {
    pub kind: &'static str,
    pub name: String,
    pub action: &'static str,
    pub rows: i64,
    pub status: i32,
    pub message: String,
    pub note: Option<String>,
    pub duration: Duration,
    /// Of a failure.
    pub sqlstate: Option<String>,
}

impl SetupRow {
    pub fn into_tuple(self) -> (String, String, String, i64, i32, String, Interval) {
        let duration = crate::duration::interval(self.duration);
        (
            self.kind.to_owned(),
            self.name,
            self.action.to_owned(),
            self.rows,
            self.status,
            self.message,
            duration,
        )
    }
}

/// Does `work` for one object. Its failure undoes this object alone and is a row like any other.
///
/// # Errors
/// Interrupts only.
pub fn attempt(
    kind: &'static str,
    name: &str,
    work: impl FnOnce() -> Result<ObjectDone>,
) -> Result<SetupRow> {
    let started = Instant::now();
    let outcome = subtransaction(work);
    let duration = started.elapsed();
    match outcome {
        Ok(done) => Ok(SetupRow {
            kind,
            name: name.to_owned(),
            action: done.action,
            rows: done.rows.unwrap_or(0),
            status: 0,
            message: success(name, &done, duration),
            note: done.note,
            duration,
            sqlstate: None,
        }),
        Err(error) if error.is_interrupt() => Err(error),
        Err(error) => {
            let report = error.report();
            let more = [report.detail, report.hint].into_iter().flatten().collect::<Vec<_>>().join(" ");
            let message = format!("Error: {} [{}] {more}", report.message, report.sqlstate);
            Ok(SetupRow {
                kind,
                name: name.to_owned(),
                action: "failed",
                rows: 0,
                status: 1,
                message: message.trim_end().to_owned(),
                note: None,
                duration,
                sqlstate: Some(report.sqlstate),
            })
        }
    }
}

fn success(name: &str, done: &ObjectDone, duration: Duration) -> String {
    let mut message = format!("Success: Setup '{name}'");
    if let Some(rows) = done.rows {
        let s = plural(rows.unsigned_abs());
        message.push_str(&format!(" with logging value ({rows} row{s}, {} sec)", seconds(duration)));
    }
    if let Some(note) = &done.note {
        message.push_str(": ");
        message.push_str(note);
    }
    message
}
