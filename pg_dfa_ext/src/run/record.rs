//! What is written down of a step: its own row, and the log of its table.

use super::outcome::NodeOutcome;
use super::task::{Step, Task};
use crate::error::{DfaError, Result};
use crate::spi;
use serde_json::{Map, Value};
use std::time::Duration;

/// The step ran, in the subtransaction that holds its rows.
pub fn succeeded(
    task: &Task,
    step: &Step,
    outcome: &NodeOutcome,
    took: Duration,
    message: &str,
) -> Result<()> {
    let (state, rows, by_process) = match outcome {
        NodeOutcome::Skipped { .. } => ("SKIPPED", None, None),
        NodeOutcome::Done { processes, .. } => {
            let by_process: Map<String, Value> =
                processes.iter().map(|it| (it.process.clone(), Value::from(it.rows))).collect();
            let rows: i64 = processes.iter().filter_map(|it| it.rows).sum();
            ("SUCCESS", Some(rows), Some(Value::Object(by_process).to_string()))
        }
    };
    write(task, step, state, rows, by_process, took, message, None)
}

/// The step failed and was rolled back; this is all that stays of it.
pub fn failed(task: &Task, step: &Step, error: &DfaError, took: Duration, message: &str) -> Result<()> {
    // JSON text has no place for NUL, which a message can quote.
    let error = error.to_json().to_string().replace("\\u0000", "");
    write(task, step, "FAILED", Some(0), None, took, message, Some(error))
}

/// The step was not run, because a node that it reads failed.
pub fn blocked(step: &Step, message: &str) -> Result<()> {
    spi::run(
        "update dfa.task_step set state = 'BLOCKED', finished_at = clock_timestamp(), message = $2 where id = $1",
        &[step.id.into(), message.into()],
    )
}

/// The nodes of the same task and date that failed or were not run.
pub fn failed_nodes(task: &Task, step: &Step) -> Result<Vec<String>> {
    spi::query(
        "select node from dfa.task_step
         where process_id = $1 and run_date = $2::date and state in ('FAILED', 'BLOCKED') order by step_order",
        &[task.process_id.as_str().into(), step.run_date.as_str().into()],
        |row| Ok(row.get::<String>(1)?.unwrap_or_default()),
    )
}

#[allow(clippy::too_many_arguments)]
fn write(
    task: &Task,
    step: &Step,
    state: &str,
    rows: Option<i64>,
    by_process: Option<String>,
    took: Duration,
    message: &str,
    error: Option<String>,
) -> Result<()> {
    spi::run(
        include_str!("../../../sql/record_step.sql"),
        &[
            step.id.into(),
            state.into(),
            rows.into(),
            by_process.into(),
            took.as_secs_f64().into(),
            message.into(),
            error.into(),
            task.process_id.as_str().into(),
            task.run_mode.as_str().into(),
        ],
    )
}
