//! All differences between catalogs and database.

use super::change::{Change, Phase, What};
use super::dependants::Around;
use super::routines::{self, Difference};
use super::scope::{Scope, Subject};
use super::{
    columns, comments, computed, constraints, distribution, indexes, keys, repartition, shadow, users,
};
use crate::catalog::Stored;
use crate::data_schema;
use crate::error::Result;
use crate::setup;
use crate::subtransaction::undone;
use dfa_catalog::model::Kind;

/// What is to be done, and what is to be said of definitions that cannot be made.
pub struct Comparison {
    /// In the order in which they are applied.
    pub changes: Vec<Change>,
    pub left_out: Vec<String>,
}

pub fn all(scope: &Scope) -> Result<Comparison> {
    let schema = data_schema::name()?;
    let Scope { subjects, routines } = scope;
    let mut changes = tables(subjects, &schema)?;
    let mut left_out = Vec::new();
    let differences = undone(|| routines::compare(routines, &changes, &schema, &mut left_out))?;
    let (mut anew, mut others) = (Vec::new(), Vec::new());
    for difference in differences {
        match difference {
            Difference::Anew(dependant) => anew.push(dependant),
            Difference::Missing(stored, statements) => {
                others.push((None, creation(&stored, "create", statements)))
            }
            Difference::Other(stored, oid, statements) => {
                others.push((Some(oid), creation(&stored, "replace", statements)));
            }
        }
    }
    let around = Around::find(subjects, &mut changes, anew)?;
    others.retain(|(oid, _)| oid.is_none_or(|oid| !around.has(oid)));
    changes.extend(around.into_changes());
    changes.extend(others.into_iter().map(|(_, change)| change));
    changes.sort_by_key(|change| change.phase);
    users::find(&mut changes, &schema)?;
    Ok(Comparison { changes, left_out })
}

/// A view or function that is made, or replaced in place, and keeps all that was given to it by hand.
fn creation(stored: &Stored, how: &str, statements: Vec<String>) -> Change {
    let (what, phase) = match (stored.definition.kind(), how) {
        (Kind::View, "create") => (What::CreateView, Phase::CreateDependant),
        (Kind::View, _) => (What::ReplaceView, Phase::CreateDependant),
        (_, "create") => (What::CreateFunction, Phase::Function),
        _ => (What::ReplaceFunction, Phase::Function),
    };
    let mut change = Change::new(stored.name(), what, phase, String::new()).of(stored.name());
    change.statements = statements;
    change.routine = Some(stored.definition.kind());
    if how == "create" {
        change.lock = "none";
    }
    change
}

fn tables(subjects: &[Subject], schema: &str) -> Result<Vec<Change>> {
    let mut changes: Vec<Change> = Vec::new();
    for subject in subjects.iter().filter(|subject| subject.existing.is_none()) {
        let name = subject.stored.name();
        let Some(table) = subject.stored.table() else { continue };
        let ddl = setup::create_statement(schema, name, table)?;
        let mut change = Change::new(name, What::CreateTable, Phase::Table, ddl);
        change.lock = "none";
        changes.push(change);
    }
    changes.extend(undone(|| {
        let pairs = shadow::make(subjects)?;
        let mut found = columns::compare(subjects, &pairs, schema)?;
        found.extend(constraints::compare(&pairs, schema)?);
        computed::drop_doubles(&mut found);
        found.extend(constraints::compare_foreign_keys(subjects, &pairs, schema)?);
        found.extend(indexes::compare(subjects, &pairs, schema)?);
        computed::indexes_again(subjects, &mut found, schema)?;
        found.extend(comments::compare(subjects, &pairs, schema)?);
        repartition::replace(subjects, &pairs, schema, found)
    })?);
    changes.extend(distribution::compare(subjects, &changes, schema)?);
    let around = keys::around(subjects, &mut changes, schema)?;
    changes.extend(around);
    Ok(changes)
}
