//! A table: its columns and keys, what fills it, and its first rows.

use super::{
    Audit, Column, Distribution, FileSource, Index, Limit, Place, Process, Retention, RunSettings, Script,
};
use crate::length::Length;

/// A table with the processes that fill it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    pub columns: Vec<Column>,
    pub primary_key: Vec<String>,
    /// A logical key that is not enforced: landed data has doubles.
    pub primary_key_dummy: Vec<String>,
    pub foreign_keys: Vec<ForeignKey>,
    pub indexes: Vec<Index>,
    pub partition: Option<Partition>,
    /// In the order in which they run: by priority, then as written.
    pub processes: Vec<Process>,
    pub initial: Option<Initial>,
    pub tests: Vec<Audit>,
    pub retention: Option<Retention>,
    pub run: RunSettings,
    pub tags: Vec<String>,
    pub owner: Option<String>,
    /// Tables that this one reads where lineage cannot see it.
    pub depends_on: Vec<String>,
    /// Days of late data to take again.
    pub lookback: Option<u32>,
    /// Seconds.
    pub timeout: Option<u32>,
    pub retries: Option<u32>,
    /// How old its data may be.
    pub fresh_within: Option<Length>,
    pub limits: Vec<Limit>,
    pub source: Option<Box<FileSource>>,
    pub distribution: Option<Box<Distribution>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    pub column: String,
    pub ref_table: String,
    /// `None`: the primary key of the table.
    pub ref_column: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartitionBy {
    Range,
    List,
    Hash,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    pub by: PartitionBy,
    pub columns: Vec<String>,
}

/// The first rows of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Initial {
    Statement(Script),
    /// Each row as SQL value text without or with its brackets, for [`Table::value_columns`].
    Values {
        place: Place,
        parameters: Vec<String>,
        rows: Vec<String>,
    },
    /// Paths below the set's `data/`.
    Files(Vec<String>),
}

impl Table {
    /// The columns that rows of `initial` give: those that do not fill themselves.
    pub fn value_columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| !column.fills_itself())
    }

    /// The processes of these names, in the order in which they run.
    pub fn chosen<'t>(&'t self, names: &'t [String]) -> impl Iterator<Item = &'t Process> {
        self.processes.iter().filter(|process| names.contains(&process.name))
    }

    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}
