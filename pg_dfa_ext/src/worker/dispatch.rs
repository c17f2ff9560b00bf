//! Which function does what a step asks for that runs no data: setup, retention, ingest, upkeep.

use crate::error::{DfaError, Result};
use crate::ingest::background;
use crate::schedule::upkeep;
use crate::task::record::StepState;
use crate::task::{record, Module, Step, Task, EVERYTHING};
use crate::{retention, setup};
use std::time::Instant;

/// Runs the step of a setup, retention, ingest or upkeep. Objects or tables that fail are told and do not undo the others.
pub fn execute(task: &Task, step: &Step) -> Result<()> {
    let started = Instant::now();
    let name = Some(step.node.as_str()).filter(|name| *name != EVERYTHING);
    let done = match task.module {
        Module::Setup => setup::for_task(name, &step.run_date, &task.parameters, &task.process_id)?,
        Module::Retention => retention::for_task(name, &step.run_date, &task.parameters, &task.process_id)?,
        Module::Ingestion => background::run(&task.process_id, &task.parameters)?,
        Module::Upkeep => upkeep::for_task()?,
        Module::Data | Module::Deletion | Module::Migration => {
            return Err(DfaError::internal(format!("no worker runs a task of {}", task.module.stored())))
        }
    };
    let state = if done.failed == 0 { StepState::Success } else { StepState::Failed };
    record::ended(step, state, Some(done.rows), started.elapsed(), &done.message, None)
}
