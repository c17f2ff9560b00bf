//! The ledger: which intervals of a table are done, and which were made stale.

use super::mode::RunMode;
use super::node::NodeRun;
use super::watermark::{RunPlan, Watermark};
use crate::catalog::graph::Graph;
use crate::error::Result;
use crate::spi;

/// Writes down the intervals that a run covered: a common run those from its last run date on, and stale ones after its
/// data_date; a rerun those from its data_date on. A rerun that changed rows makes the same days stale in every table that
/// reads this one; one that deleted all rows from its date on makes what follows stale in this table, too.
pub fn record(
    run: &NodeRun<'_>,
    watermark: &Watermark,
    plan: &RunPlan,
    changed: bool,
    was_reset: bool,
) -> Result<()> {
    let rerun = run.mode == RunMode::Rerun;
    let from = if rerun { &plan.data_date } else { &watermark.run_date };
    let reason = format!("rerun of {} for {}", watermark.table, run.step.run_date);
    if was_reset {
        let reason = format!("{reason} deleted its rows");
        mark_stale(vec![watermark.table.clone()], &plan.run_date, None, &reason)?;
    }
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
    // Without an rtt_column data_date stands still and says nothing of what a run takes. Dates compare as texts.
    if !rerun && watermark.rtt_column.is_some() && plan.data_date < watermark.run_date {
        spi::run(
            include_str!("../../../sql/ledger_taken_again.sql"),
            &[
                watermark.table.as_str().into(),
                plan.data_date.as_str().into(),
                watermark.run_date.as_str().into(),
                run.step.id.into(),
            ],
        )?;
    }
    if rerun && changed {
        let until = if was_reset { None } else { Some(run.step.run_date.as_str()) };
        mark_readers_stale(&watermark.table, from, until, &reason)?;
    }
    Ok(())
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
