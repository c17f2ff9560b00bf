//! One step: a node on a run date, with its record. The one way in which a node is run.

use super::mode_of;
use super::node::{self, NodeRun};
use super::outcome::{Failure, NodeOutcome, ResultRow};
use super::waited;
use crate::catalog::graph::Graph;
use crate::catalog::Stored;
use crate::citus;
use crate::clock;
use crate::duration::seconds;
use crate::error::{plural, Result};
use crate::leftover::{swept_to, SessionLocks};
use crate::subtransaction::subtransaction;
use crate::task::record::{self, Ended, StepState};
use crate::task::RunMode;
use crate::task::{Step, Task};
use dfa_catalog::model::Distribution;
use std::time::{Duration, Instant};

/// Runs a step and writes down what became of it; the rows of the step are there.
///
/// The node's rows, watermark, ledger, log and step state are one subtransaction. When it fails nothing of it stays,
/// and the failure is recorded outside of it, in the transaction around. `raise` gives the failure to the caller
/// instead, who then loses the record together with everything else.
///
/// # Errors
/// Interrupts (cancel, shutdown) are passed on: whoever cancels wants an end, not a record.
pub fn execute(task: &Task, step: &Step, raise: bool) -> Result<Vec<ResultRow>> {
    let failed = record::failed_nodes(task, step)?;
    let locks = SessionLocks::now();
    let run = || attempt(task, step, &failed, &locks, raise, |ended| record::update(task, &ended));
    match writes_reference(std::slice::from_ref(step)) {
        true => citus::in_order(run),
        false => run(),
    }
}

/// Whether one of the nodes writes a table that lies whole on each machine of a cluster: Citus refuses that in a transaction
/// that has read others by several connections.
fn writes_reference(steps: &[Step]) -> bool {
    let is_reference = |step: &Step| {
        let stored = step.table().ok();
        let table = stored.as_ref().and_then(Stored::table);
        table.is_some_and(|table| table.distribution.as_deref() == Some(&Distribution::Reference))
    };
    citus::is_loaded() && steps.iter().any(is_reference)
}

/// [`execute`] for all steps of a task in the transaction that began it, in their order. Nobody can see what is between:
/// so what became of them is not written here, but given back, beside their rows.
pub fn execute_all(task: &Task, steps: &[Step], raise: bool) -> Result<(Vec<ResultRow>, Vec<Ended>)> {
    match writes_reference(steps) {
        true => citus::in_order(|| one_by_one(task, steps, raise)),
        false => one_by_one(task, steps, raise),
    }
}

fn one_by_one(task: &Task, steps: &[Step], raise: bool) -> Result<(Vec<ResultRow>, Vec<Ended>)> {
    let locks = SessionLocks::now();
    let mut rows = Vec::new();
    let mut all: Vec<Ended> = Vec::with_capacity(steps.len());
    for step in steps {
        let failed: Vec<String> = all
            .iter()
            .filter(|it| {
                matches!(it.state, StepState::Failed | StepState::Blocked)
                    && it.step.run_date == step.run_date
            })
            .map(|it| it.step.node.clone())
            .collect();
        rows.extend(attempt(task, step, &failed, &locks, raise, |ended| {
            all.push(ended);
            Ok(())
        })?);
    }
    Ok((rows, all))
}

/// Runs a step. `keep` takes what became of it: where it succeeded, in the subtransaction of its rows.
fn attempt(
    task: &Task,
    step: &Step,
    failed: &[String],
    locks: &SessionLocks,
    raise: bool,
    mut keep: impl FnMut(Ended) -> Result<()>,
) -> Result<Vec<ResultRow>> {
    let started = Instant::now();
    let (mode, extent) = mode_of(task, step)?;
    if let Some(cause) = blocked_by(step, failed)? {
        let message = format!("Error: '{}' was not run, because '{cause}' failed", step.node);
        keep(Ended::blocked(step, mode, message.clone()))?;
        return Ok(vec![node_row(step, 1, message, Duration::ZERO)]);
    }
    let run = NodeRun { task, step, mode, extent, by_front: false };
    // What its audits and routines set ends with it, too, and a worker's session has a clock of its own.
    let node = || clock::kept(|| node::run(&run));
    let outcome = swept_to(locks, || {
        subtransaction(|| {
            let outcome = warned_of_order(task, step, node()?);
            let rows = rows_of(mode, step, &outcome, started.elapsed());
            keep(succeeded(step, mode, &outcome, started))?;
            Ok(rows)
        })
    });
    match outcome {
        Ok(rows) => Ok(rows),
        Err(error) if error.is_interrupt() => Err(error),
        Err(error) if raise => Err(waited::told(&step.node, error)?),
        Err(error) => {
            let error = waited::told(&step.node, error)?;
            let ended = Ended::failed(step, mode, &error, started.elapsed());
            let mut row = node_row(step, 1, ended.message.clone(), started.elapsed());
            keep(ended)?;
            row.process = error.process().map(str::to_owned);
            row.failure = Some(Failure::of(&error));
            Ok(vec![row])
        }
    }
}

/// An outcome with what the task has to say of the place of its node.
pub fn warned_of_order(task: &Task, step: &Step, outcome: NodeOutcome) -> NodeOutcome {
    outcome.warned(task.parameters["order"][&step.node].as_str().map(str::to_owned))
}

/// What is written down of a node that came to its end.
pub fn succeeded(step: &Step, mode: RunMode, outcome: &NodeOutcome, started: Instant) -> Ended {
    outcome.ended(step, mode, started.elapsed(), summary(mode, step, outcome, started))
}

/// The node of the same date that failed (or was itself not run) and that this one reads.
pub fn blocked_by(step: &Step, failed: &[String]) -> Result<Option<String>> {
    if failed.is_empty() {
        return Ok(None);
    }
    let sources = Graph::load()?.table_sources(&step.node);
    Ok(failed.iter().find(|node| sources.contains(*node)).cloned())
}

fn summary(mode: RunMode, step: &Step, outcome: &NodeOutcome, started: Instant) -> String {
    match outcome {
        NodeOutcome::Skipped { message } => message.clone(),
        NodeOutcome::Done { processes, warnings, .. } => {
            let rows: i64 = processes.iter().filter_map(|process| process.rows).sum();
            let mut text = format!(
                "Success: Running '{}' in {} mode with logging value ({rows} row{}, {} sec)",
                step.node,
                mode.as_str(),
                plural(rows.unsigned_abs()),
                seconds(started.elapsed())
            );
            for warning in warnings {
                text.push('\n');
                text.push_str(warning);
            }
            text
        }
    }
}

fn rows_of(mode: RunMode, step: &Step, outcome: &NodeOutcome, elapsed: Duration) -> Vec<ResultRow> {
    let NodeOutcome::Done { processes, warnings, .. } = outcome else {
        let NodeOutcome::Skipped { message } = outcome else { return Vec::new() };
        return vec![node_row(step, 0, message.clone(), elapsed)];
    };
    let mut rows: Vec<ResultRow> = processes
        .iter()
        .map(|process| ResultRow {
            node: step.node.clone(),
            process: Some(process.process.clone()),
            rows: process.rows.unwrap_or(0),
            status: 0,
            message: match process.rows {
                None => "Skipped: parameter data_normal_common_filter_mockup is Y".to_owned(),
                Some(count) => format!(
                    "Success: Running '{}' in {} mode with logging value ({count} row{}, {} sec)",
                    step.node,
                    mode.as_str(),
                    plural(count.unsigned_abs()),
                    seconds(process.duration)
                ),
            },
            duration: process.duration,
            failure: None,
        })
        .collect();
    rows.extend(warnings.iter().map(|warning| node_row(step, 0, warning.clone(), Duration::ZERO)));
    rows
}

fn node_row(step: &Step, status: i32, message: String, duration: Duration) -> ResultRow {
    ResultRow { node: step.node.clone(), process: None, rows: 0, status, message, duration, failure: None }
}
