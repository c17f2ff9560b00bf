//! CSV and its kin.

use super::batch::{Batch, Place, Producer, Reject};
use super::columns::{by_name, by_position, Columns};
use super::options::{Extra, Header, Options};
use super::table::Table;
use super::text_rows;
use crate::failure::{Failure, Result};
use crate::read::csv::{Dialect, Reader, Record, Value};
use std::io::Read;
use std::sync::Arc;

pub struct Records {
    reader: Reader<Box<dyn Read + Send>>,
    columns: Arc<Columns>,
    /// A first record that was no header.
    first: Option<Record>,
    delimiter: String,
    extra: Extra,
    null: Option<String>,
    force_null: bool,
}

impl Records {
    /// Reads the header, or the first row, and finds the columns.
    pub fn open(source: Box<dyn Read + Send>, table: &Table, options: &Options) -> Result<Self> {
        let dialect = Dialect { delimiter: options.delimiter, quote: options.quote };
        let mut reader = Reader::new(source, dialect);
        let mut first = Record::default();
        let (columns, first) = if reader.read(&mut first)? {
            let names: Vec<&str> = first.values()?.map(|value| value.text.trim()).collect();
            let is_header = match options.header {
                Header::Yes => true,
                Header::No => false,
                Header::Infer => names.iter().any(|name| table.has(name)),
            };
            let columns = if is_header && !options.by_position {
                by_name(table, names.iter().copied())
            } else {
                by_position(table, names.len())
            };
            let columns =
                columns.map_err(|fault| one_column(fault.of_file(&table.name), &names, options.delimiter))?;
            (columns, (!is_header).then_some(first))
        } else {
            let takes = table.columns.iter().filter(|column| !column.generated).count();
            (by_position(table, takes).map_err(|fault| fault.of_file(&table.name))?, None)
        };
        reader.blank_is_row = columns.filled.len() == 1;
        Ok(Records {
            reader,
            columns: Arc::new(columns),
            first,
            delimiter: options.delimiter.to_string(),
            extra: options.extra,
            null: options.null.clone(),
            force_null: options.force_null,
        })
    }

    fn push(&self, batch: &mut Batch, record: &Record) -> Result<()> {
        let place = Place::Line(record.line);
        let (given, wanted) = (record.len(), self.columns.filled.len());
        if given < wanted || (given > wanted && self.extra == Extra::Error) {
            let reason =
                format!("has {given} value{}, and {wanted} belong there", if given == 1 { "" } else { "s" });
            batch.refuse(Reject::new(place, None, None, reason));
            return Ok(());
        }
        if given == wanted {
            text_rows::push(batch, &self.columns, place, record.values()?.map(|value| self.present(value)));
            return Ok(());
        }
        // What the delimiter split off the last value goes back to it.
        let last: Vec<&str> = record.values()?.skip(wanted - 1).map(|value| value.text).collect();
        let last = last.join(&self.delimiter);
        let values = record.values()?.take(wanted - 1).map(|value| self.present(value));
        text_rows::push(batch, &self.columns, place, values.chain([Some(last.as_str())]));
        Ok(())
    }

    fn present<'v>(&self, value: Value<'v>) -> Option<&'v str> {
        let is_null = (value.text.is_empty() || self.null.as_deref() == Some(value.text))
            && (!value.quoted || self.force_null);
        (!is_null).then_some(value.text)
    }
}

/// A file with one column is one with another delimiter.
fn one_column(failure: Failure, names: &[&str], delimiter: char) -> Failure {
    let [only] = names else { return failure };
    let other =
        [';', '\t', '|', ',', ':'].into_iter().find(|other| *other != delimiter && only.contains(*other));
    let Some(other) = other else { return failure };
    let shown = if other == '\t' { "\\t".to_owned() } else { other.to_string() };
    let only: String = only.chars().take(200).collect();
    failure
        .detail(format!("With the delimiter '{delimiter}' the file has one column: '{only}'."))
        .hint(format!("Is the delimiter another? --delimiter '{shown}'"))
}

impl Producer for Records {
    fn is_binary(&self) -> bool {
        false
    }

    fn next(&mut self) -> Result<Batch> {
        let mut batch = Batch::default();
        if let Some(first) = self.first.take() {
            self.push(&mut batch, &first)?;
        }
        let mut record = Record::default();
        while !batch.is_full() && self.reader.read(&mut record)? {
            self.push(&mut batch, &record)?;
        }
        Ok(batch)
    }
}
