//! Which column of the table each column of a file is.

use super::table::{Column, Table};
use crate::failure::Failure;
use dfa_catalog::name::{place_in_any_case, suggest};
use tokio_postgres::types::Type;

/// For each column of the file, in its order, the column of the table that it fills.
#[derive(Debug)]
pub struct Columns {
    pub filled: Vec<Column>,
    /// Which of them dates the rows, where that is for everyone to see: a date or a timestamp, kept as it is given.
    pub dated: Option<usize>,
}

impl Columns {
    fn new(table: &Table, filled: Vec<Column>) -> Self {
        let dated = table.dated_by.as_ref().filter(|_| !table.has_row_triggers).and_then(|name| {
            filled.iter().position(|column| {
                column.name == *name
                    && matches!(column.data_type, Type::DATE | Type::TIMESTAMP | Type::TIMESTAMPTZ)
            })
        });
        Columns { filled, dated }
    }
}

/// Why names are no columns to fill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The name, and one like it that there is.
    Unknown(String, Option<String>),
    Twice(String),
    Generated(String),
    /// They take no null and have no default.
    Missing(Vec<String>),
    /// So many values, and so many that the table takes.
    TooMany(usize, usize),
}

/// By the names that the file, or the row, gives.
pub fn by_name<'n>(
    table: &Table,
    names: impl Iterator<Item = &'n str>,
) -> std::result::Result<Columns, Fault> {
    let mut filled: Vec<Column> = Vec::new();
    for name in names {
        let column = named(table, name.trim())?;
        if filled.iter().any(|known| known.name == column.name) {
            return Err(Fault::Twice(column.name.clone()));
        }
        filled.push(column.clone());
    }
    check(table, &filled)?;
    Ok(Columns::new(table, filled))
}

/// The column of that name, in any case where that is clear.
fn named<'t>(table: &'t Table, name: &str) -> std::result::Result<&'t Column, Fault> {
    let names = table.columns.iter().map(|column| column.name.as_str());
    let found = place_in_any_case(name, names.clone()).and_then(|place| table.columns.get(place));
    found.ok_or_else(|| {
        let near = suggest(name, names);
        Fault::Unknown(name.to_owned(), near.map(str::to_owned))
    })
}

/// In the table's order.
pub fn by_position(table: &Table, count: usize) -> std::result::Result<Columns, Fault> {
    let takes: Vec<Column> = table.columns.iter().filter(|column| !column.generated).cloned().collect();
    if count > takes.len() {
        return Err(Fault::TooMany(count, takes.len()));
    }
    let filled: Vec<Column> = takes.into_iter().take(count).collect();
    check(table, &filled)?;
    Ok(Columns::new(table, filled))
}

/// A column that is left out is filled by itself, or takes null.
fn check(table: &Table, filled: &[Column]) -> std::result::Result<(), Fault> {
    if let Some(column) = filled.iter().find(|column| column.generated) {
        return Err(Fault::Generated(column.name.clone()));
    }
    let needed = table.columns.iter().filter(|column| {
        let is_filled = || filled.iter().any(|known| known.name == column.name);
        column.not_null && !column.has_default && !column.generated && !is_filled()
    });
    let missing: Vec<String> = needed.map(|column| column.name.clone()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Fault::Missing(missing))
}

impl Fault {
    /// Of all rows of a file.
    pub fn of_file(self, table: &str) -> Failure {
        let position = "--by-position takes columns in the table's order.";
        match self {
            Fault::Unknown(name, near) => {
                let near = near.map_or(String::new(), |near| format!("Did it mean '{near}'? "));
                Failure::work(format!("the file has a column '{name}', which '{table}' has not"))
                    .hint(format!("{near}{position}"))
            }
            Fault::Twice(name) => Failure::work(format!("the file has two columns for '{name}'")),
            Fault::Generated(name) => {
                Failure::work(format!("column '{name}' is generated and cannot be loaded"))
            }
            Fault::Missing(names) => {
                Failure::work(format!("the file has no column {}, which '{table}' needs", names.join(", ")))
                    .hint("Such a column takes no null and has no default.")
            }
            Fault::TooMany(given, taken) => {
                Failure::work(format!("the file has {given} columns, and '{table}' takes {taken}"))
            }
        }
    }

    /// Of one row, in the words of `dfa.ingest`: the column to blame, and the reason.
    pub fn of_row(&self) -> (Option<&str>, String) {
        match self {
            Fault::Unknown(name, near) => {
                let near = near.as_ref().map_or(String::new(), |near| format!("; did you mean '{near}'?"));
                (Some(name), format!("the table has no column '{name}'{near}"))
            }
            Fault::Twice(name) => (Some(name), format!("column '{name}' is given twice")),
            Fault::Generated(name) => (Some(name), "the database makes the value of this column".to_owned()),
            Fault::Missing(names) => (names.first().map(String::as_str), "is missing".to_owned()),
            Fault::TooMany(given, taken) => (None, format!("has {given} values, and {taken} belong there")),
        }
    }
}
