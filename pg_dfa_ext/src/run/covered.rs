//! What a run covered, as the ledger keeps it.

use super::node::NodeRun;
use super::watermark::{RunDates, Watermark};
use crate::clock;
use crate::error::Result;
use crate::ledger;
use crate::spi;
use crate::task::RunMode;
use dfa_catalog::model::{Process, Table};
use pgrx::datum::TimestampWithTimeZone;

/// The days that a run covered.
pub struct Covered {
    from: String,
    /// The last one.
    to: String,
    /// The first interval was taken by an earlier run, and not by this one.
    without_first: bool,
    /// What was open or stale stays so unless it begins after this day; `None`: it was taken whole.
    taken_after: Option<String>,
}

impl Covered {
    /// A process with `{interval_start}` covers just that. By the older placeholders a common run covers the days from its
    /// last run date on, and of those before surely what begins after its data_date; a rerun those after its data_date.
    pub fn by(run: &NodeRun<'_>, table: &Table, watermark: &Watermark, plan: &RunDates) -> Covered {
        let chosen = || table.chosen(&run.step.choose);
        if chosen().any(Process::takes_intervals) {
            let (from, to) = (plan.interval.start.clone(), plan.interval.last_day());
            return Covered { from, to, without_first: false, taken_after: None };
        }
        let to = run.step.run_date.clone();
        if run.mode == RunMode::Rerun {
            return Covered { from: plan.data_date.clone(), to, without_first: true, taken_after: None };
        }
        let taken_after = match &watermark.rtt_column {
            Some(_) => Some(watermark.taken_after.clone()),
            // data_date stands still and says nothing of what a run takes.
            None if chosen().all(Process::takes_everything) => None,
            None => Some(to.clone()),
        };
        Covered { from: watermark.run_date.clone(), to, without_first: false, taken_after }
    }
}

/// The moment at which a run looks at its sources, and which intervals of its table are stale then. What is marked later has
/// a reason that the run does not see.
pub struct Look {
    at: TimestampWithTimeZone,
    intervals: Vec<String>,
    /// When each of them was marked.
    marks: Vec<String>,
}

impl Look {
    /// After the writers of the sources were waited out, and before anything is read: whoever committed a mark before this
    /// committed its rows, too.
    pub fn now(table: &str) -> Result<Look> {
        let at = clock::now();
        let stale = spi::query(
            "select interval_start::text as start, updated_at::text as marked_at
             from dfa.data_interval where table_name = $1 and state = 'stale'",
            &[table.into()],
            |row| Ok((row.get::<String>("start")?, row.get::<String>("marked_at")?)),
        )?;
        let (intervals, marks) = stale.into_iter().unzip();
        Ok(Look { at, intervals, marks })
    }
}

/// Writes down the intervals that a run covered: those that were over when it looked at its
/// sources are done. A rerun that changed rows
/// makes the same days stale in every table that reads this one, and a common run those that no run had taken whole before;
/// a rerun that deleted all rows from its date on makes what follows stale in this table, too.
pub fn record(
    run: &NodeRun<'_>,
    watermark: &Watermark,
    covered: &Covered,
    look: &Look,
    changed: bool,
    reset_from: Option<&str>,
) -> Result<()> {
    let reason = format!("rerun of {} for {}", watermark.table, run.step.run_date);
    if let Some(first) = reset_from {
        let reason = format!("{reason} deleted its rows");
        ledger::mark_stale(vec![watermark.table.clone()], first, None, &reason, Some(look.at))?;
    }
    let newly = if run.mode == RunMode::Common && changed { newly_taken(covered, watermark)? } else { None };
    spi::run(
        include_str!("sql/ledger_done.sql"),
        &[
            watermark.table.as_str().into(),
            covered.from.as_str().into(),
            covered.to.as_str().into(),
            run.step.id.into(),
            covered.without_first.into(),
            look.at.into(),
            covered.taken_after.clone().into(),
            look.intervals.clone().into(),
            look.marks.clone().into(),
        ],
    )?;
    if run.mode == RunMode::Rerun {
        if changed {
            let until = if reset_from.is_some() { None } else { Some(covered.to.as_str()) };
            ledger::mark_readers_stale(&watermark.table, &covered.from, until, &reason)?;
        }
        return Ok(());
    }
    if let Some((first, last)) = newly {
        let reason = format!("run of {} for {}", watermark.table, run.step.run_date);
        ledger::mark_readers_stale(&watermark.table, &first, Some(&last), &reason)?;
    }
    // Dates compare as texts.
    match &covered.taken_after {
        Some(after) if *after < watermark.run_date => spi::run(
            include_str!("sql/ledger_taken_again.sql"),
            &[
                watermark.table.as_str().into(),
                after.as_str().into(),
                watermark.run_date.as_str().into(),
                run.step.id.into(),
                look.intervals.clone().into(),
                look.marks.clone().into(),
            ],
        ),
        _ => Ok(()),
    }
}

/// The days of a common run that its readers, if they are done with them, took before they were whole.
fn newly_taken(covered: &Covered, watermark: &Watermark) -> Result<Option<(String, String)>> {
    // Dates compare as texts.
    let from = covered.taken_after.as_ref().map_or(&covered.from, |after| after.min(&covered.from));
    spi::query_one(
        include_str!("sql/newly_taken.sql"),
        &[watermark.table.as_str().into(), from.as_str().into(), covered.to.as_str().into()],
        |row| Ok((row.get::<String>("first")?, row.get::<String>("last")?)),
    )
}
