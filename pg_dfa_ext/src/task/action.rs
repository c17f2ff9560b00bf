//! What somebody did that is no run of nodes, as a task: setup, retention, ingest, deletion, migration.

use super::{Module, Origin};
use crate::error::{DfaError, Result};
use crate::ledger::log::{log, Entry};
use crate::maintenance;
use crate::spi;
use serde_json::Value;

/// A task that one call begins and ends, or the step of a background task, whose worker ends it.
#[derive(Debug, Clone)]
pub struct Action {
    pub process_id: String,
    is_own: bool,
}

/// What an action is about.
pub struct About<'about> {
    pub module: Module,
    /// `table` or `pipeline`.
    pub kind: &'about str,
    /// The name of what it is about; `all`: everything.
    pub name: &'about str,
    /// `None`: today.
    pub run_date: Option<&'about str>,
    pub objects: usize,
    pub parameters: Option<Value>,
}

impl Action {
    /// Writes the task down.
    pub fn begin(about: &About<'_>) -> Result<Action> {
        if !about.module.is_maintenance() {
            maintenance::refuse_work()?;
        }
        let process_id = spi::value(
            include_str!("sql/begin_action.sql"),
            &[
                format!("{}|{}", Origin::Foreground.as_str(), about.kind).into(),
                about.name.into(),
                about.run_date.into(),
                about.module.stored().into(),
                count(about.objects).into(),
                about.parameters.as_ref().map(Value::to_string).into(),
            ],
        )?;
        let process_id = process_id.ok_or_else(|| DfaError::internal("a task was not written down"))?;
        Ok(Action { process_id, is_own: true })
    }

    /// The task, which has been begun: by an earlier call, which left its end to this one, or by a submit, whose worker
    /// ends it.
    pub fn of(process_id: &str, is_own: bool) -> Action {
        Action { process_id: process_id.to_owned(), is_own }
    }

    /// A row in the log of a table.
    pub fn log(&self, entry: &Entry<'_>) -> Result<()> {
        log(&Entry { process_id: Some(&self.process_id), ..entry.clone() })
    }

    /// Ends the task; `done` of its objects are done.
    pub fn end(&self, failed: bool, message: &str, objects: usize, done: usize) -> Result<()> {
        if !self.is_own {
            return Ok(());
        }
        let process_id = self.process_id.as_str();
        spi::run(
            include_str!("sql/end_action.sql"),
            &[
                process_id.into(),
                i32::from(failed).into(),
                message.into(),
                count(objects).into(),
                count(done).into(),
            ],
        )
    }
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
