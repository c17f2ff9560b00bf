//! A value of a Parquet file, and how it becomes one of Postgres.

use super::batch::Dated;
use super::judge::{characters, whole_digits, Verdict};
use super::numeric;
use super::table::Column;
use bytes::{BufMut, BytesMut};
use jiff::civil::{date, Date, DateTime};
use postgres_protocol::types as binary;
use tokio_postgres::types::Type;

/// A value as Arrow has it, reduced to what makes a difference here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar<'a> {
    Bool(bool),
    Int(i64),
    UInt(u64),
    Float(f64),
    /// Digits and how many of them stand after the point.
    Decimal(i128, i8),
    Text(&'a str),
    Bytes(&'a [u8]),
    /// Days since 1970-01-01.
    Day(i32),
    /// Microseconds since 1970-01-01 00:00.
    Moment(i64),
    /// Microseconds since midnight.
    Time(i64),
}

const DAYS_TO_2000: i32 = 10_957;
const MICROS_PER_DAY: i64 = 86_400_000_000;
const EPOCH: Date = date(1970, 1, 1);

/// Whether a type has a binary form here; tables with others are loaded as text.
pub fn has_binary(data_type: &Type) -> bool {
    matches!(
        *data_type,
        Type::INT2
            | Type::INT4
            | Type::INT8
            | Type::FLOAT4
            | Type::FLOAT8
            | Type::NUMERIC
            | Type::BOOL
            | Type::TEXT
            | Type::VARCHAR
            | Type::BPCHAR
            | Type::DATE
            | Type::TIMESTAMP
            | Type::TIMESTAMPTZ
            | Type::TIME
            | Type::BYTEA
            | Type::JSON
            | Type::JSONB
    )
}

/// Writes a value with its length in COPY's binary format, or says why it cannot.
pub fn write(value: Scalar<'_>, column: &Column, into: &mut BytesMut) -> Result<(), String> {
    match column.data_type {
        Type::INT2 => integer::<i16>(value).map(|number| sized(into, |out| binary::int2_to_sql(number, out))),
        Type::INT4 => integer::<i32>(value).map(|number| sized(into, |out| binary::int4_to_sql(number, out))),
        Type::INT8 => integer::<i64>(value).map(|number| sized(into, |out| binary::int8_to_sql(number, out))),
        #[allow(clippy::cast_possible_truncation)]
        Type::FLOAT4 => {
            float(value).map(|number| sized(into, |out| binary::float4_to_sql(number as f32, out)))
        }
        Type::FLOAT8 => float(value).map(|number| sized(into, |out| binary::float8_to_sql(number, out))),
        Type::NUMERIC => decimal(value, column.type_modifier, into),
        Type::BOOL => boolean(value).map(|flag| sized(into, |out| binary::bool_to_sql(flag, out))),
        Type::DATE => day(value).map(|days| sized(into, |out| binary::date_to_sql(days, out))),
        Type::TIMESTAMP | Type::TIMESTAMPTZ => {
            moment(value).map(|micros| sized(into, |out| binary::timestamp_to_sql(micros, out)))
        }
        Type::TIME => match value {
            Scalar::Time(micros) => {
                sized(into, |out| binary::time_to_sql(micros, out));
                Ok(())
            }
            _ => Err("is not a time".to_owned()),
        },
        Type::BYTEA => {
            match value {
                Scalar::Bytes(bytes) => sized(into, |out| out.put_slice(bytes)),
                Scalar::Text(text) => sized(into, |out| out.put_slice(text.as_bytes())),
                _ => return Err("is not binary".to_owned()),
            }
            Ok(())
        }
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

fn integer<T: TryFrom<i128>>(value: Scalar<'_>) -> Result<T, String> {
    let number = match value {
        Scalar::Int(number) => i128::from(number),
        Scalar::UInt(number) => i128::from(number),
        Scalar::Bool(flag) => i128::from(flag),
        // A column of integers with nulls comes as floats from many tools.
        #[allow(clippy::cast_possible_truncation)]
        Scalar::Float(number) if number.fract() == 0.0 && number.abs() < 1e18 => number as i128,
        Scalar::Decimal(digits, 0) => digits,
        Scalar::Text(text) => text.trim().parse().map_err(|_| "is not an integer".to_owned())?,
        _ => return Err("is not an integer".to_owned()),
    };
    T::try_from(number).map_err(|_| "is out of range".to_owned())
}

fn float(value: Scalar<'_>) -> Result<f64, String> {
    #[allow(clippy::cast_precision_loss)]
    match value {
        Scalar::Float(number) => Ok(number),
        Scalar::Int(number) => Ok(number as f64),
        Scalar::UInt(number) => Ok(number as f64),
        Scalar::Decimal(..) => text_of(value).parse().map_err(|_| "is not a number".to_owned()),
        Scalar::Text(text) => text.trim().parse().map_err(|_| "is not a number".to_owned()),
        _ => Err("is not a number".to_owned()),
    }
}

fn decimal(value: Scalar<'_>, type_modifier: i32, into: &mut BytesMut) -> Result<(), String> {
    let text = match value {
        Scalar::Text(text) => text.trim().to_owned(),
        Scalar::Int(_) | Scalar::UInt(_) | Scalar::Float(_) | Scalar::Decimal(..) => text_of(value),
        _ => return Err("is not a number".to_owned()),
    };
    let unsigned = text.trim_start_matches(['-', '+']);
    let whole = unsigned.split('.').next().unwrap_or(unsigned).trim_start_matches('0').len();
    if whole > whole_digits(type_modifier) {
        return Err(format!(
            "does not fit: {} digits before the point, {} are kept",
            whole,
            whole_digits(type_modifier)
        ));
    }
    numeric::encode(&text, into).ok_or_else(|| "is not a number".to_owned())
}

fn boolean(value: Scalar<'_>) -> Result<bool, String> {
    match value {
        Scalar::Bool(flag) => Ok(flag),
        Scalar::Int(0) | Scalar::UInt(0) => Ok(false),
        Scalar::Int(1) | Scalar::UInt(1) => Ok(true),
        Scalar::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
            "t" | "true" | "yes" | "y" | "1" => Ok(true),
            "f" | "false" | "no" | "n" | "0" => Ok(false),
            _ => Err("is not a boolean".to_owned()),
        },
        _ => Err("is not a boolean".to_owned()),
    }
}

/// Days since 2000-01-01, which is where Postgres counts from.
fn day(value: Scalar<'_>) -> Result<i32, String> {
    let days = match value {
        Scalar::Day(days) => days,
        Scalar::Moment(micros) => {
            i32::try_from(micros.div_euclid(MICROS_PER_DAY)).map_err(|_| "is out of range".to_owned())?
        }
        Scalar::Text(text) => {
            let day: Date = text.trim().parse().map_err(|_| "is not a date".to_owned())?;
            (day - EPOCH).get_days()
        }
        _ => return Err("is not a date".to_owned()),
    };
    days.checked_sub(DAYS_TO_2000).ok_or_else(|| "is out of range".to_owned())
}

/// Microseconds since 2000-01-01.
fn moment(value: Scalar<'_>) -> Result<i64, String> {
    let micros = match value {
        Scalar::Moment(micros) => micros,
        Scalar::Day(days) => i64::from(days) * MICROS_PER_DAY,
        Scalar::Text(text) => {
            let moment: DateTime = text.trim().parse().map_err(|_| "is not a timestamp".to_owned())?;
            let zoned = moment.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| "is out of range".to_owned())?;
            zoned.timestamp().as_microsecond()
        }
        _ => return Err("is not a timestamp".to_owned()),
    };
    micros.checked_sub(i64::from(DAYS_TO_2000) * MICROS_PER_DAY).ok_or_else(|| "is out of range".to_owned())
}

fn text(value: Scalar<'_>, column: &Column, into: &mut BytesMut) -> Result<(), String> {
    let owned;
    let text = match value {
        Scalar::Text(text) => text,
        Scalar::Bytes(bytes) => {
            std::str::from_utf8(bytes).map_err(|_| "is binary, and not UTF-8 text".to_owned())?
        }
        other => {
            owned = text_of(other);
            &owned
        }
    };
    if matches!(column.data_type, Type::TEXT | Type::VARCHAR | Type::BPCHAR) {
        if let Verdict::Refused(reason) = characters(text, column) {
            return Err(reason);
        }
    }
    sized(into, |out| {
        if column.data_type == Type::JSONB {
            // Version of jsonb's binary form.
            out.put_u8(1);
        }
        out.put_slice(text.as_bytes());
    });
    Ok(())
}

/// A value as Postgres reads it from text.
pub fn text_of(value: Scalar<'_>) -> String {
    match value {
        Scalar::Bool(flag) => flag.to_string(),
        Scalar::Int(number) => number.to_string(),
        Scalar::UInt(number) => number.to_string(),
        Scalar::Float(number) => number.to_string(),
        Scalar::Decimal(digits, scale) => decimal_text(digits, scale),
        Scalar::Text(text) => text.to_owned(),
        Scalar::Bytes(bytes) => {
            bytes.iter().fold("\\x".to_owned(), |text, byte| text + &format!("{byte:02x}"))
        }
        Scalar::Day(days) => day_text(days),
        Scalar::Moment(micros) => {
            let (days, rest) = (micros.div_euclid(MICROS_PER_DAY), micros.rem_euclid(MICROS_PER_DAY));
            format!("{} {}", day_text(i32::try_from(days).unwrap_or(i32::MAX)), time_text(rest))
        }
        Scalar::Time(micros) => time_text(micros),
    }
}

fn decimal_text(digits: i128, scale: i8) -> String {
    let Ok(scale) = usize::try_from(scale) else {
        return format!("{digits}{}", "0".repeat(usize::from(scale.unsigned_abs())));
    };
    let sign = if digits < 0 { "-" } else { "" };
    let padded = format!("{:0>width$}", digits.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale);
    if scale == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}

/// `YYYY-MM-DD`
pub fn day_text(days: i32) -> String {
    use jiff::ToSpan;
    EPOCH.checked_add(days.days()).map_or_else(|_| format!("day {days}"), |day| day.to_string())
}

fn time_text(micros: i64) -> String {
    let seconds = micros / 1_000_000;
    format!("{:02}:{:02}:{:02}.{:06}", seconds / 3600, seconds / 60 % 60, seconds % 60, micros % 1_000_000)
}

/// What a date or timestamp dates a row by.
pub fn dated(value: Scalar<'_>, column: &Column) -> Option<Dated> {
    match value {
        Scalar::Day(days) => Some(Dated::Day(i64::from(days))),
        Scalar::Moment(micros) if column.data_type == Type::TIMESTAMPTZ => Some(Dated::Instant(micros)),
        Scalar::Moment(micros) => Some(Dated::Day(micros.div_euclid(MICROS_PER_DAY))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_their_scale() {
        assert_eq!(decimal_text(-5, 2), "-0.05");
        assert_eq!(decimal_text(12345, 2), "123.45");
        assert_eq!(decimal_text(7, 0), "7");
        assert_eq!(decimal_text(7, -2), "700");
    }

    #[test]
    fn moments_before_1970_keep_their_day() {
        assert_eq!(text_of(Scalar::Moment(-1)), "1969-12-31 23:59:59.999999");
        assert_eq!(day(Scalar::Text("2000-01-02")), Ok(1));
    }
}
