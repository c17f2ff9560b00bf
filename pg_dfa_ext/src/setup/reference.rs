//! Foreign keys as constraints. Those that refer to all columns of a primary key of several are one constraint:
//! Postgres knows no other meaning of them.

use crate::catalog::{self, Stored};
use crate::error::Result;
use crate::spi::qualified;
use dfa_catalog::model::{ForeignKey, Kind, Table};

/// A foreign key constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub columns: Vec<String>,
    pub ref_table: String,
    /// None of them: the primary key.
    pub ref_columns: Vec<String>,
}

/// The constraints of a table, in the order of its catalog.
pub fn references(table: &Table) -> Result<Vec<Reference>> {
    let mut found: Vec<Reference> = Vec::with_capacity(table.foreign_keys.len());
    for key in &table.foreign_keys {
        if found.iter().any(|known| known.columns.contains(&key.column)) {
            continue;
        }
        let to_same: Vec<&ForeignKey> =
            table.foreign_keys.iter().filter(|other| other.ref_table == key.ref_table).collect();
        let whole = if to_same.len() > 1 { whole_key(&key.ref_table, &to_same)? } else { None };
        found.push(whole.unwrap_or_else(|| Reference {
            columns: vec![key.column.clone()],
            ref_table: key.ref_table.clone(),
            ref_columns: key.ref_column.iter().cloned().collect(),
        }));
    }
    Ok(found)
}

/// One constraint of all of these keys, if they are to the primary key of the table, column by column.
fn whole_key(ref_table: &str, keys: &[&ForeignKey]) -> Result<Option<Reference>> {
    let parent = catalog::current(&[Kind::Table], Some(&[ref_table.to_owned()]))?.pop();
    let key =
        parent.as_ref().and_then(Stored::table).map(|table| table.primary_key.clone()).unwrap_or_default();
    if key.len() != keys.len() {
        return Ok(None);
    }
    let own = |wanted: &String| {
        keys.iter().find(|key| key.ref_column.as_ref() == Some(wanted)).map(|key| key.column.clone())
    };
    let columns: Option<Vec<String>> = key.iter().map(own).collect();
    Ok(columns.map(|columns| Reference { columns, ref_table: ref_table.to_owned(), ref_columns: key }))
}

impl Reference {
    /// As CREATE TABLE and ADD have it.
    pub fn sql(&self, schema: &str) -> String {
        let referred = match self.ref_columns.is_empty() {
            true => String::new(),
            false => format!(" ({})", super::table::columns(&self.ref_columns)),
        };
        format!(
            "foreign key ({}) references {}{referred}",
            super::table::columns(&self.columns),
            qualified(schema, &self.ref_table)
        )
    }
}
