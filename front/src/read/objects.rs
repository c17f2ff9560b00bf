//! CSV with a heading as JSON objects, for doors that take JSON in the end.

use super::csv::{Dialect, Reader, Record};
use super::Malformed;
use serde::de::IgnoredAny;
use serde_json::Value;
use std::io::{self, Read};

/// The rows of a CSV: each value is a JSON text, but for columns of JSON; an empty one without quotes is null.
pub struct Objects<R> {
    reader: Reader<R>,
    record: Record,
    /// Columns whose values are JSON, as COPY would read them.
    json: Vec<String>,
    /// `None` before the heading is read.
    names: Option<Vec<Name>>,
}

/// The name of a column.
struct Name {
    /// As a JSON text.
    quoted: String,
    is_json: bool,
}

impl<R: Read> Objects<R> {
    pub fn new(text: R, json: Vec<String>) -> Self {
        Objects {
            reader: Reader::new(text, Dialect::default()),
            record: Record::default(),
            json,
            names: None,
        }
    }

    /// The line on which the last row began.
    pub fn line(&self) -> u64 {
        self.record.line
    }

    /// Puts the text of the next object into `row`; `false` at the end.
    pub fn next(&mut self, row: &mut String) -> io::Result<bool> {
        if self.names.is_none() {
            let has_heading = self.reader.read(&mut self.record)?;
            let names = if has_heading { heading(&self.record, &self.json)? } else { Vec::new() };
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
            row.push_str(&name.quoted);
            row.push(':');
            match (value.is_null(), name.is_json) {
                (true, _) => row.push_str("null"),
                (_, true) => row.push_str(document(value.text, name, record.line)?),
                _ => row.push_str(&Value::from(value.text).to_string()),
            }
        }
        row.push('}');
        Ok(true)
    }
}

/// A value that is JSON by itself.
fn document<'v>(text: &'v str, name: &Name, line: u64) -> io::Result<&'v str> {
    match serde_json::from_str::<IgnoredAny>(text) {
        // A null of JSON is none of SQL, as which it would be read.
        Ok(_) if text.trim() == "null" => {
            Err(Malformed::new(line, format!("column {}: a JSON null has no place here", name.quoted), "")
                .into())
        }
        Ok(_) => Ok(text),
        Err(error) => {
            let shown: String = text.chars().take(60).collect();
            let what = format!("column {}: '{shown}' is not JSON: {error}", name.quoted);
            Err(Malformed::new(line, what, "").into())
        }
    }
}

fn heading(record: &Record, json: &[String]) -> io::Result<Vec<Name>> {
    let names: Vec<&str> = record.values()?.map(|value| value.text.trim()).collect();
    if let Some((_, twice)) = names.iter().enumerate().find(|(index, name)| names[..*index].contains(name)) {
        let what = format!("the heading has two columns '{twice}'");
        return Err(Malformed::new(record.line, what, "").into());
    }
    let name = |name: &str| Name {
        quoted: Value::from(name).to_string(),
        is_json: json.iter().any(|known| known == name),
    };
    Ok(names.into_iter().map(name).collect())
}
