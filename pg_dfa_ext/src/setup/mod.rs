//! `dfa.setup`: from catalogs to schema, functions, tables, watermarks, first rows and views.

mod describe;
mod drop;
mod flags;
mod initial;
pub mod object;
mod order;
mod plan;
mod reference;
mod routine;
mod schema;
mod table;

pub use describe::{comments, index, index_statement, OF_CATALOG};
pub use order::{by_dependency, CONTROL_VIEWS};
pub use reference::{references, Reference};
pub use routine::{create_missing, definition};
pub use table::{column, create_statement, create_table, generated_as, layout};

use crate::data_schema;
use crate::date::date_text;
use crate::entry::entry;
use crate::error::{given, plural, Result};
use crate::task::{parameter, Previewed, StepDone};
use flags::{Given, Options};
use object::SetupRow;
use pgrx::prelude::*;
use serde_json::Value;

extension_sql!(
    r#"
comment on function dfa.setup is
'Creates what catalogs define: schema, functions, tables, watermarks (from run_date, default today), first rows (initial_data), views. name: a table, function, view or pipeline (default: all); kind narrows to one. Flags take Y, N or prefix letters (A ai, S src, I imp, C ctr, P plt, F fn); drop_schema is for everything. A row for each object says what was done; one that fails is reported with its error and undone alone. move_schema => true renames the data schema of the database to dfa.ai_schema first; without it another one than that of the database is refused. if_preview: a token of dfa.preview_token; refused (DF015) when there is something else to do by now.';
grant execute on function dfa.setup to dfa_admin;
"#,
    name = "about_setup",
    requires = [setup]
);

#[pg_extern]
#[allow(clippy::too_many_arguments)]
fn setup(
    name: default!(Option<&str>, "NULL"),
    kind: default!(Option<&str>, "NULL"),
    run_date: default!(Option<Date>, "NULL"),
    initial_data: default!(Option<&str>, "'N'"),
    drop_before_create: default!(Option<&str>, "'N'"),
    drop_table: default!(Option<&str>, "'N'"),
    drop_schema: default!(Option<&str>, "'N'"),
    cascade: default!(Option<&str>, "'N'"),
    move_schema: default!(Option<bool>, "false"),
    if_preview: default!(Option<&str>, "NULL"),
) -> TableIterator<
    'static,
    (
        name!(kind, String),
        name!(name, String),
        name!(action, String),
        name!(rows, i64),
        name!(status, i32),
        name!(message, String),
        name!(duration, Interval),
    ),
> {
    let work = || -> Result<Vec<SetupRow>> {
        if given("move_schema", move_schema)? {
            data_schema::rename()?;
        }
        let options = Options::parse(&Given {
            run_date: run_date.map(date_text).transpose()?,
            initial_data: given("initial_data", initial_data)?,
            drop_before_create: given("drop_before_create", drop_before_create)?,
            drop_table: given("drop_table", drop_table)?,
            drop_schema: given("drop_schema", drop_schema)?,
            cascade: given("cascade", cascade)?,
        })?;
        if if_preview.is_some() {
            previewed(&plan::preview(name, kind, &options)?).check(if_preview)?;
        }
        plan::run(name, kind, &options, None)
    };
    TableIterator::new(entry(work).into_iter().map(SetupRow::into_tuple))
}

/// What a setup would do, found out by doing it and undoing it again.
pub fn preview(name: Option<&str>, run_date: &str, parameters: &Value) -> Result<Vec<SetupRow>> {
    plan::preview(name, parameter(parameters, "kind").as_deref(), &options(run_date, parameters)?)
}

/// Each object with what is done to it.
pub fn previewed(rows: &[SetupRow]) -> Previewed {
    let line = |row: &SetupRow| match row.sqlstate.as_deref() {
        Some(sqlstate) => format!("{} {} {} [{sqlstate}]", row.kind, row.name, row.action),
        None => format!("{} {} {} ({} rows)", row.kind, row.name, row.action, row.rows),
    };
    Previewed::new(rows.iter().map(line).collect())
}

/// Of a call whose arguments are JSON.
fn options(run_date: &str, parameters: &Value) -> Result<Options> {
    let flag = |name: &str| parameter(parameters, name).unwrap_or_else(|| "N".to_owned());
    Options::parse(&Given {
        run_date: Some(run_date.to_owned()),
        initial_data: &flag("initial_data"),
        drop_before_create: &flag("drop_before_create"),
        drop_table: &flag("drop_table"),
        drop_schema: &flag("drop_schema"),
        cascade: &flag("cascade"),
    })
}

/// A setup that is a step of a background task, whose row is the task's.
pub fn for_task(
    name: Option<&str>,
    run_date: &str,
    parameters: &Value,
    process_id: &str,
) -> Result<StepDone> {
    let options = options(run_date, parameters)?;
    let rows = plan::run(name, parameter(parameters, "kind").as_deref(), &options, Some(process_id))?;
    let failures: Vec<String> = rows
        .iter()
        .filter(|row| row.status != 0)
        .map(|row| format!("Error: {} '{}': {}", row.kind, row.name, row.message))
        .collect();
    Ok(StepDone {
        failed: failures.len(),
        rows: rows.iter().map(|row| row.rows).sum(),
        message: match failures.is_empty() {
            true => format!("Success: Setup {} object{}", rows.len(), plural(rows.len() as u64)),
            false => failures.join("\n"),
        },
    })
}
