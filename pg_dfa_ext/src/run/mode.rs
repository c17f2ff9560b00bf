//! In which mode a step runs, and which intervals it takes.

use super::watermark::{self, Extent};
use crate::error::{DfaError, Result};
use crate::task::{Mode, RunMode, Step, Task};
use dfa_catalog::model::Process;

/// The mode of a step, that of the task or what the watermark allows; and which intervals it takes.
pub fn mode_of(task: &Task, step: &Step) -> Result<(RunMode, Extent)> {
    match task.mode {
        Mode::Common => Ok((RunMode::Common, Extent::ByMode)),
        Mode::Rerun => Ok((RunMode::Rerun, Extent::ByMode)),
        Mode::Auto if !task.parameters["backfill"].is_null() && takes_intervals(step)? => {
            Ok((allowed_alone(&step.node, &step.run_date)?, Extent::Asked))
        }
        Mode::Auto => Ok((allowed(&step.node, &step.run_date)?, Extent::ByMode)),
    }
}

/// The mode in which a table can be run for a date: common, or rerun before its watermark.
fn allowed(table: &str, run_date: &str) -> Result<RunMode> {
    match watermark::read(table, run_date, 0) {
        Ok(watermark) if watermark.is_passed() => Ok(RunMode::Rerun),
        Ok(_) | Err(DfaError::MissingWatermark { .. }) => Ok(RunMode::Common),
        Err(error) => Err(error),
    }
}

/// [`allowed`] for a step that takes the interval of its date and no other: a common run would move the
/// watermark past intervals that nobody has taken.
fn allowed_alone(table: &str, run_date: &str) -> Result<RunMode> {
    let mode = allowed(table, run_date)?;
    match watermark::read(table, run_date, 0) {
        Ok(watermark) if mode == RunMode::Common && watermark.leaves_a_gap()? => Ok(RunMode::Rerun),
        _ => Ok(mode),
    }
}

fn takes_intervals(step: &Step) -> Result<bool> {
    let stored = step.table()?;
    let takes = stored.table().is_some_and(|table| table.chosen(&step.choose).any(Process::takes_intervals));
    Ok(takes)
}
