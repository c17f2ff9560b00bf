//! What is written down of steps: their own rows, and the logs of their tables.

use super::{RunMode, Step, Task};
use crate::error::{DfaError, Result};
use crate::spi;
use pgrx::datum::{DatumWithOid, TimestampWithTimeZone};
use serde_json::{json, Value};
use std::time::Duration;

/// The state of a step: `dfa.step_state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Not begun, or to be tried again.
    Waiting,
    Success,
    /// The quota of the date was used up.
    Skipped,
    Failed,
    /// A node that it reads failed.
    Blocked,
}

impl StepState {
    pub fn as_str(self) -> &'static str {
        match self {
            StepState::Waiting => "WAITING",
            StepState::Success => "SUCCESS",
            StepState::Skipped => "SKIPPED",
            StepState::Failed => "FAILED",
            StepState::Blocked => "BLOCKED",
        }
    }
}

/// What became of a step, or of an attempt at it.
#[derive(Debug, Clone)]
pub struct Ended {
    pub step: Step,
    pub mode: RunMode,
    pub state: StepState,
    /// `None`: it was skipped, or not run.
    pub rows: Option<i64>,
    /// An object: rows by process.
    pub by_process: Option<Value>,
    /// What its audits found.
    pub audits: Option<Value>,
    pub took: Duration,
    pub at: TimestampWithTimeZone,
    pub message: String,
    pub error: Option<Value>,
    /// The step waits for another attempt, after so long.
    pub retry_after: Option<Duration>,
}

impl Ended {
    /// The step failed and was rolled back; this is all that stays of it.
    pub fn failed(step: &Step, mode: RunMode, error: &DfaError, took: Duration) -> Ended {
        Ended {
            step: step.clone(),
            mode,
            state: StepState::Failed,
            rows: Some(0),
            by_process: None,
            audits: None,
            took,
            at: crate::clock::now(),
            message: format!("Error: {}", error.report().message),
            error: Some(error.to_json()),
            retry_after: None,
        }
    }

    /// The step was not run, because a node that it reads failed.
    pub fn blocked(step: &Step, mode: RunMode, message: String) -> Ended {
        Ended {
            step: step.clone(),
            mode,
            state: StepState::Blocked,
            rows: None,
            by_process: None,
            audits: None,
            took: Duration::ZERO,
            at: crate::clock::now(),
            message,
            error: None,
            retry_after: None,
        }
    }
}

/// Ends a step whose row is there.
pub fn update(task: &Task, ended: &Ended) -> Result<()> {
    const SQL: &str = concat!(
        include_str!("sql/ended_steps.sql"),
        include_str!("sql/update_steps.sql"),
        include_str!("sql/log_steps.sql"),
        "select count(*) from told"
    );
    spi::run(SQL, &columns(task, std::slice::from_ref(ended)))
}

/// Writes steps down that have ended, and the end of their task, in one statement: those of a task whose steps are all run in
/// the transaction that began it, so that nobody could see them before. Returns the task's status.
pub fn insert(task: &Task, ended: &[Ended]) -> Result<i32> {
    const SQL: &str = concat!(
        include_str!("sql/ended_steps.sql"),
        include_str!("sql/insert_steps.sql"),
        include_str!("sql/log_steps.sql"),
        include_str!("sql/just_written_steps.sql"),
        include_str!("sql/sum_up.sql"),
        // In this order, so are the events.
        "select status, (select count(*) from told), (select count(*) from told_of_task) from finished"
    );
    let mut arguments = columns(task, ended);
    arguments.push(task.is_pipeline.then(|| task.name.clone()).into());
    let status = spi::value::<i32>(SQL, &arguments)?;
    status.ok_or_else(|| DfaError::internal("a task that was begun has ended"))
}

/// The arguments of `sql/ended_steps.sql`.
fn columns<'arguments>(task: &'arguments Task, ended: &[Ended]) -> Vec<DatumWithOid<'arguments>> {
    fn of<T>(ended: &[Ended], read: impl Fn(&Ended) -> T) -> Vec<T> {
        ended.iter().map(read).collect()
    }
    vec![
        task.process_id.as_str().into(),
        of(ended, |it| it.step.id).into(),
        of(ended, |it| it.state.as_str().to_owned()).into(),
        of(ended, |it| it.rows).into(),
        of(ended, |it| it.by_process.as_ref().map(Value::to_string)).into(),
        of(ended, |it| it.audits.as_ref().map(json_text)).into(),
        of(ended, |it| it.took.as_secs_f64()).into(),
        of(ended, |it| it.at).into(),
        of(ended, |it| it.message.clone()).into(),
        of(ended, |it| it.error.as_ref().map(json_text)).into(),
        of(ended, |it| it.mode.as_str().to_owned()).into(),
        of(ended, |it| it.retry_after.map(|delay| delay.as_secs_f64())).into(),
        of(ended, |it| it.step.order).into(),
        of(ended, |it| it.step.node.clone()).into(),
        of(ended, |it| it.step.run_date.clone()).into(),
        of(ended, |it| json!(it.step.choose).to_string()).into(),
    ]
}

/// The end of a step that writes its own logs, as a setup does.
pub fn ended(
    step: &Step,
    state: StepState,
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
            state.as_str().into(),
            rows.into(),
            took.as_secs_f64().into(),
            message.into(),
            error.map(|error| json_text(&error.to_json())).into(),
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
    spi::run(include_str!("sql/hand_over_step.sql"), &[step.id.into()])
}

/// The step was stopped by mistake and waits again.
pub fn given_back(step: &Step) -> Result<()> {
    spi::run("update dfa.task_step set state = 'WAITING' where id = $1", &[step.id.into()])
}

/// The nodes of the same task and date that failed or were not run.
pub fn failed_nodes(task: &Task, step: &Step) -> Result<Vec<String>> {
    spi::values(
        "select node from dfa.task_step
         where process_id = $1 and run_date = $2::date and state in ('FAILED', 'BLOCKED') order by step_order",
        &[task.process_id.as_str().into(), step.run_date.as_str().into()],
    )
}

/// JSON as a step keeps it, which has no place for NUL: a message can quote one.
fn json_text(error: &Value) -> String {
    error.to_string().replace("\\u0000", "")
}
