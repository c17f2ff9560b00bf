//! What a retention says of each table.

use crate::duration::{interval, seconds};
use crate::error::{plural, Result};
use pgrx::prelude::*;
use std::time::Duration;

/// The columns of the answer of `dfa.run_retention`.
pub type Row = (String, Option<Date>, i64, Option<String>, i64, i32, String, Interval);

/// What became of a table.
#[derive(Debug, Clone)]
pub struct TableReport {
    pub table: String,
    pub outcome: Trimmed,
    pub status: i32,
    pub message: String,
    pub duration: Duration,
}

/// What was done to the rows of a table.
#[derive(Debug, Clone, Default)]
pub struct Trimmed {
    /// Rows before this day went, `YYYY-MM-DD`; `None`: it keeps all.
    pub cut: Option<String>,
    pub rows: u64,
    /// Whole partitions were dropped unread: the number of rows is that of the statistics.
    pub about: bool,
    pub partitions: usize,
    /// Where they were copied first, as `schema.table`.
    pub backup: Option<String>,
    pub backup_rows: u64,
    pub notes: Vec<String>,
}

impl Trimmed {
    /// `Success: Retention 'x' with logging value (…)`, and a line for the backup and for each note.
    pub fn message(&self, table: &str, elapsed: Duration) -> String {
        let Some(cut) = &self.cut else { return self.notes.join("\n") };
        let about = if self.about { "about " } else { "" };
        let mut text = format!(
            "Success: Retention '{table}' with logging value ({about}{} row{} before {cut}, {} sec)",
            self.rows,
            plural(self.rows),
            seconds(elapsed)
        );
        if self.partitions > 0 {
            text.push_str(&format!(
                "\n{} partition{} went as a whole",
                self.partitions,
                plural(self.partitions as u64)
            ));
        }
        if let Some(backup) = &self.backup {
            text.push_str(&format!(
                "\nSuccess: Backup '{table}' to '{backup}' with logging value ({about}{} row{})",
                self.backup_rows,
                plural(self.backup_rows)
            ));
        }
        for note in &self.notes {
            text.push('\n');
            text.push_str(note);
        }
        text
    }
}

impl TableReport {
    pub fn into_tuple(self) -> Result<Row> {
        let cut = self.outcome.cut.as_deref().and_then(|text| text.parse().ok());
        let count = |rows: u64| i64::try_from(rows).unwrap_or(i64::MAX);
        Ok((
            self.table,
            cut,
            count(self.outcome.rows),
            self.outcome.backup,
            count(self.outcome.backup_rows),
            self.status,
            self.message,
            interval(self.duration),
        ))
    }
}
