//! What is written down of a step: its own row, and the log of its table.

use super::mode::RunMode;
use super::outcome::NodeOutcome;
use crate::error::{DfaError, Result};
use crate::spi;
use crate::task::{Step, Task};
use serde_json::{Map, Value};
use std::time::Duration;

/// The step ran, in the subtransaction that holds its rows.
pub fn succeeded(
    task: &Task,
    step: &Step,
    mode: RunMode,
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
    let end = End { state, rows, by_process, took, message, error: None, retry_after: None };
    write(task, step, mode, end)
}

/// The step failed and was rolled back; this is all that stays of it.
pub fn failed(
    task: &Task,
    step: &Step,
    mode: RunMode,
    error: &DfaError,
    took: Duration,
    message: &str,
) -> Result<()> {
    write(task, step, mode, End::of_failure("FAILED", error, took, message, None))
}

/// The attempt failed and was rolled back; the step waits for the next one.
pub fn failed_for_now(
    task: &Task,
    step: &Step,
    mode: RunMode,
    error: &DfaError,
    took: Duration,
    message: &str,
    retry_after: Duration,
) -> Result<()> {
    write(task, step, mode, End::of_failure("WAITING", error, took, message, Some(retry_after)))
}

/// The end of a step that writes its own logs, as a setup does.
pub fn ended(
    step: &Step,
    state: &str,
    rows: Option<i64>,
    took: Duration,
    message: &str,
    error: Option<&DfaError>,
) -> Result<()> {
    spi::run(
        "update dfa.task_step
         set state = $2::dfa.step_state, rows = $3, attempts = attempts + 1, finished_at = clock_timestamp(),
             process_time = $4::numeric, message = $5, error = $6::json
         where id = $1",
        &[
            step.id.into(),
            state.into(),
            rows.into(),
            took.as_secs_f64().into(),
            message.into(),
            error.map(error_json).into(),
        ],
    )
}

/// The step was stopped because its task is cancelled.
pub fn cancelled(step: &Step) -> Result<()> {
    spi::run(
        "update dfa.task_step
         set state = 'CANCELLED', finished_at = clock_timestamp(), message = 'Cancelled while it ran' where id = $1",
        &[step.id.into()],
    )
}

/// The task was cancelled after this process had claimed the step and before the step began.
pub fn cancelled_before_it_began(id: i64) -> Result<()> {
    spi::run(
        "update dfa.task_step
         set state = 'CANCELLED', finished_at = clock_timestamp(), message = 'Cancelled before it began'
         where id = $1 and state = 'PROCESSING' and worker = pg_backend_pid()",
        &[id.into()],
    )
}

/// The step is for a front service, which is told.
pub fn handed_over(step: &Step) -> Result<()> {
    spi::run(include_str!("../../../sql/hand_over_step.sql"), &[step.id.into()])
}

/// The step was stopped by mistake and waits again.
pub fn given_back(step: &Step) -> Result<()> {
    spi::run("update dfa.task_step set state = 'WAITING' where id = $1", &[step.id.into()])
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

/// A failure as the step keeps it. JSON text has no place for NUL, which a message can quote.
fn error_json(error: &DfaError) -> String {
    error.to_json().to_string().replace("\\u0000", "")
}

/// What became of a step, or of an attempt at it.
struct End<'end> {
    state: &'static str,
    rows: Option<i64>,
    by_process: Option<String>,
    took: Duration,
    message: &'end str,
    error: Option<String>,
    retry_after: Option<Duration>,
}

impl<'end> End<'end> {
    fn of_failure(
        state: &'static str,
        error: &DfaError,
        took: Duration,
        message: &'end str,
        retry_after: Option<Duration>,
    ) -> Self {
        let error = Some(error_json(error));
        End { state, rows: Some(0), by_process: None, took, message, error, retry_after }
    }
}

fn write(task: &Task, step: &Step, mode: RunMode, end: End<'_>) -> Result<()> {
    spi::run(
        include_str!("../../../sql/record_step.sql"),
        &[
            step.id.into(),
            end.state.into(),
            end.rows.into(),
            end.by_process.into(),
            end.took.as_secs_f64().into(),
            end.message.into(),
            end.error.into(),
            task.process_id.as_str().into(),
            mode.as_str().into(),
            end.retry_after.map(|delay| delay.as_secs_f64()).into(),
        ],
    )
}
