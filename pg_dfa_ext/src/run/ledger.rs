//! The ledger: which intervals of a table are done, and which were made stale.

use super::mode::RunMode;
use super::node::NodeRun;
use super::watermark::{RunPlan, Watermark};
use crate::catalog::graph::Graph;
use crate::error::Result;
use crate::spi;

/// Writes down the intervals that a run covered: a common run those from its last run date on, a rerun those from its
/// data_date on. A rerun that changed rows makes the same days stale in every table that reads this one.
pub fn record(run: &NodeRun<'_>, watermark: &Watermark, plan: &RunPlan, changed: bool) -> Result<()> {
    let rerun = run.mode == RunMode::Rerun;
    let from = if rerun { &plan.data_date } else { &watermark.run_date };
    spi::run(
        include_str!("../../../sql/ledger_done.sql"),
        &[
            watermark.table.as_str().into(),
            from.as_str().into(),
            run.step.run_date.as_str().into(),
            run.step.id.into(),
            rerun.into(),
        ],
    )?;
    if rerun && changed {
        let reason = format!("rerun of {} for {}", watermark.table, run.step.run_date);
        mark_readers_stale(&watermark.table, from, Some(&run.step.run_date), &reason)?;
    }
    Ok(())
}

/// Makes the intervals from `from` to `until` stale in all tables that read `table`, directly or through others.
pub fn mark_readers_stale(table: &str, from: &str, until: Option<&str>, reason: &str) -> Result<i64> {
    let readers: Vec<String> = Graph::load()?.readers(table).into_iter().collect();
    let marked = spi::query_one(
        include_str!("../../../sql/ledger_stale.sql"),
        &[readers.into(), from.into(), until.into(), reason.into()],
        |row| Ok(row.get::<i64>(1)?.unwrap_or_default()),
    )?;
    Ok(marked.unwrap_or_default())
}
