//! What a function makes of the columns that it was given: numbers, days, texts.

use crate::calendar;
use crate::refusal::{Refusal, Result};
use polars::prelude::*;

const DAY_MICROS: i64 = 86_400_000_000;

/// The numbers of a column; texts are read as numbers.
///
/// # Errors
/// A column of another type, a text that is not a number.
pub fn numbers(column: &Column) -> Result<Float64Chunked> {
    let dtype = column.dtype();
    if dtype == &DataType::String {
        let read = |text: Option<&str>| {
            text.map(|text| {
                text.trim().parse::<f64>().map_err(|_| {
                    Refusal::new(format!(
                        "'{}' of column '{}' is not a number",
                        shortened(text),
                        column.name()
                    ))
                })
            })
            .transpose()
        };
        let values = column.str()?.iter().map(read).collect::<Result<Vec<_>>>()?;
        return Ok(Float64Chunked::from_iter_options(column.name().clone(), values.into_iter()));
    }
    if !dtype.is_numeric() && dtype != &DataType::Null {
        return Err(holds("numbers", column));
    }
    Ok(column.cast(&DataType::Float64)?.f64()?.clone())
}

/// The days of a column from 1970-01-01. Infinite ones, and those beyond the years of four digits, are null.
///
/// # Errors
/// A column of another type, a text that is not a date.
pub fn days(column: &Column) -> Result<Int32Chunked> {
    let finite = |day: i32| calendar::civil(day).is_some().then_some(day);
    let values: Vec<Option<i32>> = match column.dtype() {
        DataType::Date => column.date()?.physical().iter().map(|day| day.and_then(finite)).collect(),
        DataType::Datetime(TimeUnit::Microseconds, _) => {
            let day = |micros: i64| i32::try_from(micros.div_euclid(DAY_MICROS)).ok().and_then(finite);
            column.datetime()?.physical().iter().map(|micros| micros.and_then(day)).collect()
        }
        DataType::String => {
            let read = |text: &str| {
                calendar::parse(text).map(calendar::number).ok_or_else(|| {
                    Refusal::new(format!("'{}' of column '{}' is not a date", shortened(text), column.name()))
                        .hint("Dates are YYYY-MM-DD.")
                })
            };
            column.str()?.iter().map(|text| text.map(read).transpose()).collect::<Result<_>>()?
        }
        DataType::Null => vec![None; column.len()],
        _ => return Err(holds("dates", column)),
    };
    Ok(Int32Chunked::from_iter_options(column.name().clone(), values.into_iter()))
}

/// The values of a column as texts.
///
/// # Errors
/// A type that has no text.
pub fn texts(column: &Column) -> Result<StringChunked> {
    Ok(column.cast(&DataType::String)?.str()?.clone())
}

/// A column of moments: microseconds of UTC. A table has them by the clock of `dfa.timezone`.
pub fn moments(name: &str, micros: Vec<i64>) -> Result<Column> {
    let utc = DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC));
    Ok(Column::new(name.into(), micros).cast(&utc)?)
}

fn holds(what: &str, column: &Column) -> Refusal {
    let given = column.dtype();
    Refusal::new(format!("column '{}' holds {what}, and the load gives {given}", column.name()))
}

/// A value as a message can show it.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
