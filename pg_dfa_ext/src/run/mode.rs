//! In which mode a step runs, and which intervals it takes.

use super::watermark::{self, Extent, Verdict};
use crate::catalog::Stored;
use crate::error::{DfaError, Result};
use crate::task::{Mode, RunMode, Step, Task};
use dfa_catalog::model::Process;
use std::collections::{HashMap, HashSet};

/// The mode of a step, that of the task or what the watermark allows; and which intervals it takes.
pub fn mode_of(task: &Task, step: &Step) -> Result<(RunMode, Extent)> {
    match task.mode {
        Mode::Common => Ok((RunMode::Common, Extent::ByMode)),
        Mode::Rerun => Ok((RunMode::Rerun, Extent::ByMode)),
        Mode::Auto
            if !task.parameters["backfill"].is_null() && takes_intervals(&step.table()?, &step.choose) =>
        {
            Ok((allowed_alone(&step.node, &step.run_date, &[])?, Extent::Asked))
        }
        Mode::Auto => Ok((allowed(&step.node, &step.run_date)?, Extent::ByMode)),
    }
}

/// In which modes the steps of a task are going to run, told before they do: each node from where its watermark stands, and
/// from where the steps before it leave it.
pub struct Outlook {
    mode: Mode,
    /// Each step takes the interval of its date and no other, where its processes take intervals: it is a backfill.
    is_backfill: bool,
    /// The days of a node that steps before the next one take.
    taken: HashMap<String, Vec<String>>,
    /// Up to which date of a node a step is a rerun; and nodes that run in common mode from here on.
    passed: HashMap<String, String>,
    common: HashSet<String>,
    /// Nodes of which a day is left stale: it was skipped after what it reads of it had changed.
    stale: HashSet<String>,
}

impl Outlook {
    pub fn new(mode: Mode, is_backfill: bool) -> Outlook {
        Outlook {
            mode,
            is_backfill,
            taken: HashMap::new(),
            passed: HashMap::new(),
            common: HashSet::new(),
            stale: HashSet::new(),
        }
    }

    /// The mode of the next step of a node, or `skipped` where its quota is used up. `is_fed`: a step before it changes what
    /// it reads of its days.
    ///
    /// # Errors
    /// Those that the run would begin with, such as a date before the watermark.
    pub fn next(
        &mut self,
        stored: &Stored,
        run_date: &str,
        choose: &[String],
        is_fed: bool,
    ) -> Result<&'static str> {
        let node = stored.name();
        if self.common.contains(node) {
            return Ok(RunMode::Common.as_str());
        }
        if self.passed.get(node).is_some_and(|passed| run_date < passed.as_str()) {
            self.taken.entry(node.to_owned()).or_default().push(run_date.to_owned());
            return Ok(RunMode::Rerun.as_str());
        }
        let (mode, extent) = match self.mode {
            Mode::Common => (RunMode::Common, Extent::ByMode),
            Mode::Rerun => (RunMode::Rerun, Extent::ByMode),
            Mode::Auto if self.is_backfill && takes_intervals(stored, choose) => {
                let taken = self.taken.entry(node.to_owned()).or_default();
                match self.stale.contains(node) {
                    true => (RunMode::Rerun, Extent::Asked),
                    false => (allowed_alone(node, run_date, taken)?, Extent::Asked),
                }
            }
            Mode::Auto => (allowed(node, run_date)?, Extent::ByMode),
        };
        let watermark = watermark::read(node, run_date, 0)?;
        let Verdict::Run(_) = watermark.plan(mode, extent, false)? else {
            if extent == Extent::Asked && is_fed {
                self.stale.insert(node.to_owned());
            }
            return Ok("skipped");
        };
        // What is skipped takes no interval, and so leaves a gap to those after it.
        if extent == Extent::Asked {
            self.taken.entry(node.to_owned()).or_default().push(run_date.to_owned());
        }
        match mode {
            // It moves the watermark on, and what comes after it is later.
            RunMode::Common => {
                self.common.insert(node.to_owned());
            }
            RunMode::Rerun if self.mode == Mode::Auto => {
                self.passed.insert(node.to_owned(), watermark.run_date);
            }
            RunMode::Rerun => {}
        }
        Ok(mode.as_str())
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
/// watermark past intervals that nobody has taken, but for those that begin on the days `taken`.
fn allowed_alone(table: &str, run_date: &str, taken: &[String]) -> Result<RunMode> {
    let mode = allowed(table, run_date)?;
    match watermark::read(table, run_date, 0) {
        Ok(watermark) if mode == RunMode::Common && watermark.leaves_a_gap(taken)? => Ok(RunMode::Rerun),
        _ => Ok(mode),
    }
}

fn takes_intervals(stored: &Stored, choose: &[String]) -> bool {
    stored.table().is_some_and(|table| table.chosen(choose).any(Process::takes_intervals))
}
