//! The ledger: which intervals of a table are done, which were taken while they were open, which were made stale.

mod gaps;
pub mod gone;
pub mod landed;
pub mod log;

pub use gaps::gap_dates;

use crate::catalog::graph::Graph;
use crate::error::Result;
use crate::spi;

/// Makes the intervals from `from` to `until` stale in all tables that read `table`, directly or through others. Lineage is
/// read only if any such interval is done.
pub fn mark_readers_stale(table: &str, from: &str, until: Option<&str>, reason: &str) -> Result<i64> {
    let any = spi::value::<bool>(
        "select exists (select from dfa.data_interval
                        where state = 'done' and table_name <> $1 and interval_start > $2::date - 366
                          and ($3::date is null or interval_start <= $3::date))",
        &[table.into(), from.into(), until.into()],
    )?;
    if any != Some(true) {
        return Ok(0);
    }
    mark_stale(Graph::load()?.readers(table).into_iter().collect(), from, until, reason)
}

/// Makes the intervals from `from` to `until` stale in these tables.
pub fn mark_stale(tables: Vec<String>, from: &str, until: Option<&str>, reason: &str) -> Result<i64> {
    let marked = spi::value::<i64>(
        include_str!("sql/ledger_stale.sql"),
        &[tables.into(), from.into(), until.into(), reason.into()],
    )?;
    Ok(marked.unwrap_or_default())
}
