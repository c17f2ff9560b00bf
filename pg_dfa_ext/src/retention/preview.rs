//! What a retention would delete, without deleting it.

use super::backup::Wish;
use super::context::Context;
use super::cut;
use super::{run, trim};
use crate::catalog::Stored;
use crate::data_schema;
use crate::error::{DfaError, Result};
use crate::relation;
use crate::spi::{self, qualified};
use crate::subtransaction::undone;
use crate::task::Action;
use dfa_catalog::model::Table;

/// A table, and what of it would go.
pub struct Old {
    pub table: String,
    /// Rows before this day; `None`: it keeps all.
    pub cut: Option<String>,
    pub rows: u64,
    pub note: Option<String>,
    /// Why its retention would fail.
    pub error: Option<String>,
}

/// The tables in the order in which they are dealt with, then the logs, where it is about everything.
pub fn preview(name: Option<&str>, run_date: &str, wish: &Wish) -> Result<Vec<Old>> {
    let (_, _, tables) = run::find(name)?;
    run::check_backup(wish, &tables)?;
    // No task: nothing is written down.
    let context = run::context(run_date, wish, Action::of("", false))?;
    let mut answer = Vec::with_capacity(tables.len());
    for stored in tables.iter().rev() {
        // An error of a table's own SQL is told, and ends no more than this.
        match undone(|| old(&context, stored)) {
            Ok(old) => answer.push(old),
            Err(error) if error.is_interrupt() => return Err(error),
            Err(error) => answer.push(Old {
                table: stored.name().to_owned(),
                cut: None,
                rows: 0,
                note: None,
                error: Some(error.report().message),
            }),
        }
    }
    if name.is_none() {
        answer.extend(trim::old(run_date)?);
    }
    Ok(answer)
}

fn old(context: &Context<'_>, stored: &Stored) -> Result<Old> {
    let (schema, name) = (data_schema::name()?, stored.name());
    if relation::oid(Some(&schema), name).is_none() {
        return Err(DfaError::MissingTable { schema, table: name.to_owned() });
    }
    let nothing = Table::default();
    let table = stored.table().unwrap_or(&nothing);
    let relation = qualified(&schema, name);
    let cut = cut::find(context, stored, table, &schema)?;
    let rows = match &cut {
        Some(cut) => spi::select_text(&cut.count(&relation), 1)?,
        None => Vec::new(),
    };
    Ok(Old {
        table: name.to_owned(),
        rows: rows.into_iter().flatten().flatten().next().and_then(|rows| rows.parse().ok()).unwrap_or(0),
        note: cut.as_ref().and_then(|cut| cut.note.clone()),
        cut: cut.map(|cut| cut.day),
        error: None,
    })
}
