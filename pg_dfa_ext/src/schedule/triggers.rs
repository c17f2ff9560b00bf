//! Pipelines that are due because of what succeeded.

use super::start;
use super::tick::{pipelines, Started};
use crate::catalog::Stored;
use crate::clock;
use crate::error::Result;
use crate::settings;
use crate::spi;
use dfa_catalog::model::Pipeline;
use dfa_catalog::trigger::Trigger;
use jiff::Timestamp;

struct Candidate {
    id: String,
    name: String,
    /// It failed, and its back-off is over.
    may_retry: bool,
    /// An id counts as new if it succeeded after this.
    newer_than: Option<String>,
    last_task: Option<String>,
}

/// An id that has succeeded.
struct Success {
    id: String,
    is_newer: bool,
    run_date: Option<String>,
    process_id: Option<String>,
}

/// Why a candidate is due.
struct Cause {
    run_dates: Vec<String>,
    reason: String,
    /// The task that set it off.
    parent: Option<String>,
}

/// Starts the pipelines whose trigger is true: of ids that succeeded after the pipeline's last run began; after a failure
/// also of ids that had succeeded before, up to `dfa.trigger_retries` times. One that another one of them names comes after
/// that one, which has not succeeded any more once it is started: so a report waits for the sums that are about to begin.
pub fn start_due(at: Timestamp) -> Result<Vec<Started>> {
    let candidates = spi::query(
        include_str!("sql/due_triggers.sql"),
        &[at.to_string().into(), settings::trigger_retries().into()],
        |row| {
            Ok(Candidate {
                id: row.get::<String>("pipeline_id")?,
                name: row.get::<String>("pipeline_name")?,
                may_retry: row.get::<bool>("may_retry")?,
                newer_than: row.get::<Option<String>>("newer_than")?,
                last_task: row.get::<Option<String>>("process_id")?,
            })
        },
    )?;
    let known = pipelines(candidates.iter().map(|candidate| candidate.name.clone()).collect())?;
    let mut waiting: Vec<(Candidate, &Pipeline, &Trigger)> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let pipeline = known.get(&candidate.name).and_then(Stored::pipeline)?;
            Some((candidate, pipeline, pipeline.trigger.as_ref()?))
        })
        .collect();
    let mut rows = Vec::new();
    while !waiting.is_empty() {
        let first = waiting.iter().position(|(candidate, _, trigger)| {
            let named = trigger.ids();
            waiting.iter().all(|(other, ..)| other.id == candidate.id || !named.contains(&other.id.as_str()))
        });
        // Triggers in a cycle are refused at load.
        let (candidate, pipeline, trigger) = waiting.remove(first.unwrap_or(0));
        if let Some(Cause { run_dates, reason, parent }) = cause(&candidate, pipeline, trigger, at)? {
            rows.push(start::start(&candidate.name, pipeline, run_dates, reason, parent)?);
        }
    }
    Ok(rows)
}

/// For which dates a candidate is due, why, and because of which task.
fn cause(
    candidate: &Candidate,
    pipeline: &Pipeline,
    trigger: &Trigger,
    at: Timestamp,
) -> Result<Option<Cause>> {
    let ids: Vec<String> = trigger.ids().into_iter().map(str::to_owned).collect();
    let succeeded = spi::query(
        include_str!("sql/trigger_ids.sql"),
        &[ids.into(), candidate.newer_than.clone().into()],
        |row| {
            Ok(Success {
                id: row.get::<String>("pipeline_id")?,
                is_newer: row.get::<bool>("is_newer")?,
                run_date: row.get::<Option<String>>("run_date")?,
                process_id: row.get::<Option<String>>("process_id")?,
            })
        },
    )?;
    let newer: Vec<&Success> = succeeded.iter().filter(|success| success.is_newer).collect();
    if trigger.holds(|id| newer.iter().any(|success| success.id == id)) {
        let named: Vec<&str> = newer.iter().map(|success| success.id.as_str()).collect();
        // One that was set by hand has no date of its own: today's, as if it succeeded now.
        let date = newer.iter().filter_map(|success| success.run_date.clone()).max();
        let date = date.map_or_else(|| today(pipeline, at), Ok)?;
        return Ok(Some(Cause {
            run_dates: vec![date],
            reason: format!("trigger {}", named.join(", ")),
            parent: newer.iter().find_map(|success| success.process_id.clone()),
        }));
    }
    if candidate.may_retry && trigger.holds(|id| succeeded.iter().any(|success| success.id == id)) {
        let dates = match dates_of_task(candidate.last_task.as_deref())? {
            dates if dates.is_empty() => vec![today(pipeline, at)?],
            dates => dates,
        };
        return Ok(Some(Cause {
            run_dates: dates,
            reason: "retry after a failure".to_owned(),
            parent: candidate.last_task.clone(),
        }));
    }
    Ok(None)
}

fn today(pipeline: &Pipeline, at: Timestamp) -> Result<String> {
    Ok(at.to_zoned(clock::zone(pipeline.timezone.as_deref())?).date().to_string())
}

/// The run dates of the task that failed.
fn dates_of_task(process_id: Option<&str>) -> Result<Vec<String>> {
    spi::values::<String>(
        "select distinct run_date::text from dfa.task_step where process_id = $1 order by 1",
        &[process_id.into()],
    )
}
