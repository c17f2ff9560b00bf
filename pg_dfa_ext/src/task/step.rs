//! A step as rows give it.

use crate::catalog::{self, Stored};
use crate::error::Result;
use crate::spi;

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
