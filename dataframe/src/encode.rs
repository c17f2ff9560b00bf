//! A result as the text form of COPY: each value is read by the input function of the column that it is for, as a quoted
//! literal in a VALUES list is. (The binary form would need the types of that table here.)

use crate::calendar::civil;
use crate::function::Note;
use crate::refusal::{Refusal, Result};
use polars::prelude::*;
use std::fmt::Write;

const DAY_MICROS: i64 = 86_400_000_000;

/// A column as it is written.
enum Cells {
    Flag(BooleanChunked),
    Whole(Int64Chunked),
    Double(Float64Chunked),
    /// Decimals, whose own text has every digit, and texts.
    Text(StringChunked, &'static str),
    Date(Int32Chunked),
    /// Microseconds, and what follows them.
    Timestamp(Int64Chunked, &'static str),
    /// Nanoseconds of a day.
    Time(Int64Chunked),
}

/// Writes the rows of a result piece by piece.
pub struct Encoder {
    columns: Vec<Cells>,
    rows: usize,
    next: usize,
}

impl Encoder {
    /// # Errors
    /// A column that no column of a table can take: a list, an interval.
    pub fn new(frame: &DataFrame) -> Result<Encoder> {
        let columns = frame.columns().iter().map(cells).collect::<Result<_>>()?;
        Ok(Encoder { columns, rows: frame.height(), next: 0 })
    }

    /// The names of the columns' types in Postgres.
    pub fn types(&self) -> Vec<String> {
        let name = |cells: &Cells| match cells {
            Cells::Flag(_) => "boolean",
            Cells::Whole(_) => "bigint",
            Cells::Double(_) => "double precision",
            Cells::Text(_, kind) => kind,
            Cells::Date(_) => "date",
            Cells::Timestamp(_, "") => "timestamp",
            Cells::Timestamp(..) => "timestamptz",
            Cells::Time(_) => "time",
        };
        self.columns.iter().map(|cells| name(cells).to_owned()).collect()
    }

    /// The next rows, of about this many bytes; `None` after the last one.
    pub fn next(&mut self, bytes: usize) -> Option<String> {
        if self.next >= self.rows {
            return None;
        }
        let mut text = String::with_capacity(bytes + 1024);
        while self.next < self.rows && text.len() < bytes {
            for (place, cells) in self.columns.iter().enumerate() {
                if place > 0 {
                    text.push('\t');
                }
                cells.put(self.next, &mut text);
            }
            text.push('\n');
            self.next += 1;
        }
        Some(text)
    }
}

fn cells(column: &Column) -> Result<Cells> {
    // One chunk: a row is then a place in it.
    let column = column.rechunk();
    let column = &column;
    Ok(match column.dtype() {
        DataType::Boolean => Cells::Flag(column.bool()?.clone()),
        dtype if dtype.is_integer() => Cells::Whole(column.strict_cast(&DataType::Int64)?.i64()?.clone()),
        dtype if dtype.is_float() => Cells::Double(column.cast(&DataType::Float64)?.f64()?.clone()),
        DataType::Decimal(..) => Cells::Text(column.cast(&DataType::String)?.str()?.clone(), "numeric"),
        DataType::String => Cells::Text(column.str()?.clone(), "text"),
        DataType::Null => Cells::Text(column.cast(&DataType::String)?.str()?.clone(), "text"),
        DataType::Date => Cells::Date(column.date()?.physical().clone()),
        DataType::Time => Cells::Time(column.cast(&DataType::Int64)?.i64()?.clone()),
        DataType::Datetime(_, zone) => {
            let micros = column.cast(&DataType::Datetime(TimeUnit::Microseconds, zone.clone()))?;
            // A moment is kept in UTC, whatever zone it is shown in.
            Cells::Timestamp(micros.datetime()?.physical().clone(), if zone.is_some() { "+00" } else { "" })
        }
        other => {
            return Err(Refusal::new(format!("column '{}' of the result is {other}", column.name()))
                .hint("Cast it to what a column of a table takes: a number, a text, a date."))
        }
    })
}

impl Cells {
    /// Writing to a text does not fail.
    fn put(&self, row: usize, into: &mut String) {
        match self {
            Cells::Flag(values) => put(values.get(row).map(|value| if value { "t" } else { "f" }), into),
            Cells::Whole(values) => known(values.get(row), into, |value, into| write!(into, "{value}")),
            Cells::Double(values) => known(values.get(row), into, double),
            Cells::Text(values, _) => put(values.get(row), into),
            Cells::Date(values) => known(values.get(row), into, date),
            Cells::Timestamp(values, zone) => {
                known(values.get(row), into, |micros, into| timestamp(micros, zone, into));
            }
            Cells::Time(values) => known(values.get(row), into, |nanos, into| clock(nanos / 1000, into)),
        }
    }
}

fn known<T>(value: Option<T>, into: &mut String, write: impl Fn(T, &mut String) -> std::fmt::Result) {
    match value {
        None => into.push_str("\\N"),
        Some(value) => {
            let _ = write(value, into);
        }
    }
}

/// Notes of a step as rows of `dfa.dataframe_note`.
pub fn notes(step: i64, process: &str, notes: &[Note]) -> String {
    let mut text = String::new();
    for note in notes {
        put(Some(&step.to_string()), &mut text);
        let rest = [
            Some(process),
            Some(note.id.as_str()),
            note.model.as_deref(),
            note.errors.as_deref(),
            note.reason.as_deref(),
        ];
        for value in rest {
            text.push('\t');
            put(value, &mut text);
        }
        text.push('\n');
    }
    text
}

fn put(value: Option<&str>, into: &mut String) {
    let Some(value) = value else { return into.push_str("\\N") };
    for letter in value.chars() {
        match letter {
            '\\' => into.push_str("\\\\"),
            '\t' => into.push_str("\\t"),
            '\n' => into.push_str("\\n"),
            '\r' => into.push_str("\\r"),
            letter => into.push(letter),
        }
    }
}

fn double(value: f64, into: &mut String) -> std::fmt::Result {
    if value.is_nan() {
        into.write_str("NaN")
    } else if value.is_infinite() {
        into.write_str(if value > 0.0 { "Infinity" } else { "-Infinity" })
    } else {
        // The shortest digits that give the number back.
        write!(into, "{value:e}")
    }
}

/// As Postgres reads it; what lies beyond the calendar is its infinities.
fn date(day: i32, into: &mut String) -> std::fmt::Result {
    match civil(day) {
        None => into.write_str(if day > 0 { "infinity" } else { "-infinity" }),
        Some(date) if date.year() > 0 => write!(into, "{date}"),
        Some(date) => write!(into, "{:04}-{:02}-{:02} BC", 1 - date.year(), date.month(), date.day()),
    }
}

fn timestamp(micros: i64, zone: &str, into: &mut String) -> std::fmt::Result {
    let day =
        i32::try_from(micros.div_euclid(DAY_MICROS)).unwrap_or(if micros > 0 { i32::MAX } else { i32::MIN });
    let mut text = String::new();
    date(day, &mut text)?;
    if civil(day).is_none() {
        return into.write_str(&text);
    }
    let (day, era) = text.split_once(' ').map_or((text.as_str(), ""), |(day, _)| (day, " BC"));
    write!(into, "{day} ")?;
    clock(micros.rem_euclid(DAY_MICROS), into)?;
    write!(into, "{zone}{era}")
}

fn clock(micros: i64, into: &mut String) -> std::fmt::Result {
    let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
    write!(into, "{:02}:{:02}:{:02}.{micros:06}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(column: Column) -> Vec<String> {
        let mut encoder = Encoder::new(&DataFrame::new_infer_height(vec![column]).unwrap()).unwrap();
        let mut text = String::new();
        while let Some(piece) = encoder.next(3) {
            text.push_str(&piece);
        }
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn what_copy_gives_a_meaning_is_escaped() {
        let texts = [Some("o'b"), Some("a\tb"), Some("\\N"), Some("c\r\nd"), Some(""), None];
        assert_eq!(
            written(Column::new("id".into(), texts)),
            ["o'b", "a\\tb", "\\\\N", "c\\r\\nd", "", "\\N"]
        );
    }

    #[test]
    fn days_and_moments_are_written_as_postgres_reads_them() {
        let days = Column::new("ds".into(), [0, -719_163, i32::MAX, i32::MIN]).cast(&DataType::Date).unwrap();
        assert_eq!(written(days), ["1970-01-01", "0001-12-31 BC", "infinity", "-infinity"]);
        let micros = Column::new("at".into(), [-1_i64, i64::MAX]);
        let plain = micros.cast(&DataType::Datetime(TimeUnit::Microseconds, None)).unwrap();
        assert_eq!(written(plain), ["1969-12-31 23:59:59.999999", "infinity"]);
        let utc = micros.cast(&DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC))).unwrap();
        assert_eq!(written(utc)[0], "1969-12-31 23:59:59.999999+00");
    }

    #[test]
    fn doubles_keep_every_bit() {
        let values = [0.1, 1e300, 5e-324, -0.0, f64::MAX, 123_456_789.123_456_78];
        let back = written(Column::new("y".into(), values));
        for (value, text) in values.iter().zip(back) {
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
    }

    #[test]
    fn a_column_that_no_table_takes_is_refused_by_name() {
        let list = Column::new("all".into(), [Series::new("".into(), [1, 2])]);
        let refusal = Encoder::new(&DataFrame::new_infer_height(vec![list]).unwrap()).err().unwrap();
        assert!(refusal.message.contains("'all'"), "{}", refusal.message);
    }
}
