//! The first rows of a table.

use super::order::CONTROL_VIEWS;
use crate::catalog::Stored;
use crate::data_schema;
use crate::error::{capture, DfaError, Result};
use crate::ledger::log::{Entry, Logged};
use crate::partition;
use crate::pinned::as_caller;
use crate::relation;
use crate::spi::{self, ident, literal, qualified, Effect};
use crate::statement::{render_script, RunValues, Values};
use crate::task::Action;
use dfa_catalog::model::{Initial, Place, Script, Table};
use dfa_catalog::name;
use std::time::Instant;

/// Runs the `initial` of a table and logs it; returns the rows that it put in.
pub fn run(stored: &Stored, table: &Table, run_date: Option<&str>, action: &Action) -> Result<Option<i64>> {
    let Some(initial) = &table.initial else { return Ok(None) };
    let started = Instant::now();
    let values = values(run_date)?;
    let statements = match initial {
        Initial::Statement(script) => render_script(stored.name(), "initial", script, &values)?,
        Initial::Values { parameters, rows, .. } => value_rows(stored, table, parameters, rows, &values)?,
        Initial::Files(paths) => {
            paths.iter().map(|path| file_rows(stored, table, path)).collect::<Result<_>>()?
        }
    };
    // What one of them SETs holds for those after it.
    let rows = as_caller(|| {
        statements.iter().map(|statement| execute(stored.name(), statement)).sum::<Result<i64>>()
    })?;
    if table.partition.is_some() {
        partition::for_rows(stored.name())?;
    }
    // A control view has no log of its own.
    if !CONTROL_VIEWS.contains(&stored.name()) {
        action.log(&Entry {
            table: stored.name(),
            action: Logged::Initial,
            data_date: None,
            run_date,
            rows,
            took: started.elapsed(),
            failed: false,
            process_id: None,
            message: None,
        })?;
    }
    Ok(Some(rows))
}

/// A table with rows keeps them as they are: its first rows are not added again.
pub fn is_empty(schema: &str, name: &str) -> Result<bool> {
    let rows = spi::own_rows(&format!("select from {} limit 1", qualified(schema, name)), 1)?;
    Ok(rows.is_empty())
}

fn values(run_date: Option<&str>) -> Result<Values> {
    let today = crate::clock::day()?;
    let date = run_date.unwrap_or(&today);
    Ok(Values::load()?.of_run(&RunValues {
        run_id: "0",
        run_date: date,
        run_mode: "common",
        data_date: date,
    }))
}

fn value_rows(
    stored: &Stored,
    table: &Table,
    parameters: &[String],
    rows: &[String],
    values: &Values,
) -> Result<Vec<String>> {
    let columns: Vec<String> = table.value_columns().map(|column| ident(&column.name)).collect();
    let tuples: Vec<String> = rows.iter().map(|row| format!("({row})")).collect();
    let script = Script {
        place: Place::default(),
        parameters: parameters.to_vec(),
        statements: vec![format!(
            "insert into {} ({}) values {} on conflict do nothing",
            brace_safe(&qualified(&data_schema::name()?, stored.name())),
            brace_safe(&columns.join(", ")),
            tuples.join(", ")
        )],
    };
    render_script(stored.name(), "initial", &script, values)
}

/// Names are no templates: their braces are literal.
fn brace_safe(sql: &str) -> String {
    sql.replace('{', "{{").replace('}', "}}")
}

/// The rows of a stored file; its keys are columns.
fn file_rows(stored: &Stored, table: &Table, path: &str) -> Result<String> {
    let keys = spi::values::<Option<String>>(include_str!("sql/catalog_file_keys.sql"), &[path.into()])?;
    if keys.is_empty() {
        return Err(DfaError::MissingFile { table: stored.name().to_owned(), path: path.to_owned() });
    }
    let keys: Vec<String> = keys.into_iter().flatten().collect();
    if let Some(wrong) = keys.iter().find(|key| table.column(key).is_none()) {
        let near = name::suggest(wrong, table.columns.iter().map(|column| column.name.as_str()));
        return Err(DfaError::UnknownName {
            what: "column",
            name: wrong.clone(),
            suggestion: near.map(str::to_owned),
        });
    }
    let schema = data_schema::name()?;
    let target = qualified(&schema, stored.name());
    let missing = missing_values(&schema, stored.name(), &keys)?;
    let columns: Vec<String> = keys.iter().map(|key| ident(key)).collect();
    let values: Vec<String> = keys
        .iter()
        .zip(&columns)
        .zip(missing)
        .map(|((key, column), missing)| match missing {
            // A null that the row gives is a null.
            Some(missing) => format!(
                "case when entry.value operator(pg_catalog.->) {} is null then {missing} else row_of.{column} end",
                literal(key)
            ),
            None => format!("row_of.{column}"),
        })
        .collect();
    Ok(format!(
        "insert into {target} ({}) select {} from pg_catalog.json_array_elements(\
         (select content from dfa.catalog_file where path operator(pg_catalog.=) {})) as entry (value), \
         lateral pg_catalog.json_populate_record(null::{target}, entry.value) as row_of on conflict do nothing",
        columns.join(", "),
        values.join(", "),
        literal(path)
    ))
}

/// What a row has in the columns that it does not give, as SQL; `None`: null.
fn missing_values(schema: &str, name: &str, columns: &[String]) -> Result<Vec<Option<String>>> {
    let table = relation::oid(Some(schema), name)
        .ok_or_else(|| DfaError::MissingTable { schema: schema.to_owned(), table: name.to_owned() })?;
    spi::values(include_str!("sql/missing_values.sql"), &[table.into(), columns.to_vec().into()])
}

fn execute(table: &str, statement: &str) -> Result<i64> {
    let outcome = capture(|| spi::execute(statement))
        .map_err(|error| error.in_statement(table, "initial", statement))?;
    Ok(match outcome {
        Effect::Changed(rows) => rows.cast_signed(),
        Effect::Selected { row_number, .. } => row_number.unwrap_or(0),
        Effect::Utility => 0,
    })
}
