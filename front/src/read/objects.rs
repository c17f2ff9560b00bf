//! CSV with a heading as JSON objects, for doors that take JSON in the end.

use super::csv::{Dialect, Reader, Record};
use super::Malformed;
use serde_json::Value;
use std::io::{self, Read};

/// The rows of a CSV: each value is a JSON text, an empty one without quotes is null.
pub struct Objects<R> {
    reader: Reader<R>,
    record: Record,
    /// The names of the columns as JSON texts; `None` before the heading is read.
    names: Option<Vec<String>>,
}

impl<R: Read> Objects<R> {
    pub fn new(text: R) -> Self {
        Objects { reader: Reader::new(text, Dialect::default()), record: Record::default(), names: None }
    }

    /// Puts the text of the next object into `row`; `false` at the end.
    pub fn next(&mut self, row: &mut String) -> io::Result<bool> {
        if self.names.is_none() {
            let has_heading = self.reader.read(&mut self.record)?;
            let names = if has_heading { heading(&self.record)? } else { Vec::new() };
            self.reader.blank_is_row = names.len() == 1;
            self.names = Some(names);
        }
        let names = self.names.as_deref().unwrap_or_default();
        if !self.reader.read(&mut self.record)? {
            return Ok(false);
        }
        let record = &self.record;
        if record.len() != names.len() {
            let plural = if record.len() == 1 { "" } else { "s" };
            let what = format!("has {} value{plural}, and the heading has {}", record.len(), names.len());
            return Err(Malformed::new(record.line, what, "").into());
        }
        row.clear();
        for (index, (name, value)) in names.iter().zip(record.values()?).enumerate() {
            row.push(if index == 0 { '{' } else { ',' });
            row.push_str(name);
            row.push(':');
            match value.is_null() {
                true => row.push_str("null"),
                false => row.push_str(&Value::from(value.text).to_string()),
            }
        }
        row.push('}');
        Ok(true)
    }
}

fn heading(record: &Record) -> io::Result<Vec<String>> {
    let names: Vec<&str> = record.values()?.map(|value| value.text.trim()).collect();
    if let Some((_, twice)) = names.iter().enumerate().find(|(index, name)| names[..*index].contains(name)) {
        let what = format!("the heading has two columns '{twice}'");
        return Err(Malformed::new(record.line, what, "").into());
    }
    Ok(names.into_iter().map(|name| Value::from(name).to_string()).collect())
}
