//! Parquet: batches of Arrow arrays, and each value as a [`Cell`].

mod cell;
mod json;
mod text;

pub use cell::{cells, Cell, Cells};
pub use json::{object, quoted};
pub use text::text_of;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, Fields, Schema, TimeUnit};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Type as Physical;
use parquet::errors::ParquetError;
use std::fs::File;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Arc;

/// The rows of a file.
pub struct Rows {
    reader: ParquetRecordBatchReader,
    pub schema: Arc<Schema>,
    pub count: u64,
    /// Rows read so far.
    pub read: u64,
}

impl Rows {
    /// Opens a file for batches of so many rows.
    pub fn open(file: File, batch: usize) -> Result<Self, ParquetError> {
        // Plain types are enough: what Arrow itself noted in the file (dictionaries, large strings) is left out.
        let plain = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let metadata = ArrowReaderMetadata::load(&file, plain)?;
        let noted = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).ok();
        let wanted = wanted(&metadata, noted.as_ref().map(|noted| noted.schema().as_ref()));
        let metadata = ArrowReaderMetadata::try_new(
            metadata.metadata().clone(),
            ArrowReaderOptions::new().with_schema(Arc::new(wanted)),
        )?;
        let count = u64::try_from(metadata.metadata().file_metadata().num_rows()).unwrap_or(0);
        let schema = metadata.schema().clone();
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
        Ok(Rows { reader: builder.with_batch_size(batch).build()?, schema, count, read: 0 })
    }

    /// The next rows; the reason where there are more, and they cannot be read.
    pub fn next(&mut self) -> Result<Option<RecordBatch>, String> {
        // A damaged file is no reason to show a backtrace.
        let next = catch_unwind(AssertUnwindSafe(|| self.reader.next().transpose()));
        let next = next.map_err(|_| format!("after row {}: the file is damaged", self.read))?;
        let batch = next.map_err(|error| format!("after row {}: {error}", self.read))?;
        self.read += batch.as_ref().map_or(0, |batch| batch.num_rows() as u64);
        Ok(batch)
    }
}

/// The types to read as: plain ones, but for two. INT96 in microseconds, since nanoseconds reach to the year 2262 alone, and
/// as instants, as Spark writes them; durations, which only Arrow's note tells from integers.
fn wanted(metadata: &ArrowReaderMetadata, noted: Option<&Schema>) -> Schema {
    let columns = metadata.parquet_schema();
    let mut has_int96 = vec![false; metadata.schema().fields().len()];
    for (leaf, column) in columns.columns().iter().enumerate() {
        if column.physical_type() == Physical::INT96 {
            has_int96[columns.get_column_root_idx(leaf)] = true;
        }
    }
    let fields = metadata.schema().fields().iter().zip(has_int96).map(|(field, has_int96)| {
        let noted = noted.and_then(|noted| noted.field_with_name(field.name()).ok()).map(Field::data_type);
        let data_type = match (field.data_type(), noted) {
            (DataType::Int64, Some(DataType::Duration(unit))) => DataType::Duration(*unit),
            (data_type, _) if has_int96 => micros(data_type),
            (data_type, _) => data_type.clone(),
        };
        field.as_ref().clone().with_data_type(data_type)
    });
    Schema::new_with_metadata(fields.collect::<Fields>(), metadata.schema().metadata().clone())
}

/// Timestamps of INT96, at any depth, in microseconds.
fn micros(data_type: &DataType) -> DataType {
    let inner =
        |field: &Arc<Field>| Arc::new(field.as_ref().clone().with_data_type(micros(field.data_type())));
    match data_type {
        DataType::Timestamp(TimeUnit::Nanosecond, None) => {
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
        }
        DataType::List(field) => DataType::List(inner(field)),
        DataType::Map(field, sorted) => DataType::Map(inner(field), *sorted),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(inner).collect()),
        other => other.clone(),
    }
}

/// Whether values of a type can be read at all.
pub fn is_readable(data_type: &DataType) -> bool {
    match data_type {
        DataType::List(field) | DataType::Map(field, _) => is_readable(field.data_type()),
        DataType::Struct(fields) => fields.iter().all(|field| is_readable(field.data_type())),
        DataType::Interval(_) => false,
        other => !other.is_nested(),
    }
}
