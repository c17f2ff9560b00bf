//! A value of a Parquet file in the binary format of COPY.

use super::batch::Dated;
use super::judge::{characters, whole_digits, Verdict};
use super::numeric;
use super::table::Column;
use crate::read::parquet::{quoted, text_of, Cell};
use arrow_schema::DataType;
use bytes::{BufMut, BytesMut};
use dfa_catalog::json::{whole, Kind};
use postgres_protocol::types as binary;
use serde_json::value::RawValue;
use std::borrow::Cow;
use tokio_postgres::types::Type;

const DAYS_TO_2000: i32 = 10_957;
const MICROS_PER_DAY: i64 = 86_400_000_000;
/// Of Postgres, 4713-11-24 BC; and the first moment that its timestamps do not reach, 294277-01-01.
const FIRST_DAY: i32 = -2_451_545;
const END_OF_MOMENTS: i64 = 9_223_371_331_200_000_000;

/// Whether values of a Parquet type become those of a column without Postgres' own reading of text.
pub fn fits(source: &DataType, column: &Column) -> bool {
    let is_number = source.is_integer()
        || source.is_floating()
        || matches!(source, DataType::Decimal128(..) | DataType::Decimal256(..));
    let is_plain = !source.is_nested() && !matches!(source, DataType::Duration(_));
    match column.data_type {
        _ if *source == DataType::Null => true,
        Type::INT2 | Type::INT4 | Type::INT8 => is_number || *source == DataType::Boolean,
        Type::FLOAT4 | Type::FLOAT8 | Type::NUMERIC => is_number,
        Type::BOOL => source.is_integer() || *source == DataType::Boolean,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR => is_plain,
        Type::DATE | Type::TIMESTAMP => matches!(source, DataType::Date32 | DataType::Timestamp(..)),
        // A moment of no zone is one of the session's: Postgres knows it.
        Type::TIMESTAMPTZ => matches!(source, DataType::Timestamp(_, Some(_))),
        Type::TIME => matches!(source, DataType::Time32(_) | DataType::Time64(_)),
        Type::BYTEA => matches!(source, DataType::Binary | DataType::FixedSizeBinary(_)),
        _ => false,
    }
}

/// Writes a value with its length in COPY's binary format, or says why it cannot.
pub fn write(value: &Cell<'_>, column: &Column, into: &mut BytesMut) -> Result<(), String> {
    match column.data_type {
        Type::INT2 => integer::<i16>(value).map(|number| sized(into, |out| binary::int2_to_sql(number, out))),
        Type::INT4 => integer::<i32>(value).map(|number| sized(into, |out| binary::int4_to_sql(number, out))),
        Type::INT8 => integer::<i64>(value).map(|number| sized(into, |out| binary::int8_to_sql(number, out))),
        Type::FLOAT4 => single(value).map(|number| sized(into, |out| binary::float4_to_sql(number, out))),
        Type::FLOAT8 => float(value).map(|number| sized(into, |out| binary::float8_to_sql(number, out))),
        Type::NUMERIC => decimal(value, column.type_modifier, into),
        Type::BOOL => boolean(value).map(|flag| sized(into, |out| binary::bool_to_sql(flag, out))),
        Type::DATE => day(value).map(|days| sized(into, |out| binary::date_to_sql(days, out))),
        Type::TIMESTAMP | Type::TIMESTAMPTZ => {
            moment(value).map(|micros| sized(into, |out| binary::timestamp_to_sql(micros, out)))
        }
        Type::TIME => match value {
            Cell::Time(micros) => {
                sized(into, |out| binary::time_to_sql(*micros, out));
                Ok(())
            }
            _ => Err("is not a time".to_owned()),
        },
        Type::BYTEA => match value {
            Cell::Bytes(bytes) => {
                sized(into, |out| out.put_slice(bytes));
                Ok(())
            }
            _ => Err("is not binary".to_owned()),
        },
        _ => text(value, column, into),
    }
}

/// Puts the length of a value before it.
fn sized(into: &mut BytesMut, write: impl FnOnce(&mut BytesMut)) {
    let start = into.len();
    into.put_i32(0);
    write(into);
    let length = i32::try_from(into.len() - start - 4).unwrap_or(i32::MAX);
    into[start..start + 4].copy_from_slice(&length.to_be_bytes());
}

fn integer<T: TryFrom<i128>>(value: &Cell<'_>) -> Result<T, String> {
    let number = match value {
        Cell::Int(number) => i128::from(*number),
        Cell::UInt(number) => i128::from(*number),
        Cell::Bool(flag) => i128::from(*flag),
        // A column of integers with nulls comes as floats from many tools.
        #[allow(clippy::cast_possible_truncation)]
        Cell::Float(number) if number.fract() == 0.0 && number.abs() < 1e18 => *number as i128,
        Cell::Decimal(..) | Cell::Digits(_) => {
            whole(&text_of(value)).parse().map_err(|_| "is not an integer".to_owned())?
        }
        _ => return Err("is not an integer".to_owned()),
    };
    T::try_from(number).map_err(|_| "is out of range".to_owned())
}

fn float(value: &Cell<'_>) -> Result<f64, String> {
    #[allow(clippy::cast_precision_loss)]
    match value {
        Cell::Float(number) => Ok(*number),
        Cell::Int(number) => Ok(*number as f64),
        Cell::UInt(number) => Ok(*number as f64),
        Cell::Decimal(..) | Cell::Digits(_) => {
            text_of(value).parse().map_err(|_| "is not a number".to_owned())
        }
        _ => Err("is not a number".to_owned()),
    }
}

fn single(value: &Cell<'_>) -> Result<f32, String> {
    let number = float(value)?;
    #[allow(clippy::cast_possible_truncation)]
    let short = number as f32;
    if (number.is_finite() && !short.is_finite()) || (number != 0.0 && short == 0.0) {
        return Err("is out of range".to_owned());
    }
    Ok(short)
}

fn decimal(value: &Cell<'_>, type_modifier: i32, into: &mut BytesMut) -> Result<(), String> {
    let text = match value {
        Cell::Int(_) | Cell::UInt(_) | Cell::Float(_) | Cell::Decimal(..) | Cell::Digits(_) => text_of(value),
        _ => return Err("is not a number".to_owned()),
    };
    let unsigned = text.trim_start_matches(['-', '+']);
    let whole = unsigned.split('.').next().unwrap_or(unsigned).trim_start_matches('0').len();
    let is_infinite = matches!(value, Cell::Float(number) if number.is_infinite());
    if whole > whole_digits(type_modifier) || (is_infinite && type_modifier >= 0) {
        return Err(format!(
            "does not fit: {} digits before the point, {} are kept",
            whole,
            whole_digits(type_modifier)
        ));
    }
    numeric::encode(&text, into).ok_or_else(|| "is not a number".to_owned())
}

fn boolean(value: &Cell<'_>) -> Result<bool, String> {
    match value {
        Cell::Bool(flag) => Ok(*flag),
        Cell::Int(0) | Cell::UInt(0) => Ok(false),
        Cell::Int(1) | Cell::UInt(1) => Ok(true),
        _ => Err("is not a boolean".to_owned()),
    }
}

/// Days since 2000-01-01, which is where Postgres counts from.
fn day(value: &Cell<'_>) -> Result<i32, String> {
    let days = match value {
        Cell::Day(days) => Some(*days),
        Cell::Moment { micros, .. } => i32::try_from(micros.div_euclid(MICROS_PER_DAY)).ok(),
        _ => None,
    };
    let of_postgres = days.and_then(|days| days.checked_sub(DAYS_TO_2000));
    of_postgres.filter(|days| *days >= FIRST_DAY).ok_or_else(|| "is out of range".to_owned())
}

/// Microseconds since 2000-01-01.
fn moment(value: &Cell<'_>) -> Result<i64, String> {
    let micros = match value {
        Cell::Moment { micros, .. } => Some(*micros),
        Cell::Day(days) => i64::from(*days).checked_mul(MICROS_PER_DAY),
        _ => None,
    };
    let of_postgres = micros.and_then(|micros| micros.checked_sub(i64::from(DAYS_TO_2000) * MICROS_PER_DAY));
    let known = i64::from(FIRST_DAY) * MICROS_PER_DAY..END_OF_MOMENTS;
    of_postgres.filter(|micros| known.contains(micros)).ok_or_else(|| "is out of range".to_owned())
}

fn text(value: &Cell<'_>, column: &Column, into: &mut BytesMut) -> Result<(), String> {
    let owned;
    let text = match value {
        Cell::Text(text) => text,
        Cell::Bytes(bytes) => {
            std::str::from_utf8(bytes).map_err(|_| "is binary, and not UTF-8 text".to_owned())?
        }
        other => {
            owned = text_of(other);
            &owned
        }
    };
    if let Verdict::Refused(reason) = characters(text, column) {
        return Err(reason);
    }
    sized(into, |out| out.put_slice(text.as_bytes()));
    Ok(())
}

/// What a date or timestamp dates a row by.
pub fn dated(value: &Cell<'_>, column: &Column) -> Option<Dated> {
    match value {
        Cell::Day(days) => Some(Dated::Day(i64::from(*days))),
        Cell::Moment { micros, .. } if column.data_type == Type::TIMESTAMPTZ => Some(Dated::Instant(*micros)),
        Cell::Moment { micros, .. } => Some(Dated::Day(micros.div_euclid(MICROS_PER_DAY))),
        _ => None,
    }
}

/// A value as the text that its column reads; `None` is NULL.
pub fn as_text(value: &Cell<'_>, column: &Column) -> Result<Option<String>, String> {
    let text = match value {
        Cell::Null => return Ok(None),
        Cell::Json(json) => {
            let raw: &RawValue = serde_json::from_str(json).map_err(|error| error.to_string())?;
            return Ok(column.form.text_or_null(raw)?.map(Cow::into_owned));
        }
        Cell::Bytes(bytes) if column.data_type == Type::UUID && bytes.len() == 16 => {
            text_of(value).split_off("\\x".len())
        }
        Cell::Bytes(bytes) if column.data_type != Type::BYTEA => {
            std::str::from_utf8(bytes).map_err(|_| "is binary, and not UTF-8 text".to_owned())?.to_owned()
        }
        _ => text_of(value),
    };
    Ok(Some(match (value, &column.form.kind) {
        (Cell::Bool(flag), Kind::Whole) => i32::from(*flag).to_string(),
        (Cell::Decimal(..) | Cell::Digits(_), Kind::Whole) => whole(&text).to_owned(),
        (Cell::Day(_) | Cell::Moment { .. } | Cell::Time(_) | Cell::Duration(_), Kind::Json) => quoted(&text),
        _ => text,
    }))
}
