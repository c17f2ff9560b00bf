//! Retention: old rows go, with a backup first where one is asked for; and how they come back.

use crate::error::{entry, Result};
use pgrx::prelude::*;

#[pg_extern]
#[allow(clippy::type_complexity)]
fn run_retention(
    name: default!(Option<&str>, "NULL"),
    run_date: default!(Option<Date>, "CURRENT_DATE"),
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
    let _ = (name, run_date, backup_table, backup_schema);
    TableIterator::new(entry(|| -> Result<Vec<_>> { Err(crate::error::DfaError::internal("this function is not there yet")) }))
}

#[pg_extern]
fn restore_backup(
    name: Option<&str>,
    from: default!(Option<Date>, "NULL"),
    to: default!(Option<Date>, "NULL"),
) -> i64 {
    let _ = (name, from, to);
    entry(|| Err(crate::error::DfaError::internal("this function is not there yet")))
}
