//! `dfa.notify_source`: something outside reports.

use super::tick::{start_due, Started};
use crate::error::{entry, given, DfaError, Result};
use crate::spi;
use dfa_catalog::name;
use pgrx::prelude::*;

/// Says that a source outside has new data, and starts what waits for it.
#[pg_extern]
fn notify_source(
    id: Option<&str>,
) -> TableIterator<
    'static,
    (
        name!(pipeline_name, String),
        name!(reason, String),
        name!(process_id, Option<String>),
        name!(message, String),
    ),
> {
    TableIterator::new(entry(|| report(given("id", id)?)))
}

fn report(id: &str) -> Result<Vec<Started>> {
    let touched = spi::query(
        "update dfa.task_schedule set tracking = 'SUCCESS', update_date = clock_timestamp()
         where pipeline_id = $1 and kind = 'source' returning pipeline_id",
        &[id.into()],
        |_| Ok(()),
    )?;
    if touched.is_empty() {
        return Err(unknown(id)?);
    }
    start_due(jiff::Timestamp::now())
}

fn unknown(id: &str) -> Result<DfaError> {
    let sources = spi::query(
        "select pipeline_id from dfa.task_schedule where kind = 'source' order by 1",
        &[],
        |row| Ok(row.get::<String>(1)?.unwrap_or_default()),
    )?;
    let suggestion = name::suggest(id, sources.iter().map(String::as_str)).map(str::to_owned);
    Ok(DfaError::UnknownName { what: "source", name: id.to_owned(), suggestion })
}
