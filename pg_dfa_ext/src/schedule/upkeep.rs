//! What the scheduler does by itself, each thing a task that one sees: the retention of all tables by
//! `dfa.retention_schedule`, partitions and their statistics each day, what was trimmed, and tasks that stood still.

use crate::clock;
use crate::error::{plural, DfaError, Result};
use crate::subtransaction::subtransaction;
use crate::task::{give_up, module, wake, About, Action, Module, StepDone, EVERYTHING};
use crate::{partition, retention, settings, spi};
use dfa_catalog::schedule::Schedule;
use jiff::{Timestamp, Zoned};
use pgrx::datum::TimestampWithTimeZone;
use serde_json::json;

/// When partitions are looked at: once a day, before most pipelines run.
const PARTITIONS_AT: &str = "everyday_at_01_30";

/// A thing with a schedule of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Retention,
    Partitions,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Retention => "retention",
            Kind::Partitions => "partitions",
        }
    }

    /// Empty: never.
    fn schedule(self) -> String {
        match self {
            Kind::Retention => settings::retention_schedule(),
            Kind::Partitions => PARTITIONS_AT.to_owned(),
        }
    }

    fn is_needed(self) -> Result<bool> {
        match self {
            Kind::Retention => retention::is_needed(),
            Kind::Partitions => partition::is_needed(),
        }
    }

    fn module(self) -> Module {
        match self {
            Kind::Retention => Module::Retention,
            Kind::Partitions => Module::Upkeep,
        }
    }
}

/// A row of `dfa.upkeep`.
struct Known {
    schedule: String,
    next_at: Option<Timestamp>,
}

/// Starts what is due at a moment; each slot once, whoever ticks.
pub fn start_due(at: Timestamp) -> Result<()> {
    let now = at.to_zoned(clock::zone(None)?);
    for kind in [Kind::Retention, Kind::Partitions] {
        look(kind, &now)?;
    }
    Ok(())
}

fn look(kind: Kind, now: &Zoned) -> Result<()> {
    let schedule = kind.schedule();
    let known = known(kind)?;
    let same = known.as_ref().filter(|known| known.schedule == schedule);
    let due = match same {
        // It is new, or somebody has changed when it is due: it begins with the next slot.
        None => false,
        Some(known) if known.next_at.is_some_and(|next| next <= now.timestamp()) => true,
        Some(_) => return Ok(()),
    };
    // One that another tick is at is passed over.
    if known.is_some() && !claim(kind)? {
        return Ok(());
    }
    let next = next_slot(kind, &schedule, now, same.is_none());
    let started = if due && kind.is_needed()? { Some(start(kind, now)?) } else { None };
    spi::run(
        include_str!("sql/keep_upkeep.sql"),
        &[kind.name().into(), schedule.into(), next.map(|next| next.to_string()).into(), started.into()],
    )
}

fn known(kind: Kind) -> Result<Option<Known>> {
    spi::query_one("select schedule, next_at from dfa.upkeep where name = $1", &[kind.name().into()], |row| {
        let next_at = row.get::<Option<TimestampWithTimeZone>>("next_at")?;
        Ok(Known {
            schedule: row.get::<String>("schedule")?,
            next_at: next_at.map(super::tick::moment).transpose()?,
        })
    })
}

/// Locks its row; false: another tick has it.
fn claim(kind: Kind) -> Result<bool> {
    let claimed = spi::value::<String>(
        "select name from dfa.upkeep where name = $1 for update skip locked",
        &[kind.name().into()],
    )?;
    Ok(claimed.is_some())
}

/// The first slot after `now`. A text that is no schedule is never due, and is told when it is new.
fn next_slot(kind: Kind, schedule: &str, now: &Zoned, is_new: bool) -> Option<Timestamp> {
    if schedule.is_empty() {
        return None;
    }
    match Schedule::parse(schedule) {
        Ok(schedule) => schedule.next_after(now).map(|slot| slot.timestamp()),
        Err(error) => {
            if is_new {
                pgrx::warning!("dfa.{}_schedule: {error}", kind.name());
            }
            None
        }
    }
}

/// The task, for the workers. Where it cannot be submitted it is one that failed and says why: no pipeline waits for it.
fn start(kind: Kind, now: &Zoned) -> Result<String> {
    let run_date = now.date().to_string();
    let reason = json!({ "started_by": format!("upkeep {}", kind.name()) });
    let name = if kind == Kind::Retention { EVERYTHING } else { kind.name() };
    let submitted = subtransaction(|| {
        wake::hold_workers()?;
        let process_id =
            module::write(kind.module(), (EVERYTHING, name), std::slice::from_ref(&run_date), &reason)?;
        wake::at_commit()?;
        Ok(process_id)
    });
    match submitted {
        Err(error) if !error.is_interrupt() => note(kind.module(), name, 0, Some(&error), ""),
        outcome => outcome,
    }
}

/// A task that has ended already.
fn note(module: Module, name: &str, done: usize, error: Option<&DfaError>, message: &str) -> Result<String> {
    let action = Action::begin(&About {
        module,
        kind: EVERYTHING,
        name,
        run_date: None,
        objects: done,
        parameters: None,
    })?;
    let said = error.map(|error| format!("Error: {}", error.report().message));
    action.end(error.is_some(), said.as_deref().unwrap_or(message), done, done)?;
    Ok(action.process_id)
}

/// Ends the tasks that stand still, since nobody can go on with them, and says which they were.
pub fn end_lost_tasks() -> Result<()> {
    let ended = give_up::lost_tasks()?;
    if ended.is_empty() {
        return Ok(());
    }
    let count = ended.len();
    let message = format!(
        "Success: {count} task{} that stood still came to an end: {}",
        plural(count as u64),
        ended.join(", ")
    );
    note(Module::Upkeep, "processes", count, None, &message).map(|_| ())
}

/// Trims a little of each log, and adds it to the task of the day.
pub fn trim_logs(at: Timestamp) -> Result<()> {
    let gone = retention::trim::a_little(&at.to_string())?;
    if gone.is_empty() {
        return Ok(());
    }
    let tables: Vec<String> = gone.iter().map(|(table, _)| (*table).to_owned()).collect();
    let rows: Vec<i64> = gone.iter().map(|(_, rows)| i64::try_from(*rows).unwrap_or(i64::MAX)).collect();
    let known = spi::value::<String>(
        include_str!("sql/add_to_trimming.sql"),
        &[Module::Upkeep.stored().into(), tables.clone().into(), rows.clone().into()],
    )?;
    if known.is_none() {
        note(Module::Upkeep, "logs", 0, None, "")?;
        spi::run(
            include_str!("sql/add_to_trimming.sql"),
            &[Module::Upkeep.stored().into(), tables.into(), rows.into()],
        )?;
    }
    Ok(())
}

/// The step of a background task of upkeep: partitions are what needs one.
pub fn for_task() -> Result<StepDone> {
    let kept = partition::keep_up()?;
    let messages: Vec<&str> = kept.iter().map(|table| table.message.as_str()).collect();
    Ok(StepDone {
        failed: kept.iter().filter(|table| table.failed).count(),
        rows: kept.iter().map(|table| table.rows).sum(),
        message: messages.join("\n"),
    })
}
