//! The ledger: which intervals of a table are done, which were taken while they were open, which were made stale.

use super::mode::RunMode;
use super::node::NodeRun;
use super::watermark::{RunPlan, Watermark};
use crate::catalog::graph::Graph;
use crate::error::Result;
use crate::{settings, spi};
use dfa_catalog::model::{Process, Table};
use pgrx::datum::TimestampWithTimeZone;
use pgrx::pg_sys;

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
    pub fn by(run: &NodeRun<'_>, table: &Table, watermark: &Watermark, plan: &RunPlan) -> Covered {
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

/// Now, and not when the transaction began.
pub fn now() -> TimestampWithTimeZone {
    // SAFETY: reads the clock.
    let micros = unsafe { pg_sys::GetCurrentTimestamp() };
    TimestampWithTimeZone::try_from(micros).unwrap_or_else(|_| TimestampWithTimeZone::negative_infinity())
}

/// Writes down the intervals that a run covered: those that were over at `looked_at` are done. A rerun that changed rows
/// makes the same days stale in every table that reads this one; one that deleted all rows from its date on makes what
/// follows stale in this table, too.
pub fn record(
    run: &NodeRun<'_>,
    watermark: &Watermark,
    covered: &Covered,
    looked_at: TimestampWithTimeZone,
    changed: bool,
    reset_from: Option<&str>,
) -> Result<()> {
    let reason = format!("rerun of {} for {}", watermark.table, run.step.run_date);
    if let Some(first) = reset_from {
        let reason = format!("{reason} deleted its rows");
        mark_stale(vec![watermark.table.clone()], first, None, &reason)?;
    }
    spi::run(
        include_str!("../../../sql/ledger_done.sql"),
        &[
            watermark.table.as_str().into(),
            covered.from.as_str().into(),
            covered.to.as_str().into(),
            run.step.id.into(),
            covered.without_first.into(),
            looked_at.into(),
            settings::timezone().into(),
            covered.taken_after.clone().into(),
        ],
    )?;
    if run.mode == RunMode::Rerun {
        if changed {
            let until = if reset_from.is_some() { None } else { Some(covered.to.as_str()) };
            mark_readers_stale(&watermark.table, &covered.from, until, &reason)?;
        }
        return Ok(());
    }
    // Dates compare as texts.
    match &covered.taken_after {
        Some(after) if *after < watermark.run_date => spi::run(
            include_str!("../../../sql/ledger_taken_again.sql"),
            &[
                watermark.table.as_str().into(),
                after.as_str().into(),
                watermark.run_date.as_str().into(),
                run.step.id.into(),
            ],
        ),
        _ => Ok(()),
    }
}

/// Makes the intervals from `from` to `until` stale in all tables that read `table`, directly or through others. Lineage is
/// read only if any such interval is done.
pub fn mark_readers_stale(table: &str, from: &str, until: Option<&str>, reason: &str) -> Result<i64> {
    let any = spi::query_one(
        "select exists (select from dfa.data_interval
                        where state = 'done' and table_name <> $1 and interval_start > $2::date - 366
                          and ($3::date is null or interval_start <= $3::date))",
        &[table.into(), from.into(), until.into()],
        |row| Ok(row.get::<bool>(1)?.unwrap_or_default()),
    )?;
    if any != Some(true) {
        return Ok(0);
    }
    mark_stale(Graph::load()?.readers(table).into_iter().collect(), from, until, reason)
}

fn mark_stale(tables: Vec<String>, from: &str, until: Option<&str>, reason: &str) -> Result<i64> {
    let marked = spi::query_one(
        include_str!("../../../sql/ledger_stale.sql"),
        &[tables.into(), from.into(), until.into(), reason.into()],
        |row| Ok(row.get::<i64>(1)?.unwrap_or_default()),
    )?;
    Ok(marked.unwrap_or_default())
}
