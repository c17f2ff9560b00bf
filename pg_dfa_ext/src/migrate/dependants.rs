//! Views and functions that depend on what changes: those of catalogs are dropped before it and made again after it,
//! with all that was given to them by hand; those of nobody's catalog are in the way.

use super::change::{Change, Phase};
use super::scope::Subject;
use crate::catalog;
use crate::error::{DfaError, Result};
use crate::setup;
use crate::spi::{self, qualified};
use dfa_catalog::model::Kind;
use pgrx::pg_sys;

/// What depends on a table, or on something that does.
struct Dependant {
    /// As DROP names it, or `other`.
    kind: String,
    schema: String,
    name: String,
    oid: pg_sys::Oid,
    /// As Postgres tells people.
    description: String,
}

/// The changes to be made around `changes`: drops and creations.
///
/// An object is listed with all that depends on it, unless that was listed before. So no object is dropped before its
/// dependants, and none is made before what it needs.
pub fn around(subjects: &[Subject], changes: &mut [Change]) -> Result<Vec<Change>> {
    let (mut drops, mut creations) = (Vec::new(), Vec::new());
    let mut known: Vec<pg_sys::Oid> = Vec::new();
    for change in changes.iter_mut().filter(|change| disturbs(change)) {
        let subject = subjects.iter().find(|subject| subject.stored.name() == change.table);
        let Some(existing) = subject.and_then(|subject| subject.existing.as_ref()) else { continue };
        for dependant in of(existing.oid, change)? {
            let Some(definition) = dependant.definition()? else {
                change.in_the_way.push(dependant.description);
                continue;
            };
            if known.contains(&dependant.oid) {
                continue;
            }
            known.push(dependant.oid);
            drops.push(dependant.drop(&change.table)?);
            creations.push(dependant.creation(&change.table, definition)?);
        }
    }
    creations.reverse();
    drops.extend(creations);
    Ok(drops)
}

/// Postgres refuses it while something depends on the column, key or table.
fn disturbs(change: &Change) -> bool {
    matches!(
        change.what,
        "retype column" | "drop column" | "drop primary key" | "drop unique" | "repartition"
    )
}

fn of(oid: pg_sys::Oid, change: &Change) -> Result<Vec<Dependant>> {
    let object = change.object.iter().cloned().collect::<Vec<_>>();
    let (columns, constraints) = match change.what {
        "repartition" => (None, None),
        "drop primary key" | "drop unique" => (Some(Vec::new()), Some(object)),
        _ => (Some(object), None),
    };
    spi::query(
        include_str!("../../../sql/dependants.sql"),
        &[oid.into(), columns.into(), constraints.into()],
        |row| {
            let text = |column| Ok::<_, DfaError>(row.get::<String>(column)?.unwrap_or_default());
            Ok(Dependant {
                kind: text(1)?,
                schema: text(2)?,
                name: text(3)?,
                oid: row.get::<pg_sys::Oid>(4)?.unwrap_or(pg_sys::InvalidOid),
                description: text(5)?,
            })
        },
    )
}

impl Dependant {
    fn is_relation(&self) -> bool {
        self.kind.ends_with("view")
    }

    /// The statements of the catalog that make it; `None`: it is of no catalog.
    fn definition(&self) -> Result<Option<Vec<String>>> {
        let kind = match self.kind.as_str() {
            "other" => return Ok(None),
            _ if self.is_relation() => Kind::View,
            _ => Kind::Function,
        };
        let Some(stored) = catalog::current(&[kind], Some(std::slice::from_ref(&self.name)))?.pop() else {
            return Ok(None);
        };
        let definition = setup::definition(&stored)?;
        let is_it = definition.iter().any(|(place, _)| {
            place.as_ref().is_some_and(|place| {
                place.name == self.name && place.schema.as_ref().is_none_or(|schema| *schema == self.schema)
            })
        });
        Ok(is_it.then(|| definition.into_iter().map(|(_, statement)| statement).collect()))
    }

    fn drop(&self, table: &str) -> Result<Change> {
        let called = if self.is_relation() {
            qualified(&self.schema, &self.name)
        } else {
            spi::query_one("select $1::regprocedure::text", &[self.oid.into()], |row| {
                Ok(row.get::<String>(1)?.unwrap_or_default())
            })?
            .unwrap_or_default()
        };
        let what = if self.is_relation() { "drop view" } else { "drop function" };
        let statement = format!("drop {} {called}", self.kind);
        Ok(Change::new(table, what, Phase::DropDependant, statement).of(&self.name))
    }

    fn creation(&self, table: &str, mut statements: Vec<String>) -> Result<Change> {
        statements.extend(if self.is_relation() {
            beside_definition(self.oid, &qualified(&self.schema, &self.name))?
        } else {
            spi::query(include_str!("../../../sql/beside_function.sql"), &[self.oid.into()], |row| {
                Ok(row.get::<String>(1)?.unwrap_or_default())
            })?
        });
        let what = if self.is_relation() { "create view" } else { "create function" };
        let mut change = Change::new(table, what, Phase::CreateDependant, String::new()).of(&self.name);
        change.statements = statements;
        change.lock = "none";
        Ok(change)
    }
}

/// Owner, rights, comments, indexes and the like of a relation, as statements on the one that takes its place.
pub fn beside_definition(oid: pg_sys::Oid, relation: &str) -> Result<Vec<String>> {
    spi::query(include_str!("../../../sql/beside_definition.sql"), &[oid.into(), relation.into()], |row| {
        Ok(row.get::<String>(1)?.unwrap_or_default())
    })
}
