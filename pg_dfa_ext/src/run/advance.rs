//! The end of a node: its watermark moves on, and the ledger has the intervals that it took.

use super::covered::{Covered, Look};
use super::node::NodeRun;
use super::watermark::{self, Watermark};
use crate::catalog::graph::Graph;
use crate::error::{DfaError, Result};
use crate::ledger;
use crate::lock::rows_in_time;
use crate::spi;
use crate::task::RunMode;
use pgrx::datum::DatumWithOid;

/// What a run did, of which its watermark and its ledger tell.
pub struct Taken<'taken> {
    pub watermark: &'taken Watermark,
    pub covered: Covered,
    pub look: &'taken Look,
    /// It changed rows.
    pub changed: bool,
    /// The greatest date of its table now.
    pub reached: Option<&'taken str>,
    /// It deleted the rows from this day on first.
    pub reset_from: Option<&'taken str>,
}

/// Writes down what a run took. Days without rows move run_date, too; a rerun moves data_date alone.
///
/// A rerun that changed rows makes the same days stale in every table that reads this one, and a common run those that no run
/// had taken whole before; a rerun that deleted all rows from its date on makes what follows stale in this table, too.
pub fn advance(run: &NodeRun<'_>, taken: &Taken<'_>) -> Result<()> {
    let Taken { watermark, covered, look, .. } = taken;
    let reason = format!("rerun of {} for {}", watermark.table, run.step.run_date);
    if let Some(first) = taken.reset_from {
        let reason = format!("{reason} deleted its rows");
        ledger::mark_stale(vec![watermark.table.clone()], first, None, &reason, Some(look.at))?;
    }
    let newly = if run.mode == RunMode::Common && taken.changed { newly_taken(taken)? } else { None };
    write(run, taken)?;
    if run.mode == RunMode::Rerun {
        if taken.changed {
            let until = if taken.reset_from.is_some() { None } else { Some(covered.to.as_str()) };
            ledger::mark_readers_stale(&watermark.table, &covered.from, until, &reason)?;
        }
        return Ok(());
    }
    if let Some(newly) = newly {
        let reason = format!("run of {} for {}", watermark.table, run.step.run_date);
        ledger::mark_stale(newly.readers, &newly.first, Some(&newly.last), &reason, None)?;
    }
    taken_again(run, taken)
}

/// Days of a common run that its readers took before they were whole.
struct Newly {
    first: String,
    last: String,
    readers: Vec<String>,
}

/// Days that no run of the table had taken whole before: who read the table then did not read all of them. Most often nobody
/// has, which is asked first.
fn newly_taken(taken: &Taken<'_>) -> Result<Option<Newly>> {
    let Taken { watermark, covered, .. } = taken;
    let readers: Vec<String> = Graph::load()?.readers(&watermark.table).iter().cloned().collect();
    if readers.is_empty() {
        return Ok(None);
    }
    let (table, run_type) = (watermark.table.as_str(), watermark.run_type.as_str());
    // Dates compare as texts.
    let from = covered.taken_after.as_ref().map_or(&covered.from, |after| after.min(&covered.from)).as_str();
    let are_done = |first: &str, last: &str| {
        let arguments = [first.into(), last.into(), readers.clone().into(), run_type.into()];
        spi::value::<bool>(include_str!("sql/readers_done.sql"), &arguments)
    };
    if are_done(from, &covered.to)? != Some(true) {
        return Ok(None);
    }
    let arguments = [table.into(), from.into(), covered.to.as_str().into(), run_type.into()];
    let days = spi::query_one(include_str!("sql/newly_taken.sql"), &arguments, |row| {
        Ok((row.get::<String>("first")?, row.get::<String>("last")?))
    })?;
    match days {
        Some((first, last)) if are_done(&first, &last)? == Some(true) => {
            Ok(Some(Newly { first, last, readers: readers.clone() }))
        }
        _ => Ok(None),
    }
}

/// # Errors
/// Somebody else moved the watermark while the run was under way: what it took is not what there is to take now.
fn write(run: &NodeRun<'_>, taken: &Taken<'_>) -> Result<()> {
    let known = taken.watermark;
    let write = |found: &Watermark| rows_in_time("data_pipeline", || moved(run, taken, found));
    if write(known)? {
        return Ok(());
    }
    let now = watermark::read(&known.table, &known.asked_date, 0)?;
    let is_same = now.data_date == known.data_date && now.run_date == known.run_date;
    // A statement of the node may set the watermark of its own table.
    if (is_same || now.is_own()) && write(&now)? {
        return Ok(());
    }
    Err(DfaError::WatermarkMoved {
        table: known.table.clone(),
        before: (known.data_date.clone(), known.run_date.clone()),
        now: (now.data_date, now.run_date),
    })
}

/// False, and nothing is written, if the watermark's row is no longer as it was found. One small statement after the other:
/// one that did all would cost more.
fn moved(run: &NodeRun<'_>, taken: &Taken<'_>, found: &Watermark) -> Result<bool> {
    let Taken { watermark, covered, look, .. } = taken;
    let run_date = (run.mode == RunMode::Common).then_some(run.step.run_date.as_str());
    let moved = spi::value::<bool>(
        include_str!("sql/move_watermark.sql"),
        &[
            watermark.table.as_str().into(),
            found.version.as_str().into(),
            found.data_date.as_str().into(),
            found.run_date.as_str().into(),
            taken.reached.into(),
            run_date.into(),
            taken.changed.into(),
        ],
    )?;
    if moved.is_none() {
        return Ok(false);
    }
    let arguments: [DatumWithOid<'_>; 9] = [
        watermark.table.as_str().into(),
        watermark.run_type.as_str().into(),
        covered.first.as_str().into(),
        watermark.asked.start.as_str().into(),
        run.step.id.into(),
        look.at.into(),
        covered.taken_after.as_deref().into(),
        look.intervals.clone().into(),
        look.marks.clone().into(),
    ];
    spi::run(include_str!("sql/intervals_again.sql"), &arguments)?;
    spi::run(include_str!("sql/intervals_first.sql"), &arguments[..6])?;
    Ok(true)
}

/// A common run that takes days again, which were taken before, does away with what made them stale, as far as it saw it.
fn taken_again(run: &NodeRun<'_>, taken: &Taken<'_>) -> Result<()> {
    let Taken { watermark, covered, look, .. } = taken;
    let Some(after) = &covered.taken_after else { return Ok(()) };
    // Dates compare as texts.
    if look.intervals.is_empty() || *after >= watermark.run_date {
        return Ok(());
    }
    spi::run(
        include_str!("sql/ledger_taken_again.sql"),
        &[
            watermark.table.as_str().into(),
            after.as_str().into(),
            watermark.run_date.as_str().into(),
            run.step.id.into(),
            look.intervals.clone().into(),
            look.marks.clone().into(),
        ],
    )
}
