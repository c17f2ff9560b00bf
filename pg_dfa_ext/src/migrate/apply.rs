//! Applies a plan in the caller's transaction: all of it, or an error and nothing.

use super::change::{Change, Check, Loss, What};
use super::{compare, routines, scope, users};
use crate::catalog;
use crate::data_schema;
use crate::error::{capture, DfaError, Result};
use crate::ledger::log::{Entry, Logged};
use crate::lock::{hold_table, with_timeout};
use crate::relation;
use crate::subtransaction::{subtransaction, undone};
use crate::task::{About, Action, Module, EVERYTHING};
use crate::{citus, partition, setup, spi, trust};
use std::time::Instant;

/// Brings the tables to their catalogs; each change with what is to be said of it.
///
/// # Errors
/// Changes that lose data and are not allowed, rows that do not fit, locks that others hold: nothing has changed.
pub fn run(name: Option<&str>, allow_destructive: bool) -> Result<Vec<(Change, String)>> {
    let started = Instant::now();
    let schema = data_schema::name()?;
    let before = compare::all(&scope::find(name)?)?;
    lock_all(&before.changes, &schema)?;
    // What was planned without a lock may have been done by somebody else meanwhile.
    let compare::Comparison { changes, left_out } = compare::all(&scope::find(name)?)?;
    for message in left_out {
        pgrx::warning!("{message}");
    }
    check(&changes, allow_destructive)?;
    citus::in_order(|| apply_all(&changes))?;
    users::refuse_broken(&changes)?;
    mark_made(&changes)?;
    record(&changes, name.unwrap_or(EVERYTHING), started)?;
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

/// No run of these tables meanwhile; and none that belongs to somebody whom the caller cannot trust.
fn lock_all(changes: &[Change], schema: &str) -> Result<()> {
    let mut tables: Vec<&str> = changes.iter().map(|change| change.table.as_str()).collect();
    tables.sort_unstable();
    tables.dedup();
    for table in tables {
        if let Some(oid) = relation::oid(Some(schema), table) {
            // A rewrite runs what its owner put into defaults, computed columns and checks.
            trust::check_table(schema, table, oid)?;
            hold_table(table, oid)?;
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
    if let Some(change) = changes.iter().find(|change| !change.users.is_empty()) {
        return Err(DfaError::StillUsed { change: change.label(), users: change.users.clone() });
    }
    for change in changes {
        for check in &change.checks {
            look(change, check, allow_destructive)?;
        }
    }
    Ok(())
}

/// # Errors
/// Rows that do not fit; values that would become other ones, unless that is allowed.
fn look(change: &Change, check: &Check, allow_destructive: bool) -> Result<()> {
    let found = match check {
        Check::Rows(query) => tried(query)?.unwrap_or_else(|message| vec![message]),
        Check::Cast { fits, loses } => {
            let lost = match loses.as_ref().filter(|_| !allow_destructive) {
                // It casts all values, too. One that cannot be cast is named by the other query.
                Some(query) => match tried(query)? {
                    Ok(values) if values.is_empty() => return Ok(()),
                    Ok(values) => values,
                    Err(message) => vec![message],
                },
                None => Vec::new(),
            };
            match tried(fits)? {
                Err(message) => vec![message],
                Ok(_) if lost.is_empty() => return Ok(()),
                Ok(_) => return Err(change.misfit(&lost, true)),
            }
        }
    };
    match found.is_empty() {
        true => Ok(()),
        false => Err(change.misfit(&found, false)),
    }
}

/// The values of a query of one column, or the message of Postgres' error, which has the value in it.
fn tried(query: &str) -> Result<std::result::Result<Vec<String>, String>> {
    // As the value is, whatever lies in the caller's path.
    match undone(|| spi::own_rows(query, 0)) {
        Ok(rows) => Ok(Ok(rows.into_iter().flatten().flatten().collect())),
        Err(error) if error.is_interrupt() => Err(error),
        Err(error) => Ok(Err(error.report().message)),
    }
}

/// In their order; views and functions that miss something come again after the others.
fn apply_all(changes: &[Change]) -> Result<()> {
    let mut left = Vec::new();
    for change in changes {
        match change.routine {
            Some(_) => left.extend(attempt(change)?),
            None => with_timeout(|| apply(change))?,
        }
    }
    while !left.is_empty() {
        let before = left.len();
        let mut still = Vec::new();
        for (change, _) in left {
            still.extend(attempt(change)?);
        }
        if still.len() == before {
            return Err(still.swap_remove(0).1);
        }
        left = still;
    }
    Ok(())
}

/// Returns the change back, with its error, if it may do later.
fn attempt(change: &Change) -> Result<Option<(&Change, DfaError)>> {
    match subtransaction(|| with_timeout(|| apply(change))) {
        Ok(()) => Ok(None),
        Err(error) if routines::is_for_lack(&error) => Ok(Some((change, error))),
        Err(error) => Err(error),
    }
}

/// These views and functions are as their catalogs say now.
fn mark_made(changes: &[Change]) -> Result<()> {
    let made = || changes.iter().filter_map(|change| Some((change.routine?, change.object.clone()?)));
    let kinds: Vec<String> = made().map(|(kind, _)| kind.as_str().to_owned()).collect();
    let names: Vec<String> = made().map(|(_, name)| name).collect();
    if names.is_empty() {
        return Ok(());
    }
    spi::run(include_str!("../setup/sql/mark_set_up.sql"), &[kinds.into(), names.into()])
}

fn apply(change: &Change) -> Result<()> {
    if change.what == What::CreateTable {
        return setup::create_table(&catalog::table(&change.table)?, None).map(|_| ());
    }
    if change.what == What::Repartition {
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
    let schema = data_schema::name()?;
    let owners = spi::values::<String>(
        include_str!("sql/owners_of_partitions.sql"),
        &[schema.into(), change.table.as_str().into()],
    )?;
    owners.iter().try_for_each(|statement| execute(change, statement))?;
    partition::for_rows(&change.table).map(|_| ())
}

fn execute(change: &Change, statement: &str) -> Result<()> {
    capture(|| spi::execute(statement))
        .map(|_| ())
        .map_err(|error| error.in_statement(&change.table, change.what.as_str(), statement))
}

fn record(changes: &[Change], name: &str, started: Instant) -> Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let action = Action::begin(&About {
        module: Module::Migration,
        kind: "table",
        name,
        run_date: None,
        objects: changes.len(),
        parameters: None,
    })?;
    let mut tables: Vec<&str> = changes.iter().map(|change| change.table.as_str()).collect();
    tables.sort_unstable();
    tables.dedup();
    for table in tables {
        let done: Vec<&str> = changes
            .iter()
            .filter(|change| change.table == table)
            .flat_map(|change| change.statements.iter().map(String::as_str))
            .collect();
        action.log(&Entry {
            table,
            action: Logged::Migrate,
            data_date: None,
            run_date: None,
            rows: 0,
            took: started.elapsed(),
            failed: false,
            process_id: None,
            message: Some(&done.join(";\n")),
        })?;
    }
    let lines: Vec<String> = changes.iter().flat_map(|change| change.statements.clone()).collect();
    action.end(false, &lines.join(";\n"), changes.len(), changes.len())
}
