//! The ledger: which intervals of a table are done, which were taken while they were open, which were made stale.

mod gaps;
pub mod gone;
pub mod landed;
pub mod log;

pub use gaps::gap_dates;

use crate::catalog::graph::Graph;
use crate::data_schema;
use crate::error::Result;
use crate::spi;
use pgrx::datum::TimestampWithTimeZone;

/// Makes the intervals from `from` to `until` stale in all tables that read `table`, directly or through others. Lineage is
/// read only if any such interval is done, or about to be: some table is being run (0x0DFA, see lock.rs).
pub fn mark_readers_stale(table: &str, from: &str, until: Option<&str>, reason: &str) -> Result<i64> {
    let any = spi::value::<bool>(
        "select exists (select from dfa.data_interval
                        where state = 'done' and table_name <> $1 and interval_start > $2::date - 366
                          and ($3::date is null or interval_start <= $3::date))
             or exists (select from pg_locks where locktype = 'object' and classid = 3578 and pid <> pg_backend_pid())",
        &[table.into(), from.into(), until.into()],
    )?;
    if any != Some(true) {
        return Ok(0);
    }
    let readers = Graph::load()?.readers(table);
    mark_stale(readers.iter().cloned().collect(), from, until, reason, None)
}

/// Makes the intervals from `from` to `until` stale in these tables, as of `at` (`None`: of now).
pub fn mark_stale(
    tables: Vec<String>,
    from: &str,
    until: Option<&str>,
    reason: &str,
    at: Option<TimestampWithTimeZone>,
) -> Result<i64> {
    let schema = data_schema::name()?;
    let marked = spi::value::<i64>(
        include_str!("sql/ledger_stale.sql"),
        &[tables.into(), from.into(), until.into(), reason.into(), schema.into(), at.into()],
    )?;
    Ok(marked.unwrap_or_default())
}
