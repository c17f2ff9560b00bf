//! What a run says of its nodes and processes.

use crate::clock;
use crate::duration::interval;
use crate::error::DfaError;
use crate::task::record::{Ended, StepState};
use crate::task::{RunMode, Step};
use pgrx::prelude::*;
use serde_json::{Map, Value};
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
    pub failure: Option<Failure>,
}

/// What there is to say of a failure beside its message.
#[derive(Debug, Clone, Default)]
pub struct Failure {
    sqlstate: Option<String>,
    detail: Option<String>,
    hint: Option<String>,
    statement: Option<String>,
    /// Line of the statement.
    line: Option<i32>,
}

impl Failure {
    pub fn of(error: &DfaError) -> Failure {
        let report = error.report();
        let statement = error.statement();
        Failure {
            sqlstate: Some(report.sqlstate),
            detail: report.detail,
            hint: report.hint,
            statement: statement.map(|it| it.0.to_owned()),
            line: statement.and_then(|it| it.1),
        }
    }
}

/// The columns of a result row.
pub type Row = (
    String,
    Option<String>,
    i64,
    i32,
    String,
    Interval,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i32>,
);

impl ResultRow {
    pub fn into_tuple(self) -> Row {
        let Failure { sqlstate, detail, hint, statement, line } = self.failure.unwrap_or_default();
        let duration = interval(self.duration);
        let ResultRow { node, process, rows, status, message, .. } = self;
        (node, process, rows, status, message, duration, sqlstate, detail, hint, statement, line)
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
        /// What its audits found, as JSON.
        audits: Option<Value>,
    },
    /// The quota of the date was used up.
    Skipped { message: String },
}

impl NodeOutcome {
    /// The same with one more thing to say, if there is one.
    pub fn warned(mut self, warning: Option<String>) -> NodeOutcome {
        if let NodeOutcome::Done { warnings, .. } = &mut self {
            warnings.extend(warning);
        }
        self
    }

    /// As it is written down of a step that did not fail.
    pub fn ended(&self, step: &Step, mode: RunMode, took: Duration, message: String) -> Ended {
        let (state, rows, by_process, audits) = match self {
            NodeOutcome::Skipped { .. } => (StepState::Skipped, None, None, None),
            NodeOutcome::Done { processes, audits, .. } => {
                let by_process: Map<String, Value> =
                    processes.iter().map(|it| (it.process.clone(), Value::from(it.rows))).collect();
                let rows: i64 = processes.iter().filter_map(|it| it.rows).sum();
                (StepState::Success, Some(rows), Some(Value::Object(by_process)), audits.clone())
            }
        };
        let step = step.clone();
        let at = clock::now();
        Ended {
            step,
            mode,
            state,
            rows,
            by_process,
            audits,
            took,
            at,
            message,
            error: None,
            retry_after: None,
        }
    }
}
