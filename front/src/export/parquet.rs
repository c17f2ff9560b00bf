//! Parquet: numbers, truths, dates and moments as such; everything else as the text that Postgres writes.

use crate::db::{ident, Client};
use crate::failure::{Failure, Result};
use arrow_array::builder::{
    ArrayBuilder, BinaryBuilder, BooleanBuilder, Date32Builder, Decimal128Builder, Float32Builder,
    Float64Builder, Int16Builder, Int32Builder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use futures_util::StreamExt;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use postgres_protocol::types as binary;
use std::error::Error;
use std::fs::File;
use std::sync::Arc;
use tokio_postgres::binary_copy::BinaryCopyOutStream;
use tokio_postgres::types::{FromSql, Type};

/// Rows that are held at once.
const BATCH: usize = 8192;
const DAYS_TO_2000: i32 = 10_957;
const MICROS_TO_2000: i64 = 946_684_800_000_000;

/// The bytes of a value in the binary format, whatever its type.
struct Raw<'row>(&'row [u8]);

impl<'row> FromSql<'row> for Raw<'row> {
    fn from_sql(_: &Type, raw: &'row [u8]) -> std::result::Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Raw(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// How a column is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bool,
    Int2,
    Int4,
    Int8,
    Float4,
    Float8,
    Date,
    Timestamp,
    TimestampTz,
    Bytes,
    /// A numeric of a known precision and scale, which is sent as text.
    Decimal(u8, i8),
    Text,
}

impl Kind {
    fn of(of_type: &Type, modifier: i32) -> Kind {
        match *of_type {
            Type::BOOL => Kind::Bool,
            Type::INT2 => Kind::Int2,
            Type::INT4 => Kind::Int4,
            Type::INT8 => Kind::Int8,
            Type::FLOAT4 => Kind::Float4,
            Type::FLOAT8 => Kind::Float8,
            Type::DATE => Kind::Date,
            Type::TIMESTAMP => Kind::Timestamp,
            Type::TIMESTAMPTZ => Kind::TimestampTz,
            Type::BYTEA => Kind::Bytes,
            Type::NUMERIC if modifier >= 4 => {
                let (precision, scale) = (((modifier - 4) >> 16) & 0xffff, (modifier - 4) & 0x7ff);
                match (u8::try_from(precision), i8::try_from(scale)) {
                    (Ok(precision @ 1..=38), Ok(scale)) if i32::from(precision) >= i32::from(scale) => {
                        Kind::Decimal(precision, scale)
                    }
                    _ => Kind::Text,
                }
            }
            _ => Kind::Text,
        }
    }

    /// Whether the value is sent as text.
    fn is_cast(self) -> bool {
        matches!(self, Kind::Text | Kind::Decimal(..))
    }

    fn data_type(self) -> DataType {
        match self {
            Kind::Bool => DataType::Boolean,
            Kind::Int2 => DataType::Int16,
            Kind::Int4 => DataType::Int32,
            Kind::Int8 => DataType::Int64,
            Kind::Float4 => DataType::Float32,
            Kind::Float8 => DataType::Float64,
            Kind::Date => DataType::Date32,
            Kind::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
            Kind::TimestampTz => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Kind::Bytes => DataType::Binary,
            Kind::Decimal(precision, scale) => DataType::Decimal128(precision, scale),
            Kind::Text => DataType::Utf8,
        }
    }
}

pub async fn write(client: &Client, query: &str, file: File) -> Result<u64> {
    let described = client.prepare(&format!("select * from ({query}\n) as exported")).await?;
    let kinds: Vec<Kind> =
        described.columns().iter().map(|column| Kind::of(column.type_(), column.type_modifier())).collect();
    let names: Vec<&str> = described.columns().iter().map(tokio_postgres::Column::name).collect();
    if names.is_empty() {
        return Err(Failure::usage("the query has no columns"));
    }
    let list: Vec<String> = names
        .iter()
        .zip(&kinds)
        .map(|(name, kind)| match kind.is_cast() {
            true => format!("{}::pg_catalog.text", ident(name)),
            false => ident(name),
        })
        .collect();
    let fields: Vec<Field> =
        names.iter().zip(&kinds).map(|(name, kind)| Field::new(*name, kind.data_type(), true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let types: Vec<Type> = kinds.iter().map(|_| Type::BYTEA).collect();
    let properties =
        WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    let mut writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties))
        .map_err(|error| unwritable(&error))?;
    let statement =
        format!("copy (select {} from ({query}\n) as exported) to stdout (format binary)", list.join(", "));
    let stream = client.copy_out(statement.as_str()).await?;
    let mut rows = std::pin::pin!(BinaryCopyOutStream::new(stream, &types));
    let mut columns: Vec<Column> = kinds.iter().map(|kind| Column::of(*kind)).collect();
    let (mut number, mut held) = (0_u64, 0);
    while let Some(row) = rows.next().await {
        let row = row?;
        for (index, column) in columns.iter_mut().enumerate() {
            let value: Option<Raw<'_>> = row.try_get(index).map_err(Failure::from)?;
            column.append(value.map(|raw| raw.0)).map_err(|cause| {
                Failure::work(format!("row {}, column \"{}\": {cause}", number + 1, names[index]))
                    .hint("Cast the column to text in a query (-q), or write CSV.")
            })?;
        }
        (number, held) = (number + 1, held + 1);
        if held == BATCH {
            held = 0;
            let batch =
                RecordBatch::try_new(Arc::clone(&schema), columns.iter_mut().map(Column::finish).collect());
            batch
                .map_err(|error| unwritable(&error))
                .and_then(|batch| writer.write(&batch).map_err(|error| unwritable(&error)))?;
        }
    }
    let last = RecordBatch::try_new(schema, columns.iter_mut().map(Column::finish).collect());
    let last = last.map_err(|error| unwritable(&error))?;
    writer.write(&last).map_err(|error| unwritable(&error))?;
    writer.close().map_err(|error| unwritable(&error))?;
    Ok(number)
}

fn unwritable(error: &dyn Error) -> Failure {
    Failure::work(format!("the file cannot be written: {error}"))
}

/// The values of a column that are held.
enum Column {
    Bool(BooleanBuilder),
    Int2(Int16Builder),
    Int4(Int32Builder),
    Int8(Int64Builder),
    Float4(Float32Builder),
    Float8(Float64Builder),
    Date(Date32Builder),
    Moment(TimestampMicrosecondBuilder),
    Bytes(BinaryBuilder),
    Decimal(Decimal128Builder, i8),
    Text(StringBuilder),
}

impl Column {
    fn of(kind: Kind) -> Column {
        match kind {
            Kind::Bool => Column::Bool(BooleanBuilder::new()),
            Kind::Int2 => Column::Int2(Int16Builder::new()),
            Kind::Int4 => Column::Int4(Int32Builder::new()),
            Kind::Int8 => Column::Int8(Int64Builder::new()),
            Kind::Float4 => Column::Float4(Float32Builder::new()),
            Kind::Float8 => Column::Float8(Float64Builder::new()),
            Kind::Date => Column::Date(Date32Builder::new()),
            Kind::Timestamp | Kind::TimestampTz => {
                Column::Moment(TimestampMicrosecondBuilder::new().with_data_type(kind.data_type()))
            }
            Kind::Bytes => Column::Bytes(BinaryBuilder::new()),
            Kind::Decimal(_, scale) => {
                Column::Decimal(Decimal128Builder::new().with_data_type(kind.data_type()), scale)
            }
            Kind::Text => Column::Text(StringBuilder::new()),
        }
    }

    /// A value as COPY sends it; a moment that has no number, such as infinity, cannot be written.
    fn append(&mut self, value: Option<&[u8]>) -> std::result::Result<(), Box<dyn Error + Sync + Send>> {
        match self {
            Column::Bool(to) => to.append_option(value.map(binary::bool_from_sql).transpose()?),
            Column::Int2(to) => to.append_option(value.map(binary::int2_from_sql).transpose()?),
            Column::Int4(to) => to.append_option(value.map(binary::int4_from_sql).transpose()?),
            Column::Int8(to) => to.append_option(value.map(binary::int8_from_sql).transpose()?),
            Column::Float4(to) => to.append_option(value.map(binary::float4_from_sql).transpose()?),
            Column::Float8(to) => to.append_option(value.map(binary::float8_from_sql).transpose()?),
            Column::Date(to) => to.append_option(value.map(day).transpose()?),
            Column::Moment(to) => to.append_option(value.map(moment).transpose()?),
            Column::Bytes(to) => to.append_option(value),
            Column::Decimal(to, scale) => {
                let scale = *scale;
                let number = |raw: &[u8]| unscaled(text(raw)?, scale);
                to.append_option(value.map(number).transpose()?);
            }
            Column::Text(to) => to.append_option(value.map(text).transpose()?),
        }
        Ok(())
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Column::Bool(it) => ArrayBuilder::finish(it),
            Column::Int2(it) => ArrayBuilder::finish(it),
            Column::Int4(it) => ArrayBuilder::finish(it),
            Column::Int8(it) => ArrayBuilder::finish(it),
            Column::Float4(it) => ArrayBuilder::finish(it),
            Column::Float8(it) => ArrayBuilder::finish(it),
            Column::Date(it) => ArrayBuilder::finish(it),
            Column::Moment(it) => ArrayBuilder::finish(it),
            Column::Bytes(it) => ArrayBuilder::finish(it),
            Column::Decimal(it, _) => ArrayBuilder::finish(it),
            Column::Text(it) => ArrayBuilder::finish(it),
        }
    }
}

fn text(raw: &[u8]) -> std::result::Result<&str, Box<dyn Error + Sync + Send>> {
    Ok(std::str::from_utf8(raw)?)
}

fn day(raw: &[u8]) -> std::result::Result<i32, Box<dyn Error + Sync + Send>> {
    match binary::date_from_sql(raw)? {
        i32::MAX | i32::MIN => Err("infinity is no day of Parquet".into()),
        days => days.checked_add(DAYS_TO_2000).ok_or_else(|| "the day is too far away".into()),
    }
}

fn moment(raw: &[u8]) -> std::result::Result<i64, Box<dyn Error + Sync + Send>> {
    match binary::timestamp_from_sql(raw)? {
        i64::MAX | i64::MIN => Err("infinity is no moment of Parquet".into()),
        micros => micros.checked_add(MICROS_TO_2000).ok_or_else(|| "the moment is too far away".into()),
    }
}

/// `-1.50` with scale 2 is -150. Postgres writes as many digits as the scale has.
fn unscaled(text: &str, scale: i8) -> std::result::Result<i128, Box<dyn Error + Sync + Send>> {
    let (whole, digits) = text.split_once('.').unwrap_or((text, ""));
    match usize::try_from(scale) {
        Ok(scale) if digits.len() <= scale => Ok(format!("{whole}{digits:0<scale$}").parse::<i128>()?),
        _ => Err(format!("{text} is no number of Parquet").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_all_its_digits() {
        for (text, scale, expected) in [
            ("1.50", 2, 150),
            ("-0.05", 2, -5),
            ("7", 0, 7),
            ("7", 3, 7000),
            ("-12345678901234567890.1", 1, -123_456_789_012_345_678_901),
        ] {
            assert_eq!(unscaled(text, scale).unwrap(), expected, "{text}");
        }
        for wrong in ["NaN", "Infinity", "1.234"] {
            assert!(unscaled(wrong, 2).is_err(), "{wrong}");
        }
    }
}
