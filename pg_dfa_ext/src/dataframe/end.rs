//! The end of a DataFrame step: its failure, and what follows from either.

use super::identity::Submitter;
use super::node::{self, FailedAt};
use crate::error::{Captured, DfaError, Result};
use crate::run;
use crate::spi;
use crate::task::record::Ended;
use crate::task::{record, wake, Step, Task};
use crate::worker;
use std::time::Duration;

/// Writes down that a held step failed, or was cancelled.
pub fn fail(step: i64, process: Option<&str>, report: Option<&str>) -> Result<()> {
    node::forget();
    let failed_at = node::failed_at();
    let submitter = Submitter::of(step)?;
    submitter.owning(|| {
        let Some(step) = Step::held(step)? else {
            return Err(DfaError::NoFrame { call: "dfa.fail_dataframe_step" });
        };
        let task = Task::of_step(step.id)?;
        let Some(report) = report else { return record::cancelled(&step) };
        let error = error_of(&step.node, process, failed_at, report);
        let took = Duration::from_secs_f64(step.seconds()?);
        if task.is_background()? {
            return worker::record_failure(&task, &step, &error, took);
        }
        let (mode, _) = run::mode_of(&task, &step)?;
        record::update(&task, &Ended::failed(&step, mode, &error, took))
    })
}

/// What a service says of an error, its own or that of a statement.
fn error_of(node: &str, process: Option<&str>, failed_at: Option<FailedAt>, report: &str) -> DfaError {
    let report: serde_json::Value = serde_json::from_str(report).unwrap_or_default();
    if let Some(seconds) = report["time_limit"].as_f64() {
        return DfaError::TimeLimit { table: node.to_owned(), seconds };
    }
    let text = |name: &str| report[name].as_str().map(str::to_owned);
    let cause = Captured {
        sqlstate: text("sqlstate").filter(|it| it.len() == 5).unwrap_or_else(|| "XX000".to_owned()),
        message: text("message").unwrap_or_else(|| "the function failed".to_owned()),
        detail: text("detail"),
        hint: text("hint"),
        ..Captured::default()
    };
    let cause = Box::new(cause);
    match failed_at {
        Some((process, Some(statement))) => {
            DfaError::Statement { table: node.to_owned(), process, statement, cause }
        }
        failed_at => {
            let process = failed_at.map(|it| it.0).or_else(|| process.map(str::to_owned));
            DfaError::Function { process, cause }
        }
    }
}

/// What the log says of the ids that a function has notes on.
pub fn notes(step: i64) -> Result<Option<String>> {
    let counts = spi::query_one(
        "select count(*) as ids, count(*) filter (where reason is not null and model is null) as without,
                count(*) filter (where reason is not null and model is not null) as fallback
         from dfa.dataframe_note where step_id = $1",
        &[step.into()],
        |row| Ok((row.get::<i64>("ids")?, row.get::<i64>("without")?, row.get::<i64>("fallback")?)),
    )?;
    Ok(counts.filter(|(_, without, fallback)| without + fallback > 0).map(|(all, without, fallback)| {
        format!(
            "Warning: of {all} ids {without} have no forecast and {fallback} a simpler one; \
             dfa.dataframe_note says why (step_id {step})"
        )
    }))
}

/// Whether the task of a step is open and not cancelled.
pub fn goes_on(step: i64) -> Result<bool> {
    let open = spi::value::<bool>(
        "select status = 2 and cancelled_at is null from dfa.task_process
         where process_id = (select process_id from dfa.task_step where id = $1)",
        &[step.into()],
    )?;
    Ok(open.unwrap_or_default())
}

/// The steps that waited for this one are ready, and its task is summed up if it was the last. Whoever dies before this
/// leaves it to the next worker that looks.
pub fn follow_up(step: i64) -> Result<()> {
    let submitter = Submitter::of(step)?;
    submitter.owning(|| {
        let task = Task::of_step(step)?;
        if !task.is_background()? {
            return Ok(());
        }
        worker::release_followers(step)?;
        worker::finish_if_done(&task.process_id)?;
        wake::at_commit()
    })
}
