//! Applies a plan in the caller's transaction: all of it, or an error and nothing.

use super::change::{Change, Loss};
use super::{compare, scope};
use crate::catalog;
use crate::error::{capture, DfaError, Result};
use crate::run::{lock_table, relation_oid, with_lock_timeout};
use crate::subtransaction::undone;
use crate::{partition, settings, setup, spi};
use std::time::Instant;

/// Brings the tables to their catalogs; each change with what is to be said of it.
///
/// # Errors
/// Changes that lose data and are not allowed, rows that do not fit, locks that others hold: nothing has changed.
pub fn run(name: Option<&str>, allow_destructive: bool) -> Result<Vec<(Change, String)>> {
    let started = Instant::now();
    let schema = settings::ai_schema()?;
    let before = compare::all(&scope::find(name)?)?;
    lock_all(&before, &schema)?;
    // What was planned without a lock may have been done by somebody else meanwhile.
    let changes = compare::all(&scope::find(name)?)?;
    check(&changes, allow_destructive)?;
    for change in &changes {
        with_lock_timeout(|| apply(change))?;
    }
    let label = name.unwrap_or("all");
    record(&changes, label, started)?;
    Ok(changes
        .into_iter()
        .map(|change| {
            let message = match &change.object {
                Some(object) => format!("Success: Migrate '{}': {} {object}", change.table, change.what),
                None => format!("Success: Migrate '{}': {}", change.table, change.what),
            };
            (change, message)
        })
        .collect())
}

/// No run of these tables meanwhile.
fn lock_all(changes: &[Change], schema: &str) -> Result<()> {
    let mut tables: Vec<&str> = changes.iter().map(|change| change.table.as_str()).collect();
    tables.sort_unstable();
    tables.dedup();
    for table in tables {
        if let Some(oid) = relation_oid(Some(schema), table) {
            lock_table(table, oid)?;
        }
    }
    Ok(())
}

/// Everything that can be refused is, before the first change.
fn check(changes: &[Change], allow_destructive: bool) -> Result<()> {
    let destructive: Vec<String> = changes
        .iter()
        .filter(|change| change.loss == Loss::Data && !allow_destructive)
        .map(Change::label)
        .collect();
    if !destructive.is_empty() {
        return Err(DfaError::Destructive { changes: destructive });
    }
    if let Some(change) = changes.iter().find(|change| !change.in_the_way.is_empty()) {
        return Err(DfaError::InTheWay { change: change.label(), objects: change.in_the_way.clone() });
    }
    for change in changes {
        let Some(query) = &change.check else { continue };
        // Undone: a cast that fails is an error of Postgres, and the value is in its message.
        let misfit = match undone(|| capture(|| spi::select_text(query, 1))) {
            Ok(rows) => rows.into_iter().flatten().flatten().next(),
            Err(error) if error.is_interrupt() => return Err(error),
            Err(error) => Some(error.report().message),
        };
        // An addition under the same name comes after this check, so its column may be missing still.
        if let Some(value) = misfit {
            return Err(DfaError::Misfit {
                table: change.table.clone(),
                change: format!("{} {}", change.what, change.object.as_deref().unwrap_or_default()),
                value,
            });
        }
    }
    Ok(())
}

fn apply(change: &Change) -> Result<()> {
    if change.what == "create table" {
        return setup::create_table(&catalog::table(&change.table)?, None).map(|_| ());
    }
    if change.what == "repartition" {
        return repartition(change);
    }
    change.statements.iter().try_for_each(|statement| execute(change, statement))
}

/// The new table comes with its partitions and grants, as setup makes it; partitions for rows outside of them follow.
fn repartition(change: &Change) -> Result<()> {
    let stored = catalog::table(&change.table)?;
    for statement in &change.statements {
        if statement.starts_with("create table ") {
            setup::create_table(&stored, None)?;
        } else {
            execute(change, statement)?;
        }
    }
    // An owner that was given back has the new partitions as well.
    let schema = settings::ai_schema()?;
    let owners = spi::query(
        include_str!("../../../sql/owners_of_partitions.sql"),
        &[schema.into(), change.table.as_str().into()],
        |row| Ok(row.get::<String>(1)?.unwrap_or_default()),
    )?;
    owners.iter().try_for_each(|statement| execute(change, statement))?;
    partition::for_rows(&change.table).map(|_| ())
}

fn execute(change: &Change, statement: &str) -> Result<()> {
    capture(|| spi::execute(statement))
        .map(|_| ())
        .map_err(|error| error.in_statement(&change.table, change.what, statement))
}

fn record(changes: &[Change], label: &str, started: Instant) -> Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let count = i32::try_from(changes.len()).unwrap_or(i32::MAX);
    let lines: Vec<String> = changes.iter().flat_map(|change| change.statements.clone()).collect();
    let today = crate::clock::day()?;
    let process_id = spi::query_one(
        include_str!("../../../sql/begin_action.sql"),
        &[
            "foreground|table".into(),
            label.into(),
            today.as_str().into(),
            "framework|migrate".into(),
            count.into(),
            None::<String>.into(),
        ],
        |row| Ok(row.get::<String>(1)?.unwrap_or_default()),
    )?
    .unwrap_or_default();
    let mut tables: Vec<&str> = changes.iter().map(|change| change.table.as_str()).collect();
    tables.sort_unstable();
    tables.dedup();
    for table in tables {
        let done: Vec<&str> = changes
            .iter()
            .filter(|change| change.table == table)
            .flat_map(|change| change.statements.iter().map(String::as_str))
            .collect();
        spi::run(
            include_str!("../../../sql/log_action.sql"),
            &[
                table.into(),
                today.as_str().into(),
                0_i64.into(),
                started.elapsed().as_secs_f64().into(),
                "migrate".into(),
                0.into(),
                process_id.as_str().into(),
                done.join(";\n").into(),
            ],
        )?;
    }
    spi::run(
        include_str!("../../../sql/end_action.sql"),
        &[process_id.as_str().into(), 0.into(), lines.join(";\n").into(), count.into()],
    )
}
