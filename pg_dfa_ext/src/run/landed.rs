//! `dfa.landed`: whoever lands rows says which days they are of. Ingest and `dfa load` say it, too.

use super::gaps::check_order;
use super::ledger;
use super::mode::date_of;
use crate::error::{entry, given, DfaError, Result};
use crate::{names, spi};
use pgrx::prelude::*;

#[pg_extern]
fn landed(
    name: Option<&str>,
    from: default!(Option<Date>, "NULL"),
    to: default!(Option<Date>, "NULL"),
    rows: default!(Option<i64>, "NULL"),
) -> i64 {
    let note = || {
        let table = names::table(given("name", name)?)?;
        check_order(from, to)?;
        let (from, to) = (from.map(|day| day_of("from", day)), to.map(|day| day_of("to", day)));
        let (from, to) = (from.transpose()?, to.transpose()?);
        if let Some(rows) = rows {
            log(&table, to.as_deref(), rows)?;
        }
        match (from, &to) {
            (Some(from), _) => note(&table, &from, to.as_deref()),
            (None, Some(to)) => note(&table, "-infinity", Some(to)),
            (None, None) => Ok(0),
        }
    };
    entry(note)
}

/// Rows of `table` that are dated from one day to another (`None`: without end) landed: its watermark follows, and what
/// read those days is stale. Gives the number of stale intervals.
pub fn note(table: &str, first: &str, last: Option<&str>) -> Result<i64> {
    if let Some(last) = last {
        spi::run(include_str!("../../../sql/note_landed.sql"), &[table.into(), last.into()])?;
    }
    ledger::mark_readers_stale(table, first, last, &format!("rows landed in {table}"))
}

/// A day as SQL takes it; infinity is one that a row may have.
fn day_of(argument: &'static str, day: Date) -> Result<String> {
    match (day.is_infinity(), day.is_neg_infinity()) {
        (true, _) => Ok("infinity".to_owned()),
        (_, true) => Ok("-infinity".to_owned()),
        _ => date_of(argument, day),
    }
}

fn log(table: &str, last: Option<&str>, rows: i64) -> Result<()> {
    if rows < 0 {
        return Err(DfaError::InvalidArgument {
            argument: "rows",
            value: rows.to_string(),
            allowed: "Give the number of rows that landed, 0 or more.".to_owned(),
        });
    }
    spi::run(
        "insert into dfa.data_logging (table_name, data_date, run_date, row_record, action_type, status)
         values ($1, $2::date, current_date, $3, 'ingestion', 0)",
        &[table.into(), last.into(), rows.into()],
    )
}
