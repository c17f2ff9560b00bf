//! `dfa.gaps` and `dfa.mark_stale`: the ledger for people and for those who land rows.

use crate::date::{check_order, date_of};
use crate::entry::entry;
use crate::error::{given, Result};
use crate::{catalog, names, spi};
use pgrx::prelude::*;

type Gap = (Date, Date, String, Option<String>);

extension_sql!(
    r#"
comment on function dfa.gaps is
'The intervals of a table, by its run_type, that no run has covered (missing), that changed since (stale), or that the last run took before they were over (open), with the reason. "from" and "to" mean the intervals that hold them. A table that rows land in has none.';
grant execute on function dfa.gaps to dfa_reader;
"#,
    name = "about_gaps",
    requires = [gaps]
);

#[pg_extern(stable)]
fn gaps(
    name: Option<&str>,
    from: default!(Option<Date>, "NULL"),
    to: default!(Option<Date>, "NULL"),
) -> TableIterator<
    'static,
    (
        name!(interval_start, Date),
        name!(interval_end, Date),
        name!(state, String),
        name!(reason, Option<String>),
    ),
> {
    TableIterator::new(entry(|| find(given("name", name)?, from, to)))
}

/// The first days of the gaps of a table from the interval that holds one day to that of another.
pub fn gap_dates(table: &str, from: &str, to: &str) -> Result<Vec<String>> {
    spi::values::<String>(
        concat!(
            "select interval_start::text from (",
            include_str!("sql/gaps.sql"),
            ") as gap (interval_start)"
        ),
        &[table.into(), from.into(), to.into()],
    )
}

fn find(name: &str, from: Option<Date>, to: Option<Date>) -> Result<Vec<Gap>> {
    let table = names::table(name)?;
    check_order(from, to)?;
    // Rows land in it: no run is to cover anything.
    if catalog::table(&table)?.table().is_some_and(|table| table.processes.is_empty()) {
        return Ok(Vec::new());
    }
    let first = from.map(|from| date_of("from", from)).transpose()?;
    let last = to.map(|to| date_of("to", to)).transpose()?;
    spi::query(include_str!("sql/gaps.sql"), &[table.into(), first.into(), last.into()], |row| {
        Ok((row.get("interval_start")?, row.get("interval_end")?, row.get("state")?, row.get("reason")?))
    })
}

extension_sql!(
    r#"
comment on function dfa.mark_stale is
'Says that rows of a table changed from one day to another: the intervals of the tables that read it become stale. Gives their number.';
grant execute on function dfa.mark_stale to dfa_operator;
"#,
    name = "about_mark_stale",
    requires = [mark_stale]
);

#[pg_extern]
fn mark_stale(
    name: Option<&str>,
    from: Option<Date>,
    to: default!(Option<Date>, "NULL"),
    reason: default!(Option<&str>, "NULL"),
) -> i64 {
    let mark = || {
        let table = names::table(given("name", name)?)?;
        let reason = reason.map_or_else(|| format!("rows landed in {table}"), str::to_owned);
        check_order(from, to)?;
        let until = to.map(|to| date_of("to", to)).transpose()?;
        super::mark_readers_stale(&table, &date_of("from", given("from", from)?)?, until.as_deref(), &reason)
    };
    entry(mark)
}
