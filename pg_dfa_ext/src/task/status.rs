//! `dfa.process_status`.

use super::unknown;
use crate::api_key;
use crate::entry::entry;
use crate::error::given;
use crate::spi;
use pgrx::prelude::*;

extension_sql!(
    r#"
comment on function dfa.process_status is
'How far a task is: status, percent (finished steps of all steps over all run dates), the node and run date under way, message, seconds.';
grant execute on function dfa.process_status to dfa_reader;
"#,
    name = "about_process_status",
    requires = [process_status]
);

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
        let status = spi::query_one(include_str!("sql/process_status.sql"), &[process_id.into()], |row| {
            Ok((
                row.get::<String>("process_id")?,
                row.get::<String>("process_name_put")?,
                row.get::<i32>("status")?,
                row.get::<f64>("percent")?,
                row.get::<i64>("finished")?,
                row.get::<i64>("total")?,
                row.get::<Option<String>>("node")?,
                row.get::<Option<Date>>("run_date")?,
                row.get::<Option<String>>("message")?,
                row.get::<f64>("process_time")?,
            ))
        })?;
        let status = status.ok_or_else(|| unknown(process_id))?;
        api_key::check(&status.1)?;
        Ok(status)
    };
    TableIterator::once(entry(read))
}
