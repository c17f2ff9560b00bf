//! NDJSON: an object per line; the first one's keys are the columns.

use super::batch::{Batch, Place, Producer, Reject};
use super::columns::{by_name, Mapping};
use super::options::Options;
use super::table::Table;
use super::text_rows::TextRows;
use crate::failure::{Failure, Result};
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};

/// Values as written, so that a number keeps all its digits.
type Object = HashMap<String, Box<RawValue>>;

pub struct Lines {
    reader: BufReader<Box<dyn Read + Send>>,
    rows: TextRows,
    /// The names that the file gives its columns.
    keys: Vec<String>,
    first: Option<(u64, Object)>,
    line: u64,
    null: Option<String>,
}

impl Lines {
    pub fn open(source: Box<dyn Read + Send>, table: &Table, options: &Options) -> Result<Self> {
        let mut reader = BufReader::with_capacity(1 << 18, source);
        let mut line = 0;
        let first = match next_line(&mut reader, &mut line)? {
            None => None,
            Some(text) => {
                let object: Object = serde_json::from_str(&text).map_err(|error| {
                    Failure::work(format!("line {line}: this is no JSON object: {error}"))
                })?;
                Some((line, object))
            }
        };
        let keys = first.as_ref().map_or_else(Vec::new, |(_, object)| {
            let mut keys: Vec<String> = object.keys().cloned().collect();
            keys.sort_unstable();
            keys
        });
        let mapping = by_name(table, &keys)?;
        Ok(Lines {
            reader,
            rows: TextRows::new(table, mapping),
            keys,
            first,
            line,
            null: options.null.clone(),
        })
    }

    fn push(&self, batch: &mut Batch, line: u64, object: &Object) {
        let place = Place::Line(line);
        if let Some(unknown) = object.keys().find(|key| !self.keys.contains(key)) {
            let reason = "is not among the columns of the first line".to_owned();
            let reject = Reject { place, column: Some(unknown.clone()), value: None, reason };
            let start = batch.bytes.len();
            return batch.refuse_row(start, reject);
        }
        let texts: Vec<Option<String>> =
            self.keys.iter().map(|key| object.get(key).and_then(|raw| text_of(raw))).collect();
        let values: Vec<Option<&str>> = texts
            .iter()
            .map(|text| text.as_deref().filter(|text| self.null.as_deref() != Some(*text)))
            .collect();
        self.rows.push(batch, place, &values);
    }
}

/// A text without its quotes; objects and lists stay JSON.
fn text_of(raw: &RawValue) -> Option<String> {
    match raw.get() {
        "null" => None,
        text if text.starts_with('"') => serde_json::from_str(text).ok(),
        other => Some(other.to_owned()),
    }
}

/// The next line that is not blank.
fn next_line(reader: &mut BufReader<Box<dyn Read + Send>>, line: &mut u64) -> Result<Option<String>> {
    let mut text = String::new();
    loop {
        text.clear();
        *line += 1;
        if reader.read_line(&mut text)? == 0 {
            return Ok(None);
        }
        if !text.trim().is_empty() {
            return Ok(Some(text));
        }
    }
}

impl Producer for Lines {
    fn mapping(&self) -> &Mapping {
        &self.rows.mapping
    }

    fn is_binary(&self) -> bool {
        false
    }

    fn next(&mut self) -> Result<Batch> {
        let mut batch = Batch::default();
        if let Some((line, object)) = self.first.take() {
            self.push(&mut batch, line, &object);
        }
        while !batch.is_full() {
            let Some(text) = next_line(&mut self.reader, &mut self.line)? else {
                break;
            };
            match serde_json::from_str::<Object>(&text) {
                Ok(object) => self.push(&mut batch, self.line, &object),
                Err(error) => {
                    let reason = format!("this is no JSON object: {error}");
                    let reject = Reject { place: Place::Line(self.line), column: None, value: None, reason };
                    let start = batch.bytes.len();
                    batch.refuse_row(start, reject);
                }
            }
        }
        Ok(batch)
    }
}
