//! `dfa.landed`: whoever lands rows says which days they are of. Ingest and `dfa load` say it, too.

use super::log::{self, Entry, Logged};
use super::mark_readers_stale;
use crate::date::check_order;
use crate::entry::entry;
use crate::error::{given, DfaError, Result};
use crate::{names, spi};
use pgrx::prelude::*;
use std::time::Duration;

extension_sql!(
    r#"
comment on function dfa.landed is
'Says that rows of a table landed by other ways than dfa.ingest and dfa load, such as COPY: those of the days "from" to "to" (without "to": and later; without both: of unknown days). The data_date of the table follows them, and the intervals that read those days become stale. Gives their number. With rows it writes a row of dfa.data_logging. Call it in the transaction of the rows; whoever writes the log by other means leaves rows out.';
grant execute on function dfa.landed to dfa_operator;
"#,
    name = "about_landed",
    requires = [landed]
);

#[pg_extern]
fn landed(
    name: Option<&str>,
    from: default!(Option<Date>, "NULL"),
    to: default!(Option<Date>, "NULL"),
    rows: default!(Option<i64>, "NULL"),
    seconds: default!(Option<f64>, "0"),
) -> i64 {
    let note = || {
        let table = names::table(given("name", name)?)?;
        check_order(from, to)?;
        // As Postgres writes them, in the style that `entry` gives: rows can be of any day that a date can be.
        let (from, to) = (from.map(|day| day.to_string()), to.map(|day| day.to_string()));
        if let Some(rows) = rows {
            record(&table, to.as_deref(), rows, given("seconds", seconds)?)?;
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
/// read those days is stale. Returns the number of stale intervals.
pub fn note(table: &str, first: &str, last: Option<&str>) -> Result<i64> {
    if let Some(last) = last {
        spi::run(include_str!("sql/note_landed.sql"), &[table.into(), last.into()])?;
    }
    mark_readers_stale(table, first, last, &format!("rows landed in {table}"))
}

fn record(table: &str, last: Option<&str>, rows: i64, seconds: f64) -> Result<()> {
    if !(0.0..=1e9).contains(&seconds) {
        return Err(DfaError::InvalidArgument {
            argument: "seconds",
            value: seconds.to_string(),
            allowed: "Give the seconds that it took, 0 or more.".to_owned(),
        });
    }
    if rows < 0 {
        return Err(DfaError::InvalidArgument {
            argument: "rows",
            value: rows.to_string(),
            allowed: "Give the number of rows that landed, 0 or more.".to_owned(),
        });
    }
    log::log(&Entry {
        table,
        action: Logged::Ingestion,
        data_date: last,
        run_date: None,
        rows,
        took: Duration::from_secs_f64(seconds),
        failed: false,
        process_id: None,
        message: None,
    })
}
