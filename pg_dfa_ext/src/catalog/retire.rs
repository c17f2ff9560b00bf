//! Takes definitions out of force: their schedules and triggers end, their history and data stay. A later load brings
//! them back.

use super::batch::{Batch, LoadedRow};
use super::check::stored_ones;
use super::store::{self, Stored};
use crate::entry::entry;
use crate::error::{given, DfaError, Result};
use crate::names;
use crate::spi;
use dfa_catalog::diagnostic::Diagnostic;
use dfa_catalog::model::Kind;
use dfa_catalog::set::{check, Extent};
use pgrx::prelude::*;

extension_sql!(
    r#"
comment on function dfa.retire is
'Takes a definition out of force, by its kind and name: its schedule and triggers end, its history, its table and its rows stay. A later load brings it back. Refused while others name it.';
grant execute on function dfa.retire to dfa_admin;
"#,
    name = "about_retire",
    requires = [retire]
);

#[pg_extern]
fn retire(
    kind: Option<&str>,
    name: Option<&str>,
) -> TableIterator<
    'static,
    (
        name!(kind, String),
        name!(name, String),
        name!(version, Option<pgrx::datum::Date>),
        name!(action, String),
    ),
> {
    let rows = entry(|| one(given("kind", kind)?, given("name", name)?));
    TableIterator::new(rows.into_iter().map(|row| (row.kind, row.name, row.version, row.action)))
}

fn one(kind: &str, name: &str) -> Result<Vec<LoadedRow>> {
    let kind: Kind = kind.trim().to_ascii_lowercase().parse().map_err(|_| DfaError::InvalidArgument {
        argument: "kind",
        value: kind.to_owned(),
        allowed: "function, table, view, query or pipeline.".to_owned(),
    })?;
    store::lock()?;
    let (_, name) = names::resolve(name, &[kind], kind.as_str())?;
    let stored = store::current(&[Kind::Table, Kind::Pipeline], None)?;
    let is_left = |stored: &&Stored| (stored.definition.kind(), stored.name()) != (kind, name.as_str());
    let diagnostics = found_after(&stored, &stored.iter().filter(is_left).cloned().collect::<Vec<_>>());
    if !diagnostics.is_empty() {
        return Err(DfaError::StillNamed { kind: kind.as_str(), name, diagnostics });
    }
    of_names(vec![kind.as_str().to_owned()], vec![name])
}

/// Those that the documents of a load do not hold.
pub fn all_but(batch: &Batch) -> Result<Vec<LoadedRow>> {
    if let Some(unreadable) = batch.unreadable() {
        return Err(DfaError::InvalidArgument {
            argument: "prune",
            value: "true".to_owned(),
            allowed: format!(
                "What a document holds that cannot be read is not known to be gone: {unreadable}"
            ),
        });
    }
    let (kinds, names): (Vec<String>, Vec<String>) = batch.names().into_iter().unzip();
    spi::run(include_str!("sql/forget_refusals.sql"), &[kinds.clone().into(), names.clone().into()])?;
    let gone = spi::query(include_str!("sql/definitions_gone.sql"), &[kinds.into(), names.into()], |row| {
        Ok((row.get::<String>("kind")?, row.get::<String>("name")?))
    })?;
    let (kinds, names) = gone.into_iter().unzip();
    let before = store::current(&[Kind::Table, Kind::Pipeline], None)?;
    let rows = of_names(kinds, names)?;
    // What stays must not name what went.
    let diagnostics = found_after(&before, &store::current(&[Kind::Table, Kind::Pipeline], None)?);
    match diagnostics.is_empty() {
        true => Ok(rows),
        false => Err(DfaError::InvalidCatalog { diagnostics }),
    }
}

/// What is wrong with the definitions that are left, and was right with all of them.
fn found_after(before: &[Stored], left: &[Stored]) -> Vec<Diagnostic> {
    let of = |stored: &[Stored]| check(stored.iter().map(|stored| stored.definition.as_ref()), Extent::Part);
    let known = of(before);
    stored_ones(of(left).into_iter().filter(|finding| !known.contains(finding)).collect())
}

fn of_names(kinds: Vec<String>, names: Vec<String>) -> Result<Vec<LoadedRow>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    spi::query(include_str!("sql/retire.sql"), &[kinds.into(), names.into()], |row| {
        Ok(LoadedRow {
            kind: row.get::<String>("kind")?,
            name: row.get::<String>("name")?,
            version: row.get::<Option<pgrx::datum::Date>>("version")?,
            action: "retired".to_owned(),
            finding: None,
        })
    })
}
