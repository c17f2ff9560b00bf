//! All differences between catalogs and database.

use super::change::{Change, Phase};
use super::scope::Subject;
use super::{columns, constraints, dependants, repartition, shadow};
use crate::error::Result;
use crate::settings;
use crate::setup;
use crate::subtransaction::undone;

/// In the order in which they are applied.
pub fn all(subjects: &[Subject]) -> Result<Vec<Change>> {
    let schema = settings::ai_schema()?;
    let mut changes: Vec<Change> = Vec::new();
    for subject in subjects.iter().filter(|subject| subject.existing.is_none()) {
        let name = subject.stored.name();
        let Some(table) = subject.stored.table() else { continue };
        let ddl = setup::create_statement(&schema, name, table)?;
        let mut change = Change::new(name, "create table", Phase::Table, ddl);
        change.lock = "none";
        changes.push(change);
    }
    changes.extend(undone(|| {
        let pairs = shadow::make(subjects)?;
        let mut found = columns::compare(subjects, &pairs, &schema)?;
        found.extend(constraints::compare(&pairs, &schema)?);
        found.extend(constraints::compare_foreign_keys(subjects, &pairs, &schema)?);
        repartition::replace(subjects, &pairs, &schema, found)
    })?);
    let around = dependants::around(subjects, &mut changes)?;
    changes.extend(around);
    changes.sort_by_key(|change| change.phase);
    Ok(changes)
}
