//! Tasks: what somebody asked for, as rows. A task has a step for each node and run date; who runs them is a session
//! (foreground) or the workers (background).

mod action;
pub mod backfill;
mod call_workers;
pub mod cancel;
mod failure;
pub mod give_up;
mod mode;
pub mod module;
mod order;
pub mod plan;
mod preview;
pub mod range;
pub mod record;
pub mod resume;
pub mod session_role;
pub mod spawn;
mod status;
mod step;
pub mod submit;
pub mod tracking;
mod wait;
pub mod wake;

pub use action::{About, Action};
pub use mode::{Mode, RunMode};
pub use module::{parameter, Module, StepDone, EVERYTHING};
pub use plan::{Origin, Plan};
pub use preview::Previewed;
pub use step::Step;
pub use submit::submit_plan;
pub use wake::start_for_waiting;

use crate::api_key;
use crate::catalog::{self, Stored};
use crate::error::{DfaError, Result};
use crate::lock::rows_in_time;
use crate::names;
use crate::spi;
use dfa_catalog::model::Kind;
use serde_json::Value;

/// A task whose rows exist.
#[derive(Debug, Clone)]
pub struct Task {
    pub process_id: String,
    pub name: String,
    pub is_pipeline: bool,
    pub module: Module,
    pub mode: Mode,
    pub auto_create: bool,
    /// Further arguments of the call.
    pub parameters: Value,
}

/// The pipeline of this name, else the table.
pub fn find_target(name: &str) -> Result<Stored> {
    match catalog::pipeline(name) {
        Err(DfaError::UnknownName { .. }) => {}
        found => return found,
    }
    match catalog::table(name) {
        Err(DfaError::UnknownName { .. }) => {}
        found => return found,
    }
    // Neither: the nearest name of both kinds.
    let (_, name) = names::resolve(name, &[Kind::Pipeline, Kind::Table], "pipeline or table")?;
    catalog::table(&name)
}

impl Task {
    /// The task of this id, to go on with it.
    pub fn load(process_id: &str) -> Result<Task> {
        let task = spi::query_one(
            "select process_name_put, process_type like '%|pipeline' as is_pipeline, run_mode,
                    coalesce((parameters ->> 'auto_create')::boolean, false) as auto_create, process_module,
                    coalesce(parameters, '{}')::text as parameters
             from dfa.task_process where process_id = $1",
            &[process_id.into()],
            |row| {
                Ok(Task {
                    process_id: process_id.to_owned(),
                    name: row.get::<String>("process_name_put")?,
                    is_pipeline: row.get::<bool>("is_pipeline")?,
                    mode: Mode::parse(&row.get::<String>("run_mode")?)?,
                    auto_create: row.get::<bool>("auto_create")?,
                    module: Module::parse(&row.get::<String>("process_module")?)?,
                    parameters: serde_json::from_str(&row.get::<String>("parameters")?).unwrap_or_default(),
                })
            },
        )?;
        task.ok_or_else(|| unknown(process_id))
    }

    /// Sums the steps up in the task's row and in the tracking of its pipeline; returns the task's status. Of several who
    /// do so, one does it.
    pub fn finish(&self) -> Result<i32> {
        const SQL: &str = concat!(
            include_str!("sql/steps_of_task.sql"),
            include_str!("sql/sum_up.sql"),
            "select status, (select count(*) from told_of_task) from finished"
        );
        let sum_up = || spi::value::<i32>(SQL, &[self.process_id.as_str().into()]);
        let finished = rows_in_time("task_process", sum_up)?;
        let Some(status) = finished else { return status_of(&self.process_id) };
        if self.is_pipeline && self.module == Module::Data && status != 2 {
            tracking::end(self, status == 0, self.alerts()?)?;
        }
        Ok(status)
    }

    /// Writes steps down that nobody could see before, and the end of the task, which has no others.
    pub fn finish_unseen(&self, ended: &[record::Ended], target: &Stored) -> Result<()> {
        if ended.is_empty() {
            return self.finish().map(|_| ());
        }
        let status = record::insert(self, ended)?;
        match target.pipeline() {
            Some(pipeline) => tracking::end(self, status == 0, pipeline.alerts.clone()),
            None => Ok(()),
        }
    }

    /// What counts as updated when it succeeds; nothing if the pipeline is no longer in the catalog.
    fn alerts(&self) -> Result<Vec<String>> {
        let stored = catalog::current(&[Kind::Pipeline], Some(std::slice::from_ref(&self.name)))?;
        let pipeline = stored.first().and_then(|stored| stored.pipeline());
        Ok(pipeline.map(|pipeline| pipeline.alerts.clone()).unwrap_or_default())
    }
}

fn status_of(process_id: &str) -> Result<i32> {
    let task = spi::query_one(
        "select status::integer as status, process_name_put from dfa.task_process where process_id = $1",
        &[process_id.into()],
        |row| Ok((row.get::<i32>("status")?, row.get::<String>("process_name_put")?)),
    )?;
    let (status, name) = task.ok_or_else(|| unknown(process_id))?;
    api_key::check(&name)?;
    Ok(status)
}

pub fn unknown_module(module: &str) -> DfaError {
    DfaError::InvalidArgument {
        argument: "module",
        value: module.to_owned(),
        allowed:
            "data runs a table or pipeline, setup creates what catalogs define, retention deletes old rows."
                .to_owned(),
    }
}

fn unknown(process_id: &str) -> DfaError {
    DfaError::UnknownName { what: "task", name: process_id.to_owned(), suggestion: None }
}
