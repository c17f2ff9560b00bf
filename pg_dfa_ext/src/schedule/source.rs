//! `dfa.notify_source`: something outside reports.

use super::tick::{start_due, Started};
use crate::api_key;
use crate::clock;
use crate::date::date_text;
use crate::entry::entry;
use crate::error::{given, DfaError, Result};
use crate::maintenance;
use crate::spi;
use crate::task::tracking;
use dfa_catalog::name;
use pgrx::prelude::*;

extension_sql!(
    r#"
comment on function dfa.notify_source is
'Says that a source outside, an id that triggers name and no pipeline has, has new data, up to the day run_date (default: today in dfa.timezone); starts the pipelines that are due by that, a row for each.';
grant execute on function dfa.notify_source to dfa_operator;
"#,
    name = "about_notify_source",
    requires = [notify_source]
);

/// Says that a source outside has new data, and starts what waits for it.
#[pg_extern]
pub fn notify_source(
    id: Option<&str>,
    run_date: default!(Option<Date>, "NULL"),
) -> TableIterator<
    'static,
    (
        name!(pipeline_name, String),
        name!(reason, String),
        name!(process_id, Option<String>),
        name!(message, String),
    ),
> {
    TableIterator::new(entry(|| report(given("id", id)?, run_date)))
}

/// The source counts as updated on `run_date`: what it triggers runs for that date.
fn report(id: &str, run_date: Option<Date>) -> Result<Vec<Started>> {
    api_key::check(id)?;
    let now = jiff::Timestamp::now();
    let run_date = match run_date {
        Some(date) => date_text(date)?,
        None => now.to_zoned(clock::zone(None)?).date().to_string(),
    };
    let touch = || {
        spi::query(
            "update dfa.task_schedule as known
         set tracking = 'SUCCESS', update_date = now.at, ended_at = now.at, run_date = $2::date
         from (select clock_timestamp() as at) as now
         where pipeline_id = $1 and kind = 'source' returning pipeline_id",
            &[id.into(), run_date.into()],
            |_| Ok(()),
        )
    };
    let touched = tracking::write(touch)?;
    if touched.is_empty() {
        return Err(unknown(id)?);
    }
    // What came is written down in a maintenance, too; the next tick after it starts what it makes due.
    if maintenance::is_on()? {
        return Ok(Vec::new());
    }
    start_due(now)
}

fn unknown(id: &str) -> Result<DfaError> {
    let sources = spi::values::<String>(
        "select pipeline_id from dfa.task_schedule where kind = 'source' order by 1",
        &[],
    )?;
    let suggestion = name::suggest(id, sources.iter().map(String::as_str)).map(str::to_owned);
    Ok(DfaError::UnknownName { what: "source", name: id.to_owned(), suggestion })
}
