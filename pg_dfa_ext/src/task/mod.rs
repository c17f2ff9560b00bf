//! Tasks: what somebody asked for, as rows. A task has a step for each node and run date; who runs them is a session
//! (foreground) or the workers (background).

mod backfill;
mod cancel;
mod foreground;
mod give_up;
mod launcher;
mod module;
mod order;
mod plan;
mod process;
mod range;
mod resume;
mod retry;
pub mod session_role;
mod signals;
mod status;
mod step;
mod submit;
mod time_limit;
mod wait;
pub mod wake;
mod worker;

pub use give_up::lost_tasks as give_up_lost_tasks;
pub use launcher::register as register_launcher;
pub use module::{parameter, Done, Module};
pub use plan::{Mode, Origin, Plan};
pub use step::Step;
pub use submit::submit_plan;
pub use wake::start_for_waiting;
pub use worker::{finish as finish_if_done, record_failure};

use crate::catalog::{self, Stored};
use crate::error::{DfaError, Result};
use crate::names;
use crate::run::{Extent, RunMode};
use crate::spi;
use dfa_catalog::model::{Kind, Process};
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
            "select process_name_put, process_type like '%|pipeline', run_mode,
                    coalesce((parameters ->> 'auto_create')::boolean, false), process_module,
                    coalesce(parameters, '{}')::text
             from dfa.task_process where process_id = $1",
            &[process_id.into()],
            |row| {
                Ok(Task {
                    process_id: process_id.to_owned(),
                    name: row.get::<String>(1)?.unwrap_or_default(),
                    is_pipeline: row.get::<bool>(2)?.unwrap_or_default(),
                    mode: Mode::parse(&row.get::<String>(3)?.unwrap_or_default())?,
                    auto_create: row.get::<bool>(4)?.unwrap_or_default(),
                    module: Module::parse(&row.get::<String>(5)?.unwrap_or_default())?,
                    parameters: serde_json::from_str(&row.get::<String>(6)?.unwrap_or_default())
                        .unwrap_or_default(),
                })
            },
        )?;
        task.ok_or_else(|| unknown(process_id))
    }

    /// Sums the steps up in the task's row and in the tracking of its pipeline; gives the task's status. Of several who
    /// do so, one does it.
    pub fn finish(&self) -> Result<i32> {
        let finished = spi::query_one(
            include_str!("../../../sql/finish_task.sql"),
            &[self.process_id.as_str().into()],
            |row| Ok(row.get::<i32>(1)?.unwrap_or(1)),
        )?;
        let Some(status) = finished else { return status_of(&self.process_id) };
        if self.is_pipeline && self.module == Module::Data && status != 2 {
            spi::run(
                include_str!("../../../sql/track_end.sql"),
                &[
                    self.name.as_str().into(),
                    (status == 0).into(),
                    self.alerts()?.into(),
                    self.process_id.as_str().into(),
                ],
            )?;
        }
        Ok(status)
    }

    /// What counts as updated when it succeeds; nothing if the pipeline is no longer in the catalog.
    fn alerts(&self) -> Result<Vec<String>> {
        let stored = catalog::current(&[Kind::Pipeline], Some(std::slice::from_ref(&self.name)))?;
        let pipeline = stored.first().and_then(|stored| stored.pipeline());
        Ok(pipeline.map(|pipeline| pipeline.alerts.clone()).unwrap_or_default())
    }

    /// The mode of a step, that of the task or what the watermark allows; and which intervals it takes.
    pub fn mode_of(&self, step: &Step) -> Result<(RunMode, Extent)> {
        match self.mode {
            Mode::Common => Ok((RunMode::Common, Extent::ByMode)),
            Mode::Rerun => Ok((RunMode::Rerun, Extent::ByMode)),
            Mode::Auto if !self.parameters["backfill"].is_null() && takes_intervals(step)? => {
                Ok((RunMode::allowed_alone(&step.node, &step.run_date)?, Extent::Asked))
            }
            Mode::Auto => Ok((RunMode::allowed(&step.node, &step.run_date)?, Extent::ByMode)),
        }
    }
}

fn takes_intervals(step: &Step) -> Result<bool> {
    let stored = catalog::table_called(&step.node)?;
    let takes = stored.table().is_some_and(|table| table.chosen(&step.choose).any(Process::takes_intervals));
    Ok(takes)
}

fn status_of(process_id: &str) -> Result<i32> {
    let status = spi::query_one(
        "select status::integer from dfa.task_process where process_id = $1",
        &[process_id.into()],
        |row| Ok(row.get::<i32>(1)?.unwrap_or(1)),
    )?;
    status.ok_or_else(|| unknown(process_id))
}

fn unknown_module(module: &str) -> DfaError {
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
