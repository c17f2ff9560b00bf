//! What goes from the reading thread to the sending session.

use super::columns::Mapping;
use crate::failure::Result;
use bytes::{BufMut, BytesMut};
use serde_json::{json, Value};
use std::fmt;

/// Rows in a batch: enough to make round trips cheap, few enough to keep memory flat.
pub const ROWS: usize = 4096;

/// A row that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Line of a text file or row of a Parquet file, from 1.
    pub place: Place,
    pub column: Option<String>,
    pub value: Option<String>,
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Line(u64),
    Row(u64),
}

impl fmt::Display for Reject {
    /// `line 1032: column quantity: 'abc' is not an integer`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Place::Line(number) => write!(f, "line {number}: ")?,
            Place::Row(number) => write!(f, "row {number}: ")?,
        }
        if let Some(column) = &self.column {
            write!(f, "column {column}: ")?;
        }
        if let Some(value) = &self.value {
            write!(f, "'{}' ", shortened(value))?;
        }
        f.write_str(&self.reason)
    }
}

impl Reject {
    pub fn to_json(&self) -> Value {
        let (kind, number) = match self.place {
            Place::Line(number) => ("line", number),
            Place::Row(number) => ("row", number),
        };
        json!({ kind: number, "column": self.column, "value": self.value, "reason": self.reason })
    }
}

fn shortened(value: &str) -> String {
    match value.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

/// A value that only the server can judge.
#[derive(Debug)]
pub struct Unsure {
    /// Row within the batch.
    pub row: usize,
    /// Column within the mapping.
    pub column: usize,
    pub value: String,
}

/// Encoded rows.
#[derive(Debug, Default)]
pub struct Batch {
    pub bytes: BytesMut,
    /// Where each row ends in `bytes`.
    pub ends: Vec<usize>,
    /// Where each row stands in the file.
    pub places: Vec<Place>,
    pub unsure: Vec<Unsure>,
    pub rejects: Vec<Reject>,
    /// First and last day of the rows by the column that dates the table, as `YYYY-MM-DD`.
    pub days: Option<(String, String)>,
}

impl Batch {
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty() && self.rejects.is_empty()
    }

    pub fn is_full(&self) -> bool {
        self.ends.len() + self.rejects.len() >= ROWS
    }

    /// The row that began at `start` is whole.
    pub fn end_row(&mut self, place: Place) {
        self.ends.push(self.bytes.len());
        self.places.push(place);
    }

    /// Takes back what was written of a row since `start`.
    pub fn refuse_row(&mut self, start: usize, reject: Reject) {
        self.bytes.truncate(start);
        let row = self.ends.len();
        self.unsure.retain(|unsure| unsure.row != row);
        self.rejects.push(reject);
    }

    /// A day of the column that dates the table.
    pub fn see_day(&mut self, day: &str) {
        match &mut self.days {
            Some((first, last)) => {
                if day < first.as_str() {
                    day.clone_into(first);
                }
                if day > last.as_str() {
                    day.clone_into(last);
                }
            }
            None => self.days = Some((day.to_owned(), day.to_owned())),
        }
    }

    /// Drops rows that the server would refuse.
    pub fn drop_rows(&mut self, rows: &std::collections::BTreeSet<usize>) {
        let mut kept = BytesMut::with_capacity(self.bytes.len());
        let mut ends = Vec::with_capacity(self.ends.len());
        let mut start = 0;
        for (row, end) in self.ends.iter().copied().enumerate() {
            if !rows.contains(&row) {
                kept.put_slice(&self.bytes[start..end]);
                ends.push(kept.len());
            }
            start = end;
        }
        self.bytes = kept;
        self.ends = ends;
    }
}

/// Reads a file batch by batch, in a thread of its own.
pub trait Producer: Send {
    /// The columns of the file.
    fn mapping(&self) -> &Mapping;

    /// Whether batches are in COPY's binary format.
    fn is_binary(&self) -> bool;

    /// The next rows; an empty batch ends the file.
    fn next(&mut self) -> Result<Batch>;
}
