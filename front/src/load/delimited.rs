//! CSV and its kin.

use super::batch::{Batch, Place, Producer, Reject};
use super::columns::{by_name, by_position, Mapping};
use super::options::{Extra, Header, Options};
use super::table::Table;
use super::text_rows::TextRows;
use crate::failure::{Failure, Result};
use csv::StringRecord;
use std::io::Read;

/// Stands for a delimiter that is no ASCII character, of which the parser takes only one byte.
const STAND_IN: char = '\u{1f}';

pub struct Records {
    reader: csv::Reader<Box<dyn Read + Send>>,
    rows: TextRows,
    /// A first record that was no header.
    first: Option<StringRecord>,
    delimiter: char,
    wide: bool,
    extra: Extra,
    null: Option<String>,
}

impl Records {
    /// Reads the header, or the first row, and finds the columns.
    pub fn open(source: Box<dyn Read + Send>, table: &Table, options: &Options) -> Result<Self> {
        let wide = !options.delimiter.is_ascii();
        let source = if wide { Box::new(Replace::new(source, options.delimiter)) } else { source };
        let delimiter = if wide { STAND_IN } else { options.delimiter };
        let mut builder = csv::ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(delimiter as u8).quoting(options.quote.is_some());
        if let Some(quote) = options.quote {
            builder.quote(quote);
        }
        let mut reader = builder.from_reader(source);
        let mut first = StringRecord::new();
        if !read(&mut reader, &mut first)? {
            let mapping =
                by_position(table, table.columns.iter().filter(|column| !column.generated).count())?;
            return Ok(Records::new(reader, table, mapping, None, options, wide));
        }
        let names: Vec<String> = first.iter().map(|name| name.trim().to_owned()).collect();
        let is_header = match options.header {
            Header::Yes => true,
            Header::No => false,
            Header::Infer => names
                .iter()
                .any(|name| table.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name))),
        };
        let mapping = if is_header && !options.by_position {
            by_name(table, &names)?
        } else {
            by_position(table, names.len())?
        };
        let first = (!is_header).then_some(first);
        Ok(Records::new(reader, table, mapping, first, options, wide))
    }

    fn new(
        reader: csv::Reader<Box<dyn Read + Send>>,
        table: &Table,
        mapping: Mapping,
        first: Option<StringRecord>,
        options: &Options,
        wide: bool,
    ) -> Self {
        Records {
            reader,
            rows: TextRows::new(table, mapping),
            first,
            delimiter: options.delimiter,
            wide,
            extra: options.extra,
            null: options.null.clone(),
        }
    }

    fn push(&self, batch: &mut Batch, record: &StringRecord) {
        let place = Place::Line(record.position().map_or(0, csv::Position::line));
        let wanted = self.rows.mapping.len();
        if record.len() < wanted || (record.len() > wanted && self.extra == Extra::Error) {
            let reason = format!(
                "has {} value{}, and {wanted} belong there",
                record.len(),
                if record.len() == 1 { "" } else { "s" }
            );
            let start = batch.bytes.len();
            return batch.refuse_row(start, Reject { place, column: None, value: None, reason });
        }
        // What the parser split off the last value goes back to it.
        let surplus = (record.len() > wanted)
            .then(|| record.iter().skip(wanted - 1).collect::<Vec<_>>().join(&self.delimiter.to_string()));
        let restored: Vec<String> = if self.wide {
            record.iter().map(|value| value.replace(STAND_IN, &self.delimiter.to_string())).collect()
        } else {
            Vec::new()
        };
        let mut values: Vec<&str> =
            if self.wide { restored.iter().map(String::as_str).collect() } else { record.iter().collect() };
        if let Some(surplus) = &surplus {
            values.truncate(wanted - 1);
            values.push(surplus);
        }
        let values: Vec<Option<&str>> = values.into_iter().map(|value| self.present(value)).collect();
        self.rows.push(batch, place, &values);
    }

    fn present<'v>(&self, value: &'v str) -> Option<&'v str> {
        (!value.is_empty() && self.null.as_deref() != Some(value)).then_some(value)
    }
}

impl Producer for Records {
    fn mapping(&self) -> &Mapping {
        &self.rows.mapping
    }

    fn is_binary(&self) -> bool {
        false
    }

    fn next(&mut self) -> Result<Batch> {
        let mut batch = Batch::default();
        if let Some(first) = self.first.take() {
            self.push(&mut batch, &first);
        }
        let mut record = StringRecord::new();
        while !batch.is_full() && read(&mut self.reader, &mut record)? {
            self.push(&mut batch, &record);
        }
        Ok(batch)
    }
}

fn read(reader: &mut csv::Reader<Box<dyn Read + Send>>, record: &mut StringRecord) -> Result<bool> {
    reader.read_record(record).map_err(|error| {
        let line = error.position().map_or_else(|| reader.position().line(), csv::Position::line);
        Failure::work(format!("line {line}: {error}")).hint("Is the encoding right? See --encoding.")
    })
}

/// Puts the stand-in where a wide delimiter stands.
struct Replace {
    source: Box<dyn Read + Send>,
    from: Vec<u8>,
    pending: Vec<u8>,
    ready: Vec<u8>,
    at: usize,
}

impl Replace {
    fn new(source: Box<dyn Read + Send>, from: char) -> Self {
        Replace { source, from: from.to_string().into_bytes(), pending: Vec::new(), ready: Vec::new(), at: 0 }
    }

    /// Takes the next piece; the end of it may be the beginning of a delimiter and waits.
    fn refill(&mut self) -> std::io::Result<()> {
        let mut piece = vec![0; 1 << 16];
        let length = self.source.read(&mut piece)?;
        self.pending.extend_from_slice(&piece[..length]);
        self.ready.clear();
        self.at = 0;
        let keep = if length == 0 { 0 } else { self.from.len() - 1 };
        let mut at = 0;
        while at + keep < self.pending.len() {
            if self.pending[at..].starts_with(&self.from) {
                self.ready.push(STAND_IN as u8);
                at += self.from.len();
            } else {
                self.ready.push(self.pending[at]);
                at += 1;
            }
        }
        self.pending.drain(..at.min(self.pending.len()));
        if self.ready.is_empty() && length > 0 {
            return self.refill();
        }
        Ok(())
    }
}

impl Read for Replace {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.ready.len() {
            self.refill()?;
        }
        let length = buffer.len().min(self.ready.len() - self.at);
        buffer[..length].copy_from_slice(&self.ready[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_delimiter_is_replaced_across_pieces() {
        struct Bytewise(std::vec::IntoIter<u8>);
        impl Read for Bytewise {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                Ok(self.0.next().map_or(0, |byte| {
                    buffer[0] = byte;
                    1
                }))
            }
        }
        let text = "a¦b©¦ü".as_bytes().to_vec();
        let mut found = String::new();
        Replace::new(Box::new(Bytewise(text.into_iter())), '¦').read_to_string(&mut found).unwrap();
        assert_eq!(found, "a\u{1f}b©\u{1f}ü");
    }
}
