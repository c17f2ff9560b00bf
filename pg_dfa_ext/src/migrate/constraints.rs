//! Primary and foreign keys, unique columns, checks.

use super::change::{Change, Phase, What, SHARE_ROW_EXCLUSIVE};
use super::scope::Subject;
use super::shadow::Pairs;
use crate::error::Result;
use crate::setup::{self, Reference};
use crate::spi::{self, ident, qualified};

/// A key or check that only one side has.
struct Difference {
    table: String,
    /// `p`, `u`, `c`
    kind: String,
    name: String,
    definition: String,
    /// The catalog has it, and so this shadow.
    shadow: Option<String>,
}

pub fn compare(pairs: &Pairs, schema: &str) -> Result<Vec<Change>> {
    let mut found = differences(pairs)?;
    if print_again(&found)? {
        found = differences(pairs)?;
    }
    Ok(found.iter().map(|difference| difference.change(schema)).collect())
}

fn differences(pairs: &Pairs) -> Result<Vec<Difference>> {
    spi::query(
        include_str!("sql/compare_constraints.sql"),
        &[pairs.names.clone().into(), pairs.actual.clone().into(), pairs.shadows.clone().into()],
        |row| {
            Ok(Difference {
                table: row.get::<String>("table_name")?,
                name: row.get::<String>("key_name")?,
                kind: row.get::<String>("kind")?,
                definition: row.get::<String>("definition")?,
                shadow: row.get::<Option<String>>("shadow")?,
            })
        },
    )
}

/// Postgres prints some checks in another way when they were made from what it had printed, as a restored dump and a
/// migration make them: `in (…)` on a varchar is one. So the shadow's checks are made like that where both sides have some
/// that the other lacks. False when there are none.
fn print_again(found: &[Difference]) -> Result<bool> {
    let checks = || found.iter().filter(|it| it.kind == "c");
    let mut any = false;
    for check in checks() {
        let Some(shadow) = &check.shadow else { continue };
        if !checks().any(|it| it.shadow.is_none() && it.table == check.table) {
            continue;
        }
        let (name, definition) = (ident(&check.name), &check.definition);
        spi::execute(&format!("alter table {shadow} drop constraint {name}, add {definition}"))?;
        any = true;
    }
    Ok(any)
}

impl Difference {
    fn change(&self, schema: &str) -> Change {
        let target = qualified(schema, &self.table);
        if self.shadow.is_none() {
            let what = match self.kind.as_str() {
                "p" => What::DropPrimaryKey,
                "u" => What::DropUnique,
                _ => What::DropCheck,
            };
            let statement = format!("alter table {target} drop constraint {}", ident(&self.name));
            return Change::new(&self.table, what, Phase::DropConstraint, statement).of(&self.name);
        }
        let what = match self.kind.as_str() {
            "p" => What::AddPrimaryKey,
            "u" => What::AddUnique,
            _ => What::AddCheck,
        };
        let statement = format!("alter table {target} add {}", self.definition);
        // Postgres looks at all rows itself, and names the first that does not fit.
        Change::new(&self.table, what, Phase::AddConstraint, statement)
            .of(&self.definition)
            .losing(super::change::Loss::Values)
    }
}

/// A foreign key as the database has it.
struct Known {
    table: String,
    name: String,
    columns: Vec<String>,
    schema: String,
    ref_table: String,
    ref_columns: Vec<String>,
}

pub fn compare_foreign_keys(subjects: &[Subject], pairs: &Pairs, schema: &str) -> Result<Vec<Change>> {
    let known = spi::query(
        include_str!("sql/foreign_keys.sql"),
        &[pairs.names.clone().into(), pairs.actual.clone().into()],
        |row| {
            Ok(Known {
                table: row.get::<String>("table_name")?,
                name: row.get::<String>("key_name")?,
                columns: row.get::<Vec<String>>("columns")?,
                schema: row.get::<String>("ref_schema")?,
                ref_table: row.get::<String>("ref_table")?,
                ref_columns: row.get::<Vec<String>>("ref_columns")?,
            })
        },
    )?;
    let mut changes = Vec::new();
    for name in &pairs.names {
        let table = subjects.iter().find(|it| it.stored.name() == name).and_then(|it| it.stored.table());
        let wanted = table.map(setup::references).transpose()?.unwrap_or_default();
        let mut left: Vec<&Known> = known.iter().filter(|key| key.table == *name).collect();
        let target = qualified(schema, name);
        for key in &wanted {
            if let Some(place) = left.iter().position(|known| known.is(key, schema)) {
                left.remove(place);
                continue;
            }
            let statement = format!("alter table {target} add {}", key.sql(schema));
            let mut change = Change::new(name, What::AddForeignKey, Phase::AddForeignKey, statement)
                .of(&key.columns.join(", "))
                .losing(super::change::Loss::Values);
            change.lock = SHARE_ROW_EXCLUSIVE;
            changes.push(change);
        }
        for key in left {
            let statement = format!("alter table {target} drop constraint {}", ident(&key.name));
            changes.push(
                Change::new(name, What::DropForeignKey, Phase::DropForeignKey, statement).of(&key.name),
            );
        }
    }
    Ok(changes)
}

impl Known {
    /// Without columns, the catalog means the primary key, which a foreign key to it refers to as well.
    fn is(&self, key: &Reference, schema: &str) -> bool {
        let pairs = |own: &[String], referred: &[String]| {
            let mut pairs: Vec<_> = own.iter().cloned().zip(referred.iter().cloned()).collect();
            pairs.sort();
            pairs
        };
        self.schema == schema
            && self.ref_table == key.ref_table
            && match key.ref_columns.is_empty() {
                true => self.columns == key.columns,
                false => pairs(&self.columns, &self.ref_columns) == pairs(&key.columns, &key.ref_columns),
            }
    }
}
