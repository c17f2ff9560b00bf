//! `dfa.gaps` and `dfa.mark_stale`: the ledger for people and for those who land rows.

use super::ledger;
use super::mode::date_of;
use crate::error::{entry, given, DfaError, Result};
use crate::{names, settings, spi};
use pgrx::prelude::*;

type Gap = (Date, Date, String, Option<String>);

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
    spi::query(
        concat!(
            "select interval_start::text from (",
            include_str!("../../../sql/gaps.sql"),
            ") as gap (interval_start)"
        ),
        &[table.into(), from.into(), to.into(), settings::timezone().into()],
        |row| Ok(row.get::<String>(1)?.unwrap_or_default()),
    )
}

fn find(name: &str, from: Option<Date>, to: Option<Date>) -> Result<Vec<Gap>> {
    let table = names::table(name)?;
    check_order(from, to)?;
    let first = from.map(|from| date_of("from", from)).transpose()?;
    let last = to.map(|to| date_of("to", to)).transpose()?;
    let rows = spi::query(
        include_str!("../../../sql/gaps.sql"),
        &[table.into(), first.into(), last.into(), settings::timezone().into()],
        |row| {
            Ok((row.get(1)?, row.get(2)?, row.get::<String>(3)?.unwrap_or_default(), row.get::<String>(4)?))
        },
    )?;
    Ok(rows
        .into_iter()
        .filter_map(|(start, end, state, reason)| Some((start?, end?, state, reason)))
        .collect())
}

pub fn check_order(from: Option<Date>, to: Option<Date>) -> Result<()> {
    if let (Some(from), Some(to)) = (from, to) {
        if from > to {
            return Err(DfaError::InvalidArgument {
                argument: "from",
                value: from.to_string(),
                allowed: format!("The first day is not after the last, {to}."),
            });
        }
    }
    Ok(())
}

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
        ledger::mark_readers_stale(&table, &date_of("from", given("from", from)?)?, until.as_deref(), &reason)
    };
    entry(mark)
}
