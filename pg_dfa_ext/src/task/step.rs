//! A step as rows give it.

use super::Task;
use crate::error::Result;
use crate::spi;

/// A step that is still to be run.
#[derive(Debug, Clone)]
pub struct Step {
    pub id: i64,
    pub node: String,
    pub run_date: String,
    pub choose: Vec<String>,
    /// How often it was tried before.
    pub attempts: i32,
    /// How often a server process died at it.
    pub crashes: i32,
}

impl Step {
    /// Begins the step of this id, if this process has it and its task goes on; nobody else can until the transaction ends.
    pub fn start(id: i64) -> Result<Option<Step>> {
        spi::query_one(include_str!("../../../sql/start_step.sql"), &[id.into()], Step::read)
    }

    /// The step of this id, which this transaction holds.
    pub fn held(id: i64) -> Result<Option<Step>> {
        spi::query_one(
            "select id, node, run_date::text, choose, attempts, crashes from dfa.task_step
             where id = $1 and state = 'PROCESSING' and worker = pg_backend_pid()",
            &[id.into()],
            Step::read,
        )
    }

    /// Since it began.
    pub fn seconds(&self) -> Result<f64> {
        let seconds = spi::query_one(
            "select extract(epoch from clock_timestamp() - started_at)::float8 from dfa.task_step where id = $1",
            &[self.id.into()],
            |row| Ok(row.get::<f64>(1)?.unwrap_or_default()),
        )?;
        Ok(seconds.unwrap_or_default().max(0.0))
    }

    /// Reads `id, node, run_date::text, choose, attempts, crashes`.
    pub fn read(row: &spi::Row<'_>) -> Result<Step> {
        Ok(Step {
            id: row.get::<i64>(1)?.unwrap_or_default(),
            node: row.get::<String>(2)?.unwrap_or_default(),
            run_date: row.get::<String>(3)?.unwrap_or_default(),
            choose: row.get::<Vec<String>>(4)?.unwrap_or_default(),
            attempts: row.get::<i32>(5)?.unwrap_or_default(),
            crashes: row.get::<i32>(6)?.unwrap_or_default(),
        })
    }
}

impl Task {
    /// The task of a step.
    pub fn of_step(step: i64) -> Result<Task> {
        let id =
            spi::query_one("select process_id from dfa.task_step where id = $1", &[step.into()], |row| {
                Ok(row.get::<String>(1)?.unwrap_or_default())
            })?;
        Task::load(&id.unwrap_or_default())
    }

    /// Workers run it, and not a session.
    pub fn is_background(&self) -> Result<bool> {
        let background = spi::query_one(
            "select process_type like 'background|%' from dfa.task_process where process_id = $1",
            &[self.process_id.as_str().into()],
            |row| Ok(row.get::<bool>(1)?.unwrap_or_default()),
        )?;
        Ok(background.unwrap_or_default())
    }

    /// The steps that wait, in order.
    pub fn open_steps(&self) -> Result<Vec<Step>> {
        spi::query(
            "select id, node, run_date::text, choose, attempts, crashes from dfa.task_step
             where process_id = $1 and state = 'WAITING' order by step_order",
            &[self.process_id.as_str().into()],
            Step::read,
        )
    }
}
