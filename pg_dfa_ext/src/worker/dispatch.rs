//! Which function does what a step asks for that runs no data: setup, retention, ingest.

use crate::error::Result;
use crate::ingest::background;
use crate::task::{record, Done, Module, Step, Task, EVERYTHING};
use crate::{retention, setup};
use std::time::Instant;

/// Runs the step of a setup, retention or ingest. Objects or tables that fail are told and do not undo the others.
pub fn execute(task: &Task, step: &Step) -> Result<()> {
    let started = Instant::now();
    if task.module == Module::Ingestion {
        let (rows, message) = background::run(&task.process_id, &task.parameters)?;
        return record::ended(step, "SUCCESS", Some(rows), started.elapsed(), &message, None);
    }
    let name = Some(step.node.as_str()).filter(|name| *name != EVERYTHING);
    let Done { failed, rows, message } = match task.module {
        Module::Retention => retention::for_task(name, &step.run_date, &task.parameters, &task.process_id)?,
        _ => setup::for_task(name, &step.run_date, &task.parameters)?,
    };
    let state = if failed == 0 { "SUCCESS" } else { "FAILED" };
    record::ended(step, state, Some(rows), started.elapsed(), &message, None)
}
