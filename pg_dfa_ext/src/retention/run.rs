//! The tables that a retention is about, children before their parents, and the task that it is.

use super::backup::Wish;
use super::context::Context;
use super::report::{TableReport, Trimmed};
use super::{table, trim};
use crate::catalog::{self, graph::Graph, Stored};
use crate::citus;
use crate::error::{DfaError, Result};
use crate::ledger::log::{Entry, Logged};
use crate::statement::Values;
use crate::subtransaction::subtransaction;
use crate::task::{About, Action, Module, EVERYTHING};
use crate::{api_key, names, setup, spi};
use dfa_catalog::model::Kind;
use std::time::Instant;

/// Runs the retention of a table, of a pipeline or of everything. Each table is a subtransaction with its log row.
/// `task`: the background task that this is a step of; else it is a task of its own.
pub fn run(name: Option<&str>, run_date: &str, wish: &Wish, task: Option<&str>) -> Result<Vec<TableReport>> {
    let (kind, label, tables) = find(name)?;
    check_backup(wish, &tables)?;
    let action = match task {
        Some(task) => Action::of(task, false),
        None => Action::begin(&About {
            module: Module::Retention,
            kind,
            name: &label,
            run_date: Some(run_date),
            objects: tables.len(),
            parameters: Some(wish.to_json()),
        })?,
    };
    let context = context(run_date, wish, action)?;
    let mut reports = Vec::with_capacity(tables.len());
    for stored in tables.iter().rev() {
        reports.push(one(&context, stored)?);
    }
    if name.is_none() {
        reports.extend(trim::logs(&context)?);
    }
    finish(&context, &reports)?;
    Ok(reports)
}

/// One name is that of one backup.
pub fn check_backup(wish: &Wish, tables: &[Stored]) -> Result<()> {
    match wish.one_name() {
        Some(backup) if tables.len() > 1 => Err(DfaError::InvalidArgument {
            argument: "backup_table",
            value: backup.to_owned(),
            allowed: format!("One name cannot hold {} tables: Y names each after its table.", tables.len()),
        }),
        _ => Ok(()),
    }
}

pub fn context<'call>(run_date: &'call str, wish: &'call Wish, action: Action) -> Result<Context<'call>> {
    let from_newest_row = Values::load()?
        .get("data_retention_mode")
        .is_some_and(|mode| mode.trim().eq_ignore_ascii_case("data_date"));
    Ok(Context { run_date, wish, action, from_newest_row, graph: Graph::load()? })
}

/// The kind and name of what a retention is about, and its tables.
pub fn find(name: Option<&str>) -> Result<(&'static str, String, Vec<Stored>)> {
    let Some(name) = name else {
        api_key::check_everything()?;
        let names = spi::values::<String>(include_str!("sql/tables_with_retention.sql"), &[])?;
        let tables = setup::by_dependency(catalog::current(&[Kind::Table], Some(&names))?);
        return Ok(("table", EVERYTHING.to_owned(), tables));
    };
    let (kind, name) = names::resolve(name, &[Kind::Table, Kind::Pipeline], "table or pipeline")?;
    let tables = setup::by_dependency(catalog::nodes::tables(&catalog::called(kind, &name)?)?);
    Ok((kind.as_str(), name, tables))
}

/// One table; its failure undoes it alone and is a row like any other.
fn one(context: &Context<'_>, stored: &Stored) -> Result<TableReport> {
    let started = Instant::now();
    let outcome = subtransaction(|| {
        let outcome = citus::in_order(|| table::retain(context, stored))?;
        if outcome.rows > 0 || outcome.partitions > 0 {
            note_gone(stored.name(), outcome.cut.as_deref())?;
        }
        let message = outcome.message(stored.name(), started.elapsed());
        log(context, stored.name(), &outcome, 0, &message, started)?;
        Ok((outcome, message))
    });
    let (outcome, status, message) = match outcome {
        Ok((outcome, message)) => (outcome, 0, message),
        Err(error) if error.is_interrupt() => return Err(error),
        Err(error) => {
            let report = error.report();
            let more = [report.detail, report.hint].into_iter().flatten().collect::<Vec<_>>().join(" ");
            let message = format!("Error: {} [{}] {more}", report.message, report.sqlstate);
            let message = message.trim_end().to_owned();
            let nothing = Trimmed { cut: Some(String::new()), ..Trimmed::default() };
            log(context, stored.name(), &nothing, 1, &message, started)?;
            (Trimmed::default(), 1, message)
        }
    };
    Ok(TableReport { table: stored.name().to_owned(), outcome, status, message, duration: started.elapsed() })
}

/// What reads the days before the cut again finds nothing there, and says so.
fn note_gone(table: &str, cut: Option<&str>) -> Result<()> {
    spi::run(
        "update dfa.data_pipeline set kept_from = greatest(kept_from, $2::date) where table_name = $1",
        &[table.into(), cut.into()],
    )
}

/// A row in the table's log for what was removed, and one for its backup; none for a table that keeps all.
pub fn log(
    context: &Context<'_>,
    table: &str,
    outcome: &Trimmed,
    status: i32,
    message: &str,
    started: Instant,
) -> Result<()> {
    if outcome.cut.is_none() {
        return Ok(());
    }
    let row = |action: Logged, rows: u64| {
        context.action.log(&Entry {
            table,
            action,
            data_date: None,
            run_date: Some(context.run_date),
            rows: i64::try_from(rows).unwrap_or(i64::MAX),
            took: started.elapsed(),
            failed: status != 0,
            process_id: None,
            message: Some(message),
        })
    };
    if outcome.backup.is_some() {
        row(Logged::Backup, outcome.backup_rows)?;
    }
    row(Logged::Retention, outcome.rows)
}

fn finish(context: &Context<'_>, reports: &[TableReport]) -> Result<()> {
    let failed = reports.iter().any(|report| report.status != 0);
    let done = reports.iter().filter(|report| report.status == 0).count();
    let lines: Vec<&str> = reports.iter().map(|report| report.message.as_str()).collect();
    let message = format!("[ run_date: {} ]\n{}", context.run_date, lines.join("\n"));
    context.action.end(failed, &message, reports.len(), done)
}
