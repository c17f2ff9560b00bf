//! A value of a Parquet file, reduced to what makes a difference to Postgres.

use super::json;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowTimestampType, Date32Type, Decimal128Type, Decimal256Type, DecimalType, DurationMicrosecondType,
    DurationMillisecondType, DurationNanosecondType, DurationSecondType, Float16Type, Float32Type,
    Float64Type, Int16Type, Int32Type, Int64Type, Int8Type, Time32MillisecondType, Time64MicrosecondType,
    Time64NanosecondType, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    UInt16Type, UInt32Type, UInt64Type, UInt8Type,
};
use arrow_array::Array;
use arrow_schema::{DataType, TimeUnit};

#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    Null,
    Bool(bool),
    Int(i64),
    UInt(u64),
    Float(f64),
    /// Digits and how many of them stand after the point.
    Decimal(i128, i8),
    /// A decimal number that is longer.
    Digits(String),
    Text(&'a str),
    Bytes(&'a [u8]),
    /// Days since 1970-01-01.
    Day(i32),
    /// Microseconds since 1970-01-01 00:00, in UTC or in whatever zone the reader thinks of.
    Moment {
        micros: i64,
        utc: bool,
    },
    /// Microseconds since midnight.
    Time(i64),
    /// Microseconds.
    Duration(i64),
    /// A list, a struct or a map.
    Json(String),
    /// A time that microseconds cannot count.
    Beyond,
}

/// Returns the value at an index.
pub type Cells<'a> = Box<dyn Fn(usize) -> Cell<'a> + 'a>;

/// The values of an array of a type that [`super::is_readable`].
pub fn cells(array: &dyn Array) -> Cells<'_> {
    let values = values(array);
    match (array.data_type(), array.null_count()) {
        (DataType::Null, _) => Box::new(|_| Cell::Null),
        (_, 0) => values,
        _ => Box::new(move |index| if array.is_null(index) { Cell::Null } else { values(index) }),
    }
}

/// The values, as if none were null.
fn values(array: &dyn Array) -> Cells<'_> {
    macro_rules! numbers {
        ($type:ty, $make:expr) => {{
            let values = array.as_primitive::<$type>().values();
            let make = $make;
            Box::new(move |index| make(values[index]))
        }};
    }
    // By its own digits: 0.1 stays 0.1.
    let short = |value: f32| Cell::Float(value.to_string().parse().unwrap_or_else(|_| f64::from(value)));
    match array.data_type() {
        DataType::Boolean => {
            let values = array.as_boolean();
            Box::new(move |index| Cell::Bool(values.value(index)))
        }
        DataType::Int8 => numbers!(Int8Type, |value| Cell::Int(i64::from(value))),
        DataType::Int16 => numbers!(Int16Type, |value| Cell::Int(i64::from(value))),
        DataType::Int32 => numbers!(Int32Type, |value| Cell::Int(i64::from(value))),
        DataType::Int64 => numbers!(Int64Type, Cell::Int),
        DataType::UInt8 => numbers!(UInt8Type, |value| Cell::Int(i64::from(value))),
        DataType::UInt16 => numbers!(UInt16Type, |value| Cell::Int(i64::from(value))),
        DataType::UInt32 => numbers!(UInt32Type, |value| Cell::Int(i64::from(value))),
        DataType::UInt64 => numbers!(UInt64Type, Cell::UInt),
        DataType::Float16 => {
            let values = array.as_primitive::<Float16Type>().values();
            Box::new(move |index| short(values[index].to_f32()))
        }
        DataType::Float32 => numbers!(Float32Type, short),
        DataType::Float64 => numbers!(Float64Type, Cell::Float),
        DataType::Decimal128(_, scale) => {
            let scale = *scale;
            numbers!(Decimal128Type, move |value| Cell::Decimal(value, scale))
        }
        DataType::Decimal256(precision, scale) => {
            let (precision, scale) = (*precision, *scale);
            numbers!(Decimal256Type, move |value| {
                Cell::Digits(Decimal256Type::format_decimal(value, precision, scale))
            })
        }
        DataType::Utf8 => {
            let values = array.as_string::<i32>();
            Box::new(move |index| Cell::Text(values.value(index)))
        }
        DataType::Date32 => numbers!(Date32Type, Cell::Day),
        DataType::Timestamp(unit, zone) => {
            let utc = zone.is_some();
            match unit {
                TimeUnit::Nanosecond => moments::<TimestampNanosecondType>(array, move |nanos| {
                    Cell::Moment { micros: nanos.div_euclid(1000), utc }
                }),
                TimeUnit::Millisecond => moments::<TimestampMillisecondType>(array, move |millis| {
                    millis.checked_mul(1000).map_or(Cell::Beyond, |micros| Cell::Moment { micros, utc })
                }),
                _ => moments::<TimestampMicrosecondType>(array, move |micros| Cell::Moment { micros, utc }),
            }
        }
        DataType::Time32(_) => {
            numbers!(Time32MillisecondType, |millis| Cell::Time(i64::from(millis) * 1000))
        }
        DataType::Time64(TimeUnit::Nanosecond) => {
            numbers!(Time64NanosecondType, |nanos: i64| Cell::Time(nanos.div_euclid(1000)))
        }
        DataType::Time64(_) => numbers!(Time64MicrosecondType, Cell::Time),
        DataType::Duration(unit) => {
            let times = |factor: i64| {
                move |count: i64| count.checked_mul(factor).map_or(Cell::Beyond, Cell::Duration)
            };
            match unit {
                TimeUnit::Second => numbers!(DurationSecondType, times(1_000_000)),
                TimeUnit::Millisecond => numbers!(DurationMillisecondType, times(1000)),
                TimeUnit::Microsecond => numbers!(DurationMicrosecondType, Cell::Duration),
                TimeUnit::Nanosecond => {
                    numbers!(DurationNanosecondType, |nanos: i64| Cell::Duration(nanos.div_euclid(1000)))
                }
            }
        }
        DataType::FixedSizeBinary(_) => {
            let values = array.as_fixed_size_binary();
            Box::new(move |index| Cell::Bytes(values.value(index)))
        }
        DataType::Binary => {
            let values = array.as_binary::<i32>();
            Box::new(move |index| Cell::Bytes(values.value(index)))
        }
        DataType::List(_) | DataType::Struct(_) | DataType::Map(..) => {
            Box::new(move |index| Cell::Json(json::nested(array, index)))
        }
        // Refused when the file is opened.
        _ => Box::new(|_| Cell::Null),
    }
}

fn moments<'a, T: ArrowTimestampType>(
    array: &'a dyn Array,
    make: impl Fn(i64) -> Cell<'a> + 'a,
) -> Cells<'a> {
    let values = array.as_primitive::<T>().values();
    Box::new(move |index| make(values[index]))
}
