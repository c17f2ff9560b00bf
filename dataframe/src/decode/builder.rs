//! A column that grows value by value.

use super::{broken, numeric, Kind};
use crate::refusal::{Refusal, Result};
use polars::prelude::*;

/// 2000-01-01, where Postgres' days and microseconds begin, from 1970-01-01.
const DAYS: i32 = 10_957;
const MICROS: i64 = 946_684_800_000_000;
const DAY_MICROS: i64 = 86_400_000_000;

/// As many values as a piece of the input has.
const EXPECTED: usize = 16_384;

pub enum Builder {
    Flag(BooleanChunkedBuilder),
    Small(PrimitiveChunkedBuilder<Int16Type>),
    Whole(PrimitiveChunkedBuilder<Int32Type>),
    Big(PrimitiveChunkedBuilder<Int64Type>),
    Single(PrimitiveChunkedBuilder<Float32Type>),
    Double(PrimitiveChunkedBuilder<Float64Type>),
    Numeric(numeric::Numerics),
    Text(StringChunkedBuilder),
    Date(PrimitiveChunkedBuilder<Int32Type>),
    Time(PrimitiveChunkedBuilder<Int64Type>),
    /// Its zone.
    Timestamp(PrimitiveChunkedBuilder<Int64Type>, Option<TimeZone>),
}

fn primitive<T: PolarsNumericType>() -> PrimitiveChunkedBuilder<T> {
    PrimitiveChunkedBuilder::new(PlSmallStr::EMPTY, EXPECTED)
}

impl Builder {
    pub fn of(kind: Kind) -> Builder {
        match kind {
            Kind::Flag => Builder::Flag(BooleanChunkedBuilder::new(PlSmallStr::EMPTY, EXPECTED)),
            Kind::Small => Builder::Small(primitive()),
            Kind::Whole => Builder::Whole(primitive()),
            Kind::Big => Builder::Big(primitive()),
            Kind::Single => Builder::Single(primitive()),
            Kind::Double => Builder::Double(primitive()),
            Kind::Numeric => Builder::Numeric(numeric::Numerics::default()),
            Kind::Text => Builder::Text(StringChunkedBuilder::new(PlSmallStr::EMPTY, EXPECTED)),
            Kind::Date => Builder::Date(primitive()),
            Kind::Time => Builder::Time(primitive()),
            Kind::Timestamp => Builder::Timestamp(primitive(), None),
            Kind::Moment => Builder::Timestamp(primitive(), Some(TimeZone::UTC)),
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Builder::Flag(_) => Kind::Flag,
            Builder::Small(_) => Kind::Small,
            Builder::Whole(_) => Kind::Whole,
            Builder::Big(_) => Kind::Big,
            Builder::Single(_) => Kind::Single,
            Builder::Double(_) => Kind::Double,
            Builder::Numeric(_) => Kind::Numeric,
            Builder::Text(_) => Kind::Text,
            Builder::Date(_) => Kind::Date,
            Builder::Time(_) => Kind::Time,
            Builder::Timestamp(_, None) => Kind::Timestamp,
            Builder::Timestamp(_, Some(_)) => Kind::Moment,
        }
    }

    /// Takes a value as `COPY (FORMAT binary)` has it.
    pub fn push(&mut self, value: Option<&[u8]>, column: &str) -> Result<()> {
        match self {
            Builder::Flag(values) => values.append_option(fixed::<1>(value)?.map(|it| it[0] != 0)),
            Builder::Small(values) => values.append_option(fixed(value)?.map(i16::from_be_bytes)),
            Builder::Whole(values) => values.append_option(fixed(value)?.map(i32::from_be_bytes)),
            Builder::Big(values) => values.append_option(fixed(value)?.map(i64::from_be_bytes)),
            Builder::Single(values) => values.append_option(fixed(value)?.map(f32::from_be_bytes)),
            Builder::Double(values) => values.append_option(fixed(value)?.map(f64::from_be_bytes)),
            Builder::Numeric(values) => values.push(value, column)?,
            Builder::Text(values) => {
                let text = value.map(|it| std::str::from_utf8(it).map_err(|_| broken())).transpose()?;
                values.append_option(text);
            }
            // The ends of the range are Postgres' infinities; they stay the ends.
            Builder::Date(values) => {
                values.append_option(fixed(value)?.map(i32::from_be_bytes).map(|day| match day {
                    i32::MAX | i32::MIN => day,
                    day => day.saturating_add(DAYS),
                }));
            }
            Builder::Time(values) => {
                let micros = fixed(value)?.map(i64::from_be_bytes);
                if micros == Some(DAY_MICROS) {
                    return Err(Refusal::new(format!("24:00 of column '{column}' is no time of a day here"))
                        .hint("Cast it in the load: ::interval::text."));
                }
                values.append_option(micros.map(|micros| micros * 1000));
            }
            Builder::Timestamp(values, _) => {
                values.append_option(fixed(value)?.map(i64::from_be_bytes).map(|micros| match micros {
                    i64::MAX | i64::MIN => micros,
                    micros => micros.saturating_add(MICROS),
                }));
            }
        }
        Ok(())
    }

    /// The column of what was pushed, after which the builder is empty.
    pub fn take(&mut self, name: &str) -> Result<Column> {
        let kind = self.kind();
        let mut series = match std::mem::replace(self, Builder::of(kind)) {
            Builder::Flag(values) => values.finish().into_series(),
            Builder::Small(values) => values.finish().into_series(),
            Builder::Whole(values) => values.finish().into_series(),
            Builder::Big(values) => values.finish().into_series(),
            Builder::Single(values) => values.finish().into_series(),
            Builder::Double(values) => values.finish().into_series(),
            Builder::Numeric(values) => values.finish(name)?,
            Builder::Text(values) => values.finish().into_series(),
            Builder::Date(values) => values.finish().into_series().into_date(),
            Builder::Time(values) => values.finish().into_series().into_time(),
            Builder::Timestamp(values, zone) => {
                values.finish().into_series().into_datetime(TimeUnit::Microseconds, zone)
            }
        };
        series.rename(name.into());
        Ok(series.into_column())
    }
}

fn fixed<const N: usize>(value: Option<&[u8]>) -> Result<Option<[u8; N]>> {
    value.map(|value| value.try_into().map_err(|_| broken())).transpose()
}
