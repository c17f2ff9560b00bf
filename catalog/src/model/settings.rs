//! How a table runs, and how long it keeps its rows.

use super::words::{spelling, Words};
use super::Place;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Retention {
    pub place: Place,
    pub column: Option<String>,
    pub months: u32,
    pub backup: Option<Backup>,
}

/// What a retention copies before rows go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backup {
    /// The whole table; the copy is replaced each time.
    Table,
    /// The rows that go; the archive grows.
    Rows,
}

impl Backup {
    pub const WORDS: Words<Option<Backup>> = &[
        ("rows", Some(Backup::Rows)),
        ("table", Some(Backup::Table)),
        ("y", Some(Backup::Table)),
        ("n", None),
        ("none", None),
    ];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RunType {
    #[default]
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

impl RunType {
    pub const WORDS: Words<RunType> = &[
        ("daily", RunType::Daily),
        ("weekly", RunType::Weekly),
        ("monthly", RunType::Monthly),
        ("yearly", RunType::Yearly),
    ];

    pub fn as_str(self) -> &'static str {
        spelling(RunType::WORDS, self)
    }
}

/// What the rows of a table are, which decides how its retention counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TableType {
    Master,
    Transaction,
    Report,
    Adjustment,
    #[default]
    Undefined,
}

impl TableType {
    pub const WORDS: Words<TableType> = &[
        ("master", TableType::Master),
        ("transaction", TableType::Transaction),
        ("report", TableType::Report),
        ("adjustment", TableType::Adjustment),
        ("undefined", TableType::Undefined),
    ];

    pub fn as_str(self) -> &'static str {
        spelling(TableType::WORDS, self)
    }

    /// As a row of the watermarks says it, where people write what they like.
    pub fn of_text(text: &str) -> TableType {
        let found = TableType::WORDS.iter().find(|(word, _)| *word == text);
        found.map_or(TableType::Undefined, |(_, known)| *known)
    }
}

/// Key `run` of a table: how its watermark is made at setup.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunSettings {
    pub run_type: Option<RunType>,
    pub quota: Option<u32>,
    pub table_type: Option<TableType>,
    /// Wait, before reading, for transactions that write a source; on unless switched off.
    pub wait_for_writers: Option<bool>,
}
