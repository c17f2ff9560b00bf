//! A step as rows give it.

use super::Task;
use crate::catalog::{self, Stored};
use crate::error::Result;
use crate::spi;
use dfa_catalog::model::{Action, Process};

/// A step that is still to be run.
#[derive(Debug, Clone)]
pub struct Step {
    pub id: i64,
    /// Its place in the task, from 1.
    pub order: i32,
    pub node: String,
    pub run_date: String,
    pub choose: Vec<String>,
    /// How often it was tried before.
    pub attempts: i32,
    /// How often a server process died at it.
    pub crashes: i32,
    /// Its table, where whoever made the step has read it already.
    pub stored: Option<Stored>,
}

impl Step {
    /// Begins the step of this id, if this process has it and its task goes on; nobody else can until the transaction ends.
    pub fn start(id: i64) -> Result<Option<Step>> {
        spi::query_one(include_str!("sql/start_step.sql"), &[id.into()], Step::read)
    }

    /// The step of this id, which this transaction holds.
    pub fn held(id: i64) -> Result<Option<Step>> {
        spi::query_one(
            "select id, step_order, node, run_date::text as run_date, choose, attempts, crashes from dfa.task_step
             where id = $1 and state = 'PROCESSING' and worker = pg_backend_pid()",
            &[id.into()],
            Step::read,
        )
    }

    /// Since it began.
    pub fn seconds(&self) -> Result<f64> {
        let seconds = spi::value::<f64>(
            "select extract(epoch from clock_timestamp() - started_at)::float8 from dfa.task_step where id = $1",
            &[self.id.into()],
        )?;
        Ok(seconds.unwrap_or_default().max(0.0))
    }

    /// Whether a process of it is a DataFrame process, whose function a front service runs.
    pub fn needs_front(&self) -> Result<bool> {
        let stored = self.table()?;
        let is_frame = |process: &Process| matches!(process.action, Action::DataFrame { .. });
        Ok(stored.table().is_some_and(|table| table.chosen(&self.choose).any(is_frame)))
    }

    /// Reads a row of `dfa.task_step`, its `run_date` as text.
    pub fn read(row: &spi::Row<'_>) -> Result<Step> {
        Ok(Step {
            id: row.get("id")?,
            order: row.get("step_order")?,
            node: row.get("node")?,
            run_date: row.get("run_date")?,
            choose: row.get("choose")?,
            attempts: row.get("attempts")?,
            crashes: row.get("crashes")?,
            stored: None,
        })
    }

    /// The current definition of its table.
    pub fn table(&self) -> Result<Stored> {
        match &self.stored {
            Some(stored) => Ok(stored.clone()),
            None => catalog::table_called(&self.node),
        }
    }
}

impl Task {
    /// The task of a step.
    pub fn of_step(step: i64) -> Result<Task> {
        let id = spi::value::<String>("select process_id from dfa.task_step where id = $1", &[step.into()])?;
        Task::load(&id.unwrap_or_default())
    }

    /// Workers run it, and not a session.
    pub fn is_background(&self) -> Result<bool> {
        let background = spi::value::<bool>(
            "select process_type like 'background|%' from dfa.task_process where process_id = $1",
            &[self.process_id.as_str().into()],
        )?;
        Ok(background.unwrap_or_default())
    }
}
