//! Retention: old rows go, with a backup first where one is asked for; and how they come back.

mod backup;
mod cut;
mod partition;
mod report;
mod restore;
mod scope;
mod table;
mod trim;

use crate::error::{entry, given, Result};
use crate::run::date_text;
use crate::task::{parameter, Done};
use pgrx::prelude::*;
use report::{Report, Row};
use serde_json::Value;

#[pg_extern]
#[allow(clippy::type_complexity)]
fn run_retention(
    name: default!(Option<&str>, "NULL"),
    run_date: default!(Option<Date>, "dfa.today()"),
    backup_table: default!(Option<&str>, "NULL"),
    backup_schema: default!(Option<&str>, "NULL"),
) -> TableIterator<
    'static,
    (
        name!(table_name, String),
        name!(cut, Option<Date>),
        name!(rows, i64),
        name!(backup, Option<String>),
        name!(backup_rows, i64),
        name!(status, i32),
        name!(message, String),
        name!(duration, Interval),
    ),
> {
    let work = || -> Result<Vec<Row>> {
        let run_date = date_text(given("run_date", run_date)?)?;
        let wish = backup::Wish::parse(backup_table, backup_schema)?;
        let rows = scope::run(name, &run_date, &wish, None)?;
        rows.into_iter().map(Report::into_tuple).collect()
    };
    TableIterator::new(entry(work))
}

#[pg_extern]
fn restore_backup(
    name: Option<&str>,
    from: default!(Option<Date>, "NULL"),
    to: default!(Option<Date>, "NULL"),
) -> i64 {
    entry(|| {
        let from = from.map(date_text).transpose()?;
        let to = to.map(date_text).transpose()?;
        restore::run(given("name", name)?, from.as_deref(), to.as_deref())
    })
}

/// A retention that is a step of a background task, whose row and log rows are the task's.
pub fn for_task(name: Option<&str>, run_date: &str, parameters: &Value, process_id: &str) -> Result<Done> {
    let text = |name| parameter(parameters, name);
    let wish = backup::Wish::parse(text("backup_table").as_deref(), text("backup_schema").as_deref())?;
    let reports = scope::run(name, run_date, &wish, Some(process_id))?;
    let messages: Vec<&str> = reports.iter().map(|report| report.message.as_str()).collect();
    Ok(Done {
        failed: reports.iter().filter(|report| report.status != 0).count(),
        rows: reports.iter().map(|report| report.outcome.rows.cast_signed()).sum(),
        message: messages.join("\n"),
    })
}
