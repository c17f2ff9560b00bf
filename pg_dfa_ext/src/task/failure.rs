//! `dfa.task_failure`.

use crate::entry::entry;
use crate::error::given;
use crate::spi;
use pgrx::prelude::*;

extension_sql!(
    r#"
comment on function dfa.task_failure is
'The first step of a task that failed: its message with node and process, SQLSTATE, detail, hint, process, the statement and its line. No row when none failed.';
grant execute on function dfa.task_failure to dfa_reader;
"#,
    name = "about_task_failure",
    requires = [task_failure]
);

/// What there is to say of the first step that failed.
#[pg_extern(stable)]
pub fn task_failure(
    process_id: Option<&str>,
) -> TableIterator<
    'static,
    (
        name!(message, Option<String>),
        name!(sqlstate, Option<String>),
        name!(detail, Option<String>),
        name!(hint, Option<String>),
        name!(process, Option<String>),
        name!(statement, Option<String>),
        name!(line, Option<i32>),
    ),
> {
    TableIterator::new(entry(|| {
        spi::query(include_str!("sql/task_failure.sql"), &[given("process_id", process_id)?.into()], |row| {
            Ok((
                row.get("message")?,
                row.get("sqlstate")?,
                row.get("detail")?,
                row.get("hint")?,
                row.get("process")?,
                row.get("statement")?,
                row.get("line")?,
            ))
        })
    }))
}
