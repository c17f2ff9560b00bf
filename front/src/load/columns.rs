//! Which column of the table each column of a file is.

use super::table::{Column, Table};
use crate::failure::{Failure, Result};
use dfa_catalog::name::suggest;

/// For each column of the file, in its order, the column of the table that it fills.
pub type Mapping = Vec<Column>;

/// By the names that the file gives.
pub fn by_name(table: &Table, names: &[String]) -> Result<Mapping> {
    let mut mapping: Mapping = Vec::with_capacity(names.len());
    for name in names {
        let wanted = name.trim();
        let found = table
            .columns
            .iter()
            .find(|column| column.name == wanted)
            .or_else(|| table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(wanted)));
        let Some(column) = found else {
            let failure =
                Failure::work(format!("the file has a column '{wanted}', which '{}' has not", table.name));
            let near = suggest(wanted, table.columns.iter().map(|column| column.name.as_str()));
            return Err(match near {
                Some(near) => failure
                    .hint(format!("Did it mean '{near}'? --by-position takes columns in the table's order.")),
                None => failure.hint("--by-position takes columns in the table's order."),
            });
        };
        if mapping.contains(column) {
            return Err(Failure::work(format!("the file has two columns for '{}'", column.name)));
        }
        mapping.push(column.clone());
    }
    check(table, &mapping)?;
    Ok(mapping)
}

/// In the table's order.
pub fn by_position(table: &Table, count: usize) -> Result<Mapping> {
    let takes: Vec<Column> = table.columns.iter().filter(|column| !column.generated).cloned().collect();
    if count > takes.len() {
        return Err(Failure::work(format!(
            "the file has {count} columns, and '{}' takes {}",
            table.name,
            takes.len()
        )));
    }
    let mapping: Mapping = takes.into_iter().take(count).collect();
    check(table, &mapping)?;
    Ok(mapping)
}

/// A column that the file leaves out is filled by itself, or takes null.
fn check(table: &Table, mapping: &Mapping) -> Result<()> {
    if let Some(column) = mapping.iter().find(|column| column.generated) {
        return Err(Failure::work(format!("column '{}' is generated and cannot be loaded", column.name)));
    }
    let missing: Vec<&str> = table
        .columns
        .iter()
        .filter(|column| {
            column.not_null && !column.has_default && !column.generated && !mapping.contains(column)
        })
        .map(|column| column.name.as_str())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::work(format!("the file has no column {}, which '{}' needs", missing.join(", "), table.name))
        .hint("Such a column takes no null and has no default."))
}
