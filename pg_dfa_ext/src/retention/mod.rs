//! Retention: old rows go, with a backup first where one is asked for; and how they come back.

pub mod backup;
mod context;
mod cut;
mod partition;
pub mod preview;
mod report;
mod restore;
mod run;
mod table;
pub mod trim;

use crate::date::date_text;
use crate::entry::entry;
use crate::error::{given, Result};
use crate::spi;
use crate::task::{parameter, Previewed, StepDone};
use pgrx::prelude::*;
use report::{Row, TableReport};
use serde_json::Value;

extension_sql!(
    r#"
comment on function dfa.run_retention is
'Deletes the rows that are older than their table keeps them: those before the first of the month rtt_value months before run_date (or before the newest row, if parameter data_retention_mode is data_date). name: a table or pipeline (default: all tables with rtt_value > 0, and the logs of DFA). backup_table, backup_schema: first copy the table there, replacing what is there; Y means <table>_bk and <schema>_bk. A row for each table; one that fails is undone alone. if_preview: a token of dfa.preview_token; refused (DF015) when there is something else to do by now.';
grant execute on function dfa.run_retention to dfa_operator;
"#,
    name = "about_run_retention",
    requires = [run_retention]
);

#[pg_extern]
#[allow(clippy::type_complexity)]
fn run_retention(
    name: default!(Option<&str>, "NULL"),
    run_date: default!(Option<Date>, "dfa.today()"),
    backup_table: default!(Option<&str>, "NULL"),
    backup_schema: default!(Option<&str>, "NULL"),
    if_preview: default!(Option<&str>, "NULL"),
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
        if if_preview.is_some() {
            previewed(&preview::preview(name, &run_date, &wish)?, &wish).check(if_preview)?;
        }
        let rows = run::run(name, &run_date, &wish, None)?;
        rows.into_iter().map(TableReport::into_tuple).collect()
    };
    TableIterator::new(entry(work))
}

extension_sql!(
    r#"
comment on function dfa.restore_backup is
'Brings archived rows of a table back, those dated "from" to "to" (default: all), from where run_retention put them last. Returns their number.';
grant execute on function dfa.restore_backup to dfa_operator;
"#,
    name = "about_restore_backup",
    requires = [restore_backup]
);

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

/// The tables with their cuts, and where they are copied first.
pub fn previewed(tables: &[preview::Old], wish: &backup::Wish) -> Previewed {
    let line = |old: &preview::Old| match (&old.cut, &old.error) {
        (_, Some(error)) => format!("{}: {error}", old.table),
        (Some(cut), None) => format!("{} before {cut}", old.table),
        (None, None) => format!("{} keeps all", old.table),
    };
    let mut lines: Vec<String> = tables.iter().map(line).collect();
    lines.push(format!("backup {}", wish.to_json()));
    Previewed::new(lines)
}

/// Some table keeps its rows for a time.
pub fn is_needed() -> Result<bool> {
    Ok(!spi::values::<String>(include_str!("sql/tables_with_retention.sql"), &[])?.is_empty())
}

/// A retention that is a step of a background task, whose row and log rows are the task's.
pub fn for_task(
    name: Option<&str>,
    run_date: &str,
    parameters: &Value,
    process_id: &str,
) -> Result<StepDone> {
    let text = |name| parameter(parameters, name);
    let wish = backup::Wish::parse(text("backup_table").as_deref(), text("backup_schema").as_deref())?;
    let reports = run::run(name, run_date, &wish, Some(process_id))?;
    let messages: Vec<&str> = reports.iter().map(|report| report.message.as_str()).collect();
    Ok(StepDone {
        failed: reports.iter().filter(|report| report.status != 0).count(),
        rows: reports.iter().map(|report| report.outcome.rows.cast_signed()).sum(),
        message: messages.join("\n"),
    })
}
