//! `dfa.tick`: starts what is due.

use super::{start, triggers, upkeep};
use crate::catalog::{self, Stored};
use crate::clock;
use crate::entry::entry;
use crate::error::{given, DfaError, Result};
use crate::maintenance;
use crate::spi;
use crate::task::wake;
use dfa_catalog::model::{Kind, Overlap, Pipeline};
use dfa_catalog::slots;
use jiff::{Timestamp, Zoned};
use pgrx::datum::TimestampWithTimeZone;
use pgrx::prelude::*;
use std::collections::HashMap;

/// What a tick did with one pipeline.
pub type Started = (String, String, Option<String>, String);

extension_sql!(
    r#"
comment on function dfa.tick is
'The scheduler: starts in the background the pipelines that are due at a moment, by their schedules and triggers; a row for each. Each slot of a pipeline is run once, whoever calls and however often. Call it every minute (the service and pg_cron do). Also does the upkeep, each thing a task: retention by dfa.retention_schedule, logs older than dfa.log_retention, partitions and their statistics each day, tasks that stand still.';
grant execute on function dfa.tick to dfa_operator;
"#,
    name = "about_tick",
    requires = [tick]
);

/// Starts, in the background and with the rights of the caller, the pipelines that a schedule or trigger makes due. Any
/// number may call at once: a pipeline is looked at by one of them, and (pipeline, slot) is unique.
#[pg_extern]
fn tick(
    at: default!(Option<TimestampWithTimeZone>, "now()"),
) -> TableIterator<
    'static,
    (
        name!(pipeline_name, String),
        name!(reason, String),
        name!(process_id, Option<String>),
        name!(message, String),
    ),
> {
    TableIterator::new(entry(|| start_due(moment(given("at", at)?)?)))
}

pub fn start_due(at: Timestamp) -> Result<Vec<Started>> {
    end_pauses()?;
    maintenance::refuse_work()?;
    upkeep::end_lost_tasks()?;
    come_by("scheduler")?;
    let mut rows = by_schedule(at)?;
    come_by("trigger")?;
    rows.extend(triggers::start_due(at)?);
    come_by("scheduler")?;
    spi::run(include_str!("sql/report_late_slots.sql"), &[at.to_string().into()])?;
    upkeep::trim_logs(at)?;
    upkeep::start_due(at)?;
    crate::task::start_for_waiting()?;
    Ok(rows)
}

/// What begins from here on came by this way; until the end of the call.
fn come_by(way: &str) -> Result<()> {
    spi::run("select set_config('dfa.way', $1, true)", &[way.into()])
}

/// Pauses that are over are taken away, and workers that they held go on.
fn end_pauses() -> Result<()> {
    let ended = spi::values::<String>(include_str!("sql/end_pauses.sql"), &[])?;
    if ended.iter().any(|kind| kind != "pipeline") {
        wake::go_on()?;
    }
    Ok(())
}

/// A pipeline whose row this transaction has locked.
struct Candidate {
    id: String,
    name: String,
    is_running: bool,
    next_slot: Option<Timestamp>,
    kept_slot: Option<Timestamp>,
}

fn by_schedule(at: Timestamp) -> Result<Vec<Started>> {
    let candidates = spi::query(include_str!("sql/due_schedules.sql"), &[at.to_string().into()], |row| {
        let slot = |column| -> Result<Option<Timestamp>> {
            row.get::<Option<TimestampWithTimeZone>>(column)?.map(moment).transpose()
        };
        Ok(Candidate {
            id: row.get::<String>("pipeline_id")?,
            name: row.get::<String>("pipeline_name")?,
            is_running: row.get::<bool>("is_running")?,
            next_slot: slot("next_slot")?,
            kept_slot: slot("kept_slot")?,
        })
    })?;
    let pipelines = pipelines(candidates.iter().map(|candidate| candidate.name.clone()).collect())?;
    let mut rows = Vec::new();
    for candidate in candidates {
        if let Some(pipeline) = pipelines.get(&candidate.name).and_then(Stored::pipeline) {
            rows.extend(run_slots(&candidate, pipeline, at)?);
        }
    }
    Ok(rows)
}

/// Runs the slots of one pipeline that are due, in one task. While it runs, the last one is kept for after, unless
/// `overlap` says that it is skipped, or runs side by side.
fn run_slots(candidate: &Candidate, pipeline: &Pipeline, at: Timestamp) -> Result<Vec<Started>> {
    let zone = clock::zone(pipeline.timezone.as_deref())?;
    let mut due = match candidate.next_slot.filter(|slot| *slot <= at) {
        Some(from) => slots::due(pipeline, &zone, from, at),
        None => slots::Due { slots: Vec::new(), next: candidate.next_slot },
    };
    let deadline = pipeline.deadline.as_ref().map(|deadline| deadline.text.as_str());
    let waits = candidate.is_running && pipeline.overlap != Overlap::Parallel;
    let mut kept = candidate.kept_slot;
    if waits {
        if pipeline.overlap != Overlap::Skip {
            kept = due.slots.last().map(|slot| slot.timestamp()).or(kept);
        }
        start::record_slots(&candidate.id, &due.slots, None, deadline)?;
        due.slots.clear();
    } else if let Some(slot) = kept.take() {
        if due.slots.is_empty() {
            due.slots.push(slot.to_zoned(zone));
        }
    }
    let next = due.next.map(|slot| slot.to_string());
    let kept = kept.map(|slot| slot.to_string());
    spi::run(
        "update dfa.task_schedule set next_slot = $2::timestamptz, kept_slot = $3::timestamptz where pipeline_id = $1",
        &[candidate.id.as_str().into(), next.into(), kept.into()],
    )?;
    let Some(last) = due.slots.last() else { return Ok(Vec::new()) };
    let reason = format!("slot {}", last.strftime("%Y-%m-%d %H:%M %Z"));
    let run_dates = due.slots.iter().map(|slot| run_date(pipeline, slot)).collect::<Result<_>>()?;
    let started = start::start(&candidate.name, pipeline, run_dates, reason, None)?;
    start::record_slots(&candidate.id, &due.slots, started.2.as_deref(), deadline)?;
    Ok(vec![started])
}

/// The run date of a slot, as a task takes it.
fn run_date(pipeline: &Pipeline, slot: &Zoned) -> Result<String> {
    let date = slots::run_date(pipeline, slot);
    date.map(|date| date.to_string()).ok_or_else(|| DfaError::InvalidArgument {
        argument: "lag",
        value: pipeline.lag.as_ref().map_or_else(String::new, |lag| lag.text.clone()),
        allowed: "Give a number of days that a calendar goes back.".to_owned(),
    })
}

/// The current pipelines of these names.
pub fn pipelines(names: Vec<String>) -> Result<HashMap<String, Stored>> {
    let stored = catalog::current(&[Kind::Pipeline], Some(&names))?;
    Ok(stored.into_iter().map(|stored| (stored.name().to_owned(), stored)).collect())
}

/// A moment of Postgres as one of jiff.
pub fn moment(at: TimestampWithTimeZone) -> Result<Timestamp> {
    /// From 1970-01-01 to 2000-01-01, where Postgres counts from.
    const EPOCH: i64 = 946_684_800_000_000;
    /// 0001-01-01: what is earlier is written differently by Postgres and by jiff.
    const FIRST: i64 = -62_135_596_800_000_000;
    let micros = i64::from(at).saturating_add(EPOCH);
    let moment = Timestamp::from_microsecond(micros).ok().filter(|_| micros >= FIRST);
    moment.ok_or_else(|| DfaError::InvalidArgument {
        argument: "at",
        value: "a moment out of range".to_owned(),
        allowed: "Give a moment of the years 1 to 9999.".to_owned(),
    })
}
