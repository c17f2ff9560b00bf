//! All differences between catalogs and database.

use super::change::{Change, Loss, Phase};
use super::scope::Subject;
use super::shadow::{self, Pairs};
use super::{columns, constraints};
use crate::error::Result;
use crate::settings;
use crate::setup;
use crate::spi::{ident, qualified};
use crate::subtransaction::undone;

/// In the order in which they are applied.
pub fn all(subjects: &[Subject]) -> Result<Vec<Change>> {
    let schema = settings::ai_schema()?;
    let mut changes: Vec<Change> = subjects
        .iter()
        .filter(|subject| subject.existing.is_none())
        .filter_map(|subject| {
            let name = subject.stored.name();
            let ddl = setup::create_statement(&schema, name, subject.stored.table()?);
            let mut change = Change::new(name, "create table", Phase::Table, ddl);
            change.lock = "none";
            Some(change)
        })
        .collect();
    changes.extend(undone(|| {
        let pairs = shadow::make(subjects)?;
        let mut found = partitioning(subjects, &pairs, &schema);
        let moved: Vec<String> = found.iter().map(|change| change.table.clone()).collect();
        found.extend(columns::compare(subjects, &pairs, &schema)?);
        found.extend(constraints::compare(&pairs, &schema)?);
        found.extend(constraints::compare_foreign_keys(subjects, &pairs, &schema)?);
        // A table that is made anew is as its catalog says already.
        found.retain(|change| change.what == "repartition" || !moved.contains(&change.table));
        Ok(found)
    })?);
    changes.sort_by_key(|change| change.phase);
    Ok(changes)
}

/// Another partition key needs another table: the rows move over, those of columns that both have.
fn partitioning(subjects: &[Subject], pairs: &Pairs, schema: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    for (name, wanted) in pairs.names.iter().zip(&pairs.partition_keys) {
        let Some(subject) = subjects.iter().find(|subject| subject.stored.name() == name) else { continue };
        let (Some(existing), Some(table)) = (&subject.existing, subject.stored.table()) else { continue };
        if existing.partition_key == *wanted {
            continue;
        }
        let target = qualified(schema, name);
        let old = format!("{name}_before");
        let list =
            setup::columns(&table.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>());
        let mut change = Change::new(
            name,
            "repartition",
            Phase::Table,
            format!("alter table {target} rename to {}", ident(&old)),
        );
        change.statements.extend([
            setup::create_statement(schema, name, table),
            format!("insert into {target} ({list}) select {list} from {}", qualified(schema, &old)),
            format!("drop table {}", qualified(schema, &old)),
        ]);
        change.rewrites = true;
        change.object = wanted.clone();
        changes.push(change.losing(Loss::None));
    }
    changes
}
