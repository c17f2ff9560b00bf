//! Views and functions that depend on what changes: those of catalogs are dropped before it and made again after it,
//! with all that was given to them by hand; those of nobody's catalog are in the way.

use super::change::{Change, Phase, What};
use super::scope::Subject;
use crate::catalog;
use crate::error::Result;
use crate::setup;
use crate::spi::{self, qualified};
use dfa_catalog::model::Kind;
use pgrx::pg_sys;

/// A view or function that goes and comes again: it depends on a table, or on something that does, or is another one.
pub struct Dependant {
    /// As DROP names it, or `other`.
    kind: String,
    schema: String,
    name: String,
    oid: pg_sys::Oid,
    /// As Postgres tells people.
    description: String,
}

/// Drops and creations to be made around changes.
#[derive(Default)]
pub struct Around {
    drops: Vec<Change>,
    creations: Vec<Change>,
    known: Vec<pg_sys::Oid>,
}

impl Around {
    /// Those around `changes`, and those of views and functions that are to be made `anew`.
    ///
    /// An object is listed with all that depends on it, unless that was listed before. So no object is dropped before its
    /// dependants, and none is made before what it needs.
    pub fn find(subjects: &[Subject], changes: &mut [Change], anew: Vec<Dependant>) -> Result<Around> {
        let mut around = Around::default();
        let gone: Vec<(String, Option<String>)> = changes
            .iter()
            .filter(|change| {
                matches!(change.what, What::DropColumn | What::DropGeneratedColumn | What::DropExpression)
            })
            .map(|change| (change.table.clone(), change.object.clone()))
            .collect();
        for change in changes.iter_mut().filter(|change| disturbs(change)) {
            let subject = subjects.iter().find(|subject| subject.stored.name() == change.table);
            let Some(existing) = subject.and_then(|subject| subject.existing.as_ref()) else { continue };
            let users = in_use(existing.oid, change)?;
            let table = change.table.clone();
            change.in_the_way.extend(
                users
                    .into_iter()
                    .filter(|(_, column)| {
                        column.is_none() || !gone.contains(&(table.clone(), column.clone()))
                    })
                    .map(|(user, _)| user),
            );
            for dependant in of(existing.oid, change)? {
                change.in_the_way.extend(around.add(&change.table, dependant)?);
            }
        }
        for dependant in anew {
            let name = dependant.name.clone();
            let mut in_the_way = dependant.in_the_way()?;
            for other in dependant.dependants()? {
                in_the_way.extend(around.add(&name, other)?);
            }
            let oid = dependant.oid;
            in_the_way.extend(around.add(&name, dependant)?);
            let drop = around.drops.iter_mut().rfind(|drop| drop.dropped == Some(oid));
            if let Some(drop) = drop {
                drop.in_the_way.extend(in_the_way);
            }
        }
        Ok(around)
    }

    /// Whether it is dropped and made again anyway.
    pub fn has(&self, oid: pg_sys::Oid) -> bool {
        self.known.contains(&oid)
    }

    /// Returns what is in the way: an object that no catalog describes.
    fn add(&mut self, table: &str, dependant: Dependant) -> Result<Option<String>> {
        let Some(definition) = dependant.definition()? else { return Ok(Some(dependant.description)) };
        if !self.known.contains(&dependant.oid) {
            self.known.push(dependant.oid);
            self.drops.push(dependant.drop(table)?);
            self.creations.push(dependant.creation(table, definition)?);
        }
        Ok(None)
    }

    pub fn into_changes(mut self) -> Vec<Change> {
        self.creations.reverse();
        self.drops.extend(self.creations);
        self.drops
    }
}

/// Postgres refuses it while something depends on the column, key or table.
fn disturbs(change: &Change) -> bool {
    matches!(
        change.what,
        What::RetypeColumn
            | What::DropColumn
            | What::DropGeneratedColumn
            | What::DropPrimaryKey
            | What::DropUnique
            | What::Repartition
    )
}

/// Policies, triggers, rules, publications and generated columns that use the column; of a column its name, too.
fn in_use(oid: pg_sys::Oid, change: &Change) -> Result<Vec<(String, Option<String>)>> {
    if !matches!(change.what, What::RetypeColumn | What::DropColumn | What::DropGeneratedColumn) {
        return Ok(Vec::new());
    }
    spi::query(
        include_str!("sql/column_in_use.sql"),
        &[oid.into(), change.object.as_deref().into(), (change.what == What::DropGeneratedColumn).into()],
        |row| Ok((row.get("what")?, row.get("generated_column")?)),
    )
}

fn of(oid: pg_sys::Oid, change: &Change) -> Result<Vec<Dependant>> {
    let object = change.object.iter().cloned().collect::<Vec<_>>();
    let (columns, constraints) = match change.what {
        What::Repartition => (None, None),
        What::DropPrimaryKey | What::DropUnique => (Some(Vec::new()), Some(object)),
        _ => (Some(object), None),
    };
    dependants(Some(oid), columns, constraints, None)
}

fn dependants(
    oid: Option<pg_sys::Oid>,
    columns: Option<Vec<String>>,
    constraints: Option<Vec<String>>,
    function: Option<pg_sys::Oid>,
) -> Result<Vec<Dependant>> {
    spi::query(
        include_str!("../setup/sql/dependants.sql"),
        &[oid.into(), columns.into(), constraints.into(), function.into()],
        |row| {
            Ok(Dependant {
                kind: row.get("kind")?,
                schema: row.get("schema_name")?,
                name: row.get("name")?,
                oid: row.get("oid")?,
                description: row.get("description")?,
            })
        },
    )
}

impl Dependant {
    /// A view that is there, or the only function of this name.
    pub fn existing(kind: Kind, schema: &str, name: &str) -> Result<Option<Dependant>> {
        let sql = match kind {
            Kind::View => include_str!("sql/existing_view.sql"),
            _ => include_str!("sql/existing_function.sql"),
        };
        spi::query_one(sql, &[schema.into(), name.into()], |row| {
            Ok(Dependant {
                kind: row.get("kind")?,
                schema: schema.to_owned(),
                name: name.to_owned(),
                oid: row.get("oid")?,
                description: format!("{} {schema}.{name}", kind.as_str()),
            })
        })
    }

    pub fn of_function(kind: String, schema: &str, name: &str, oid: pg_sys::Oid) -> Dependant {
        let description = format!("{kind} {schema}.{name}");
        Dependant { kind, schema: schema.to_owned(), name: name.to_owned(), oid, description }
    }

    /// What depends on it, those first that must go first.
    fn dependants(&self) -> Result<Vec<Dependant>> {
        match self.is_relation() {
            true => dependants(Some(self.oid), None, None, None),
            false => dependants(None, None, None, Some(self.oid)),
        }
    }

    /// What depends on it and is neither a view nor a function.
    fn in_the_way(&self) -> Result<Vec<String>> {
        if self.is_relation() {
            return Ok(Vec::new());
        }
        spi::values::<String>(include_str!("sql/function_in_use.sql"), &[self.oid.into()])
    }

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
            spi::value::<String>("select $1::regprocedure::text", &[self.oid.into()])?.unwrap_or_default()
        };
        let what = if self.is_relation() { What::DropView } else { What::DropFunction };
        let statement = format!("drop {} {called}", self.kind);
        let mut change = Change::new(table, what, Phase::DropDependant, statement).of(&self.name);
        change.dropped = Some(self.oid);
        Ok(change)
    }

    fn creation(&self, table: &str, mut statements: Vec<String>) -> Result<Change> {
        statements.extend(if self.is_relation() {
            beside_definition(self.oid, &qualified(&self.schema, &self.name), None)?
        } else {
            spi::values::<String>(include_str!("sql/beside_function.sql"), &[self.oid.into()])?
        });
        let what = if self.is_relation() { What::CreateView } else { What::CreateFunction };
        let mut change = Change::new(table, what, Phase::CreateDependant, String::new()).of(&self.name);
        change.statements = statements;
        change.lock = "none";
        change.routine = Some(if self.is_relation() { Kind::View } else { Kind::Function });
        Ok(change)
    }
}

/// Owner, rights, comments, indexes and the like of a relation, as statements on the one that takes its place with these
/// columns (`None`: all).
pub fn beside_definition(
    oid: pg_sys::Oid,
    relation: &str,
    columns: Option<&[String]>,
) -> Result<Vec<String>> {
    spi::values::<String>(
        include_str!("sql/beside_definition.sql"),
        &[oid.into(), relation.into(), columns.map(<[String]>::to_vec).into()],
    )
}
