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
        spi::query_one(include_str!("sql/start_step.sql"), &[id.into()], Step::read)
    }

    /// Reads a row of `dfa.task_step`, its `run_date` as text.
    pub fn read(row: &spi::Row<'_>) -> Result<Step> {
        Ok(Step {
            id: row.get("id")?,
            node: row.get("node")?,
            run_date: row.get("run_date")?,
            choose: row.get("choose")?,
            attempts: row.get("attempts")?,
            crashes: row.get("crashes")?,
        })
    }
}

impl Task {
    /// The steps that wait, in order.
    pub fn open_steps(&self) -> Result<Vec<Step>> {
        spi::query(
            "select id, node, run_date::text as run_date, choose, attempts, crashes from dfa.task_step
             where process_id = $1 and state = 'WAITING' order by step_order",
            &[self.process_id.as_str().into()],
            Step::read,
        )
    }
}
