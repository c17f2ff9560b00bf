//! Parquet: binary COPY where every column takes its values as they are, text otherwise.

use super::batch::{Batch, Place, Producer, Reject};
use super::binary::{as_text, dated, fits, write};
use super::columns::{by_name, by_position, Columns};
use super::options::Options;
use super::table::Table;
use super::text_rows;
use crate::failure::{Failure, Result};
use crate::read::parquet::{cells, is_readable, text_of, Cell, Cells, Rows};
use crate::read::Input;
use bytes::BufMut;
use indicatif::ProgressBar;
use std::fs::File;
use std::sync::Arc;

struct Records {
    rows: Rows,
    columns: Arc<Columns>,
    binary: bool,
    bar: ProgressBar,
}

/// Opens a file and finds its columns.
pub fn open(
    input: &Input,
    file: File,
    table: &Table,
    options: &Options,
    bar: &ProgressBar,
) -> Result<Box<dyn Producer>> {
    let rows = Rows::open(file, super::batch::ROWS).map_err(|error| input.wrong(&error))?;
    let fields = rows.schema.fields();
    let columns = match options.by_position {
        true => by_position(table, fields.len()),
        false => by_name(table, fields.iter().map(|field| field.name().as_str())),
    };
    let columns = columns.map_err(|fault| fault.of_file(&table.name))?;
    let mut pairs = fields.iter().zip(&columns.filled);
    if let Some((field, column)) = pairs.find(|(field, _)| !is_readable(field.data_type())) {
        let what = format!(
            "column '{}' of the file is {}, which has no place in '{}'",
            field.name(),
            field.data_type(),
            column.name
        );
        return Err(Failure::work(what).hint("Leave it out, or write it as text."));
    }
    bar.set_length(rows.count);
    let binary = fields.iter().zip(&columns.filled).all(|(field, column)| fits(field.data_type(), column));
    Ok(Box::new(Records { rows, columns: Arc::new(columns), binary, bar: bar.clone() }))
}

impl Producer for Records {
    fn is_binary(&self) -> bool {
        self.binary
    }

    fn next(&mut self) -> Result<Batch> {
        let mut batch = Batch::default();
        let before = self.rows.read;
        let Some(record) = self.rows.next().map_err(Failure::work)? else {
            return Ok(batch);
        };
        let values: Vec<Cells<'_>> = record.columns().iter().map(|array| cells(array.as_ref())).collect();
        for index in 0..record.num_rows() {
            let place = Place::Row(before + index as u64 + 1);
            if self.binary {
                self.push_binary(&mut batch, place, &values, index);
            } else {
                self.push_text(&mut batch, place, &values, index);
            }
        }
        self.bar.set_position(self.rows.read);
        Ok(batch)
    }
}

impl Records {
    fn push_text(&self, batch: &mut Batch, place: Place, values: &[Cells<'_>], index: usize) {
        let mut texts = Vec::with_capacity(values.len());
        for (column, value) in self.columns.filled.iter().zip(values) {
            let cell = value(index);
            match as_text(&cell, column) {
                Ok(text) => texts.push(text),
                Err(reason) => {
                    let value = text_of(&cell);
                    return batch.refuse(Reject::new(place, Some(&column.name), Some(&value), reason));
                }
            }
        }
        text_rows::push(batch, &self.columns, place, texts.iter().map(Option::as_deref));
    }

    fn push_binary(&self, batch: &mut Batch, place: Place, values: &[Cells<'_>], index: usize) {
        let part = batch.part(&self.columns);
        let mut dated_by = None;
        part.bytes.put_i16(i16::try_from(values.len()).unwrap_or(i16::MAX));
        for (number, (column, value)) in self.columns.filled.iter().zip(values).enumerate() {
            let cell = value(index);
            if cell == Cell::Null {
                if column.not_null {
                    part.undo_row();
                    let reason = "a value is missing, and the column takes no null";
                    return batch.rejects.push(Reject::new(place, Some(&column.name), None, reason));
                }
                part.bytes.put_i32(-1);
                continue;
            }
            if let Err(reason) = write(&cell, column, &mut part.bytes) {
                part.undo_row();
                let value = text_of(&cell);
                return batch.rejects.push(Reject::new(place, Some(&column.name), Some(&value), reason));
            }
            if self.columns.dated == Some(number) {
                dated_by = dated(&cell, column);
            }
        }
        part.end_row(place, dated_by);
    }
}
