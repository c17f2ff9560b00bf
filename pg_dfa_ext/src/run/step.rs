//! One step: a node on a run date, with its record. The one way in which a node is run.

use super::mode::RunMode;
use super::node::{self, NodeRun};
use super::outcome::{seconds, Failure, NodeOutcome, ResultRow};
use super::record;
use crate::catalog::graph::Graph;
use crate::clock;
use crate::error::{plural, Result};
use crate::leftover::swept;
use crate::subtransaction::subtransaction;
use crate::task::{Step, Task};
use std::time::{Duration, Instant};

/// Runs a step and writes down what became of it.
///
/// The node's rows, watermark, ledger, log and step state are one subtransaction. When it fails nothing of it stays,
/// and the failure is recorded outside of it, in the transaction around. `raise` gives the failure to the caller
/// instead, who then loses the record together with everything else.
///
/// # Errors
/// Interrupts (cancel, shutdown) are passed on: whoever cancels wants an end, not a record.
pub fn execute(task: &Task, step: &Step, raise: bool) -> Result<Vec<ResultRow>> {
    let started = Instant::now();
    if let Some(message) = blocked(task, step)? {
        return Ok(vec![node_row(step, 1, message, Duration::ZERO)]);
    }
    let (mode, extent) = task.mode_of(step)?;
    let run = NodeRun { task, step, mode, extent, by_front: false };
    // What its audits and routines set ends with it, too, and a worker's session has a clock of its own.
    let node = || clock::kept(|| node::run(&run));
    let outcome = swept(|| {
        subtransaction(|| {
            let outcome = node()?;
            succeeded(task, step, mode, outcome, started)
        })
    });
    match outcome {
        Ok(rows) => Ok(rows),
        Err(error) if error.is_interrupt() || raise => Err(error),
        Err(error) => {
            let message = format!("Error: {}", error.report().message);
            record::failed(task, step, mode, &error, started.elapsed(), &message)?;
            let mut row = node_row(step, 1, message, started.elapsed());
            row.process = error.process().map(str::to_owned);
            row.failure = Some(Failure::of(&error));
            Ok(vec![row])
        }
    }
}

/// Writes down that a node came to its end; gives its rows.
pub fn succeeded(
    task: &Task,
    step: &Step,
    mode: RunMode,
    mut outcome: NodeOutcome,
    started: Instant,
) -> Result<Vec<ResultRow>> {
    if let (NodeOutcome::Done { warnings, .. }, Some(order)) =
        (&mut outcome, task.parameters["order"][&step.node].as_str())
    {
        warnings.push(order.to_owned());
    }
    let message = summary(mode, step, &outcome, started);
    record::succeeded(task, step, mode, &outcome, started.elapsed(), &message)?;
    Ok(rows_of(mode, step, &outcome, started.elapsed()))
}

/// If a node of the same date that this one reads failed, or was itself not run: writes down that it is not run.
pub fn blocked(task: &Task, step: &Step) -> Result<Option<String>> {
    let Some(cause) = blocked_by(task, step)? else { return Ok(None) };
    let message = format!("Error: '{}' was not run, because '{cause}' failed", step.node);
    record::blocked(step, &message)?;
    Ok(Some(message))
}

/// The node of the same date that failed (or was itself not run) and that this one reads.
fn blocked_by(task: &Task, step: &Step) -> Result<Option<String>> {
    let failed = record::failed_nodes(task, step)?;
    if failed.is_empty() {
        return Ok(None);
    }
    let sources = Graph::load()?.table_sources(&step.node);
    Ok(failed.into_iter().find(|node| sources.contains(node)))
}

fn summary(mode: RunMode, step: &Step, outcome: &NodeOutcome, started: Instant) -> String {
    match outcome {
        NodeOutcome::Skipped { message } => message.clone(),
        NodeOutcome::Done { processes, warnings } => {
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
    let NodeOutcome::Done { processes, warnings } = outcome else {
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
