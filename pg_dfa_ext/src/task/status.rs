//! `dfa.process_status`.

use super::unknown;
use crate::error::{entry, given};
use crate::spi;
use pgrx::prelude::*;

/// How far a task is. status: 0 success, 1 failed, 2 waiting or processing.
#[pg_extern]
#[allow(clippy::type_complexity)]
pub fn process_status(
    process_id: Option<&str>,
) -> TableIterator<
    'static,
    (
        name!(process_id, String),
        name!(name, String),
        name!(status, i32),
        name!(percent, f64),
        name!(steps_finished, i64),
        name!(steps, i64),
        name!(node, Option<String>),
        name!(run_date, Option<Date>),
        name!(message, Option<String>),
        name!(process_time, f64),
    ),
> {
    let read = || {
        let process_id = given("process_id", process_id)?;
        let status =
            spi::query_one(include_str!("../../../sql/process_status.sql"), &[process_id.into()], |row| {
                Ok((
                    row.get::<String>(1)?.unwrap_or_default(),
                    row.get::<String>(2)?.unwrap_or_default(),
                    row.get::<i32>(3)?.unwrap_or(1),
                    row.get::<f64>(4)?.unwrap_or_default(),
                    row.get::<i64>(5)?.unwrap_or_default(),
                    row.get::<i64>(6)?.unwrap_or_default(),
                    row.get::<String>(7)?,
                    row.get::<Date>(8)?,
                    row.get::<String>(9)?,
                    row.get::<f64>(10)?.unwrap_or_default(),
                ))
            })?;
        status.ok_or_else(|| unknown(process_id))
    };
    TableIterator::once(entry(read))
}
