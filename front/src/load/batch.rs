//! What goes from the reading thread to the sending session.

use super::columns::Columns;
use crate::failure::Result;
use bytes::{BufMut, BytesMut};
use serde_json::{json, Value};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// Rows in a batch: enough to make round trips cheap, few enough to keep memory flat.
pub const ROWS: usize = 4096;

/// A row that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Where several files are loaded.
    pub file: Option<Arc<str>>,
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

impl Place {
    /// The place so many rows further on.
    pub fn plus(self, rows: u64) -> Place {
        match self {
            Place::Line(number) => Place::Line(number + rows),
            Place::Row(number) => Place::Row(number + rows),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line(number) => write!(f, "line {number}"),
            Place::Row(number) => write!(f, "row {number}"),
        }
    }
}

impl fmt::Display for Reject {
    /// `line 1032: column quantity: 'abc' is not an integer`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}: ")?;
        }
        write!(f, "{}: ", self.place)?;
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
    /// A refusal of a row, of the column and value that are to blame.
    pub fn new(place: Place, column: Option<&str>, value: Option<&str>, reason: impl Into<String>) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Reject { file: None, place, column: owned(column), value: owned(value), reason: reason.into() }
    }

    pub fn to_json(&self) -> Value {
        let (kind, number) = match self.place {
            Place::Line(number) => ("line", number),
            Place::Row(number) => ("row", number),
        };
        let mut reject =
            json!({ kind: number, "column": self.column, "value": self.value, "reason": self.reason });
        if let Some(file) = &self.file {
            reject["file"] = file.as_ref().into();
        }
        reject
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
    /// Row within the part.
    pub row: usize,
    /// Column within the columns of the part.
    pub column: usize,
    pub value: String,
}

/// What dates a row, where it is known without the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dated {
    /// Days since 1970-01-01.
    Day(i64),
    /// Microseconds since 1970-01-01 00:00 UTC: of which day they are, the zone says.
    Instant(i64),
}

/// Encoded rows that give the same columns.
#[derive(Debug)]
pub struct Part {
    pub columns: Arc<Columns>,
    pub bytes: BytesMut,
    /// Where each row ends in `bytes`.
    pub ends: Vec<usize>,
    /// Where each row stands in the file.
    pub places: Vec<Place>,
    pub dated: Vec<Option<Dated>>,
    pub unsure: Vec<Unsure>,
}

impl Part {
    fn new(columns: Arc<Columns>) -> Self {
        Part {
            columns,
            bytes: BytesMut::new(),
            ends: Vec::new(),
            places: Vec::new(),
            dated: Vec::new(),
            unsure: Vec::new(),
        }
    }

    /// The row under way is whole.
    pub fn end_row(&mut self, place: Place, dated: Option<Dated>) {
        self.ends.push(self.bytes.len());
        self.places.push(place);
        self.dated.push(dated);
    }

    /// Takes back what was written of the row under way.
    pub fn undo_row(&mut self) {
        self.bytes.truncate(self.ends.last().copied().unwrap_or(0));
        let row = self.ends.len();
        self.unsure.retain(|unsure| unsure.row != row);
    }

    /// Drops rows that the server would refuse.
    pub fn drop_rows(&mut self, rows: &BTreeSet<usize>) {
        let mut kept = Part::new(self.columns.clone());
        let mut start = 0;
        for (row, end) in self.ends.iter().copied().enumerate() {
            if !rows.contains(&row) {
                kept.bytes.put_slice(&self.bytes[start..end]);
                kept.end_row(self.places[row], self.dated[row]);
            }
            start = end;
        }
        *self = kept;
    }
}

/// What is read at once, in the order of the file as far as its rows give the same columns.
#[derive(Debug, Default)]
pub struct Batch {
    pub parts: Vec<Part>,
    pub rejects: Vec<Reject>,
    rows: usize,
}

impl Batch {
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    pub fn is_full(&self) -> bool {
        self.rows >= ROWS
    }

    /// Counts a row, and returns the part that it belongs to.
    pub fn part(&mut self, columns: &Arc<Columns>) -> &mut Part {
        self.rows += 1;
        let at = match self.parts.iter().rposition(|part| Arc::ptr_eq(&part.columns, columns)) {
            Some(at) => at,
            None => {
                self.parts.push(Part::new(columns.clone()));
                self.parts.len() - 1
            }
        };
        &mut self.parts[at]
    }

    /// A row that does not get as far as a part.
    pub fn refuse(&mut self, reject: Reject) {
        self.rows += 1;
        self.rejects.push(reject);
    }
}

/// Reads a file batch by batch, in a thread of its own.
pub trait Producer: Send {
    /// Whether batches are in COPY's binary format.
    fn is_binary(&self) -> bool;

    /// The next rows; an empty batch ends the file.
    fn next(&mut self) -> Result<Batch>;
}
