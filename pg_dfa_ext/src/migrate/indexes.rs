//! Indexes of catalogs: those that are missing, and those that a catalog made and has no more. One made by hand stays.

use super::change::{Change, Loss, Phase, What};
use super::scope::Subject;
use super::shadow::Pairs;
use crate::error::Result;
use crate::setup;
use crate::spi::{self, qualified};
use pgrx::pg_sys;

pub fn compare(subjects: &[Subject], pairs: &Pairs, schema: &str) -> Result<Vec<Change>> {
    let found = spi::query(
        include_str!("sql/compare_indexes.sql"),
        &[
            pairs.names.clone().into(),
            pairs.actual.clone().into(),
            pairs.shadows.clone().into(),
            setup::OF_CATALOG.into(),
        ],
        |row| {
            Ok((
                row.get::<String>("table_name")?,
                row.get::<String>("definition")?,
                row.get::<Option<String>>("index_name")?,
                row.get::<pg_sys::Oid>("indexrelid")?,
            ))
        },
    )?;
    let mut changes = Vec::new();
    for (name, definition, extra, oid) in found {
        if let Some(extra) = extra {
            let statement = format!("drop index if exists {}", qualified(schema, &extra));
            changes.push(Change::new(&name, What::DropIndex, Phase::DropConstraint, statement).of(&extra));
            continue;
        }
        let table = subjects.iter().find(|it| it.stored.name() == name).and_then(|it| it.stored.table());
        let place = pairs.indexes.iter().position(|(table, index, _)| *table == name && *index == oid);
        let index = place.map(|place| pairs.indexes[place].2);
        let Some(index) = table.zip(index).and_then(|(table, number)| table.indexes.get(number)) else {
            continue;
        };
        let mut change = Change::new(&name, What::AddIndex, Phase::AddConstraint, String::new())
            .of(definition.trim_start_matches(" USING "));
        change.statements = setup::index(schema, &name, index)?;
        change.lock = "SHARE";
        if index.unique {
            change = change.losing(Loss::Values);
        }
        changes.push(change);
    }
    Ok(changes)
}
