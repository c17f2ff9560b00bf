//! Parquet: binary COPY where every column's type has a binary form, text otherwise.

use super::batch::{Batch, Place, Producer, Reject};
use super::columns::{by_name, by_position, Columns};
use super::options::Options;
use super::scalar::{dated, has_binary, text_of, write, Scalar};
use super::table::Table;
use super::text_rows;
use crate::failure::{Failure, Result};
use crate::read::Input;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float32Type, Float64Type, Int16Type, Int32Type, Int64Type, Int8Type,
    Time32MillisecondType, Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, UInt16Type, UInt32Type, UInt64Type, UInt8Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, TimeUnit};
use bytes::BufMut;
use indicatif::ProgressBar;
use parquet::arrow::arrow_reader::{
    ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use std::fs::File;
use std::sync::Arc;

struct Rows {
    reader: ParquetRecordBatchReader,
    columns: Arc<Columns>,
    binary: bool,
    row: u64,
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
    let wrong = |error: &dyn std::fmt::Display| input.wrong(error);
    // Plain types are enough: what Arrow itself noted in the file (dictionaries, large strings) is left out.
    let plain = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let builder =
        ParquetRecordBatchReaderBuilder::try_new_with_options(file, plain).map_err(|error| wrong(&error))?;
    let names: Vec<String> = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    let columns = match options.by_position {
        true => by_position(table, names.len()),
        false => by_name(table, names.iter().map(String::as_str)),
    };
    let columns = columns.map_err(|fault| fault.of_file(&table.name))?;
    for (field, column) in builder.schema().fields().iter().zip(&columns.filled) {
        if !is_scalar(field.data_type()) {
            let what = format!(
                "column '{}' of the file is {}, which has no place in '{}'",
                field.name(),
                field.data_type(),
                column.name
            );
            return Err(Failure::work(what).hint("Unnest it before the load."));
        }
    }
    bar.set_length(u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0));
    let reader = builder.with_batch_size(super::batch::ROWS).build().map_err(|error| wrong(&error))?;
    let binary = columns.filled.iter().all(|column| has_binary(&column.data_type));
    Ok(Box::new(Rows { reader, columns: Arc::new(columns), binary, row: 0, bar: bar.clone() }))
}

impl Producer for Rows {
    fn is_binary(&self) -> bool {
        self.binary
    }

    fn next(&mut self) -> Result<Batch> {
        let mut batch = Batch::default();
        let Some(record) = self.reader.next() else {
            return Ok(batch);
        };
        let record = record.map_err(|error| Failure::work(format!("after row {}: {error}", self.row)))?;
        let columns: Vec<Values<'_>> = record.columns().iter().map(|array| values(array.as_ref())).collect();
        for index in 0..record.num_rows() {
            let place = Place::Row(self.row + index as u64 + 1);
            if self.binary {
                self.push_binary(&mut batch, place, &record, &columns, index);
            } else {
                let texts: Vec<Option<String>> = columns
                    .iter()
                    .zip(record.columns())
                    .map(|(value, array)| (!array.is_null(index)).then(|| text_of(value(index))))
                    .collect();
                text_rows::push(&mut batch, &self.columns, place, texts.iter().map(Option::as_deref));
            }
        }
        self.row += record.num_rows() as u64;
        self.bar.set_position(self.row);
        Ok(batch)
    }
}

impl Rows {
    fn push_binary(
        &self,
        batch: &mut Batch,
        place: Place,
        record: &RecordBatch,
        columns: &[Values<'_>],
        index: usize,
    ) {
        let part = batch.part(&self.columns);
        let mut dated_by = None;
        part.bytes.put_i16(i16::try_from(columns.len()).unwrap_or(i16::MAX));
        for (number, (column, value)) in self.columns.filled.iter().zip(columns).enumerate() {
            if record.column(number).is_null(index) {
                if column.not_null {
                    part.undo_row();
                    let reason = "a value is missing, and the column takes no null";
                    return batch.rejects.push(Reject::new(place, Some(&column.name), None, reason));
                }
                part.bytes.put_i32(-1);
                continue;
            }
            let scalar = value(index);
            if let Err(reason) = write(scalar, column, &mut part.bytes) {
                part.undo_row();
                let value = text_of(scalar);
                return batch.rejects.push(Reject::new(place, Some(&column.name), Some(&value), reason));
            }
            if self.columns.dated == Some(number) {
                dated_by = dated(scalar, column);
            }
        }
        part.end_row(place, dated_by);
    }
}

/// The value at an index that is not null.
type Values<'a> = Box<dyn Fn(usize) -> Scalar<'a> + 'a>;

fn is_scalar(data_type: &DataType) -> bool {
    !data_type.is_nested()
        && !matches!(data_type, DataType::Interval(_) | DataType::Duration(_) | DataType::Decimal256(..))
}

fn values(array: &dyn Array) -> Values<'_> {
    macro_rules! integers {
        ($type:ty) => {{
            let values = array.as_primitive::<$type>().values();
            Box::new(move |index| Scalar::Int(i64::from(values[index])))
        }};
    }
    macro_rules! moments {
        ($type:ty, $make:expr) => {{
            let values = array.as_primitive::<$type>().values();
            Box::new(move |index| $make(i64::from(values[index])))
        }};
    }
    match array.data_type() {
        DataType::Boolean => {
            let values = array.as_boolean();
            Box::new(move |index| Scalar::Bool(values.value(index)))
        }
        DataType::Int8 => integers!(Int8Type),
        DataType::Int16 => integers!(Int16Type),
        DataType::Int32 => integers!(Int32Type),
        DataType::Int64 => integers!(Int64Type),
        DataType::UInt8 => integers!(UInt8Type),
        DataType::UInt16 => integers!(UInt16Type),
        DataType::UInt32 => integers!(UInt32Type),
        DataType::UInt64 => {
            let values = array.as_primitive::<UInt64Type>().values();
            Box::new(move |index| Scalar::UInt(values[index]))
        }
        DataType::Float32 => {
            let values = array.as_primitive::<Float32Type>().values();
            // By its own digits: 0.1 stays 0.1.
            Box::new(move |index| {
                Scalar::Float(values[index].to_string().parse().unwrap_or_else(|_| f64::from(values[index])))
            })
        }
        DataType::Float64 => {
            let values = array.as_primitive::<Float64Type>().values();
            Box::new(move |index| Scalar::Float(values[index]))
        }
        DataType::Decimal128(_, scale) => {
            let (values, scale) = (array.as_primitive::<Decimal128Type>().values(), *scale);
            Box::new(move |index| Scalar::Decimal(values[index], scale))
        }
        DataType::Utf8 => {
            let values = array.as_string::<i32>();
            Box::new(move |index| Scalar::Text(values.value(index)))
        }
        DataType::Date32 => {
            let values = array.as_primitive::<Date32Type>().values();
            Box::new(move |index| Scalar::Day(values[index]))
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            moments!(TimestampMillisecondType, |value: i64| Scalar::Moment(value.saturating_mul(1000)))
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => moments!(TimestampMicrosecondType, Scalar::Moment),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            moments!(TimestampNanosecondType, |value: i64| Scalar::Moment(value.div_euclid(1000)))
        }
        DataType::Time32(_) => moments!(Time32MillisecondType, |value: i64| Scalar::Time(value * 1000)),
        DataType::Time64(TimeUnit::Nanosecond) => {
            moments!(Time64NanosecondType, |value: i64| Scalar::Time(value / 1000))
        }
        DataType::Time64(_) => moments!(Time64MicrosecondType, Scalar::Time),
        DataType::FixedSizeBinary(_) => {
            let values = array.as_fixed_size_binary();
            Box::new(move |index| Scalar::Bytes(values.value(index)))
        }
        _ => {
            let values = array.as_binary::<i32>();
            Box::new(move |index| Scalar::Bytes(values.value(index)))
        }
    }
}
