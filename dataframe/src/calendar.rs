//! Days and the periods that they lie in, without a zone.

use jiff::civil::Date;
use jiff::{Span, Unit};

/// 1970-01-01, from which polars counts days.
const EPOCH: Date = Date::constant(1970, 1, 1);

/// A day from its number; `None` beyond the years that have four digits.
pub fn civil(day: i32) -> Option<Date> {
    EPOCH.checked_add(Span::new().try_days(day).ok()?).ok()
}

/// The number of a day, from 1970-01-01.
pub fn number(date: Date) -> i32 {
    date.since((Unit::Day, EPOCH)).map_or(0, |span| span.get_days())
}

/// How days are gathered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    Day,
    /// From Monday.
    Week,
    Month,
    Quarter,
    Year,
}

impl Period {
    pub const WORDS: [(&'static str, Period); 5] = [
        ("day", Period::Day),
        ("week", Period::Week),
        ("month", Period::Month),
        ("quarter", Period::Quarter),
        ("year", Period::Year),
    ];

    /// As polars writes it.
    pub fn every(self) -> &'static str {
        match self {
            Period::Day => "1d",
            Period::Week => "1w",
            Period::Month => "1mo",
            Period::Quarter => "1q",
            Period::Year => "1y",
        }
    }

    /// The number of the period that a day lies in; the next one has the next number.
    pub fn of(self, date: Date) -> i64 {
        let months = i64::from(date.year()) * 12 + i64::from(date.month()) - 1;
        match self {
            Period::Day => number(date).into(),
            // 1969-12-29 was a Monday.
            Period::Week => (i64::from(number(date)) + 3).div_euclid(7),
            Period::Month => months,
            Period::Quarter => months.div_euclid(3),
            Period::Year => date.year().into(),
        }
    }

    /// The first day of a period; the last one of the calendar for those beyond it.
    pub fn start(self, period: i64) -> Date {
        let of_month = |month: i64| {
            let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
            Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1).ok()
        };
        let of_day = |day: i64| civil(i32::try_from(day).ok()?);
        let date = match self {
            Period::Day => of_day(period),
            Period::Week => of_day(period.saturating_mul(7) - 3),
            Period::Month => of_month(period),
            Period::Quarter => of_month(period.saturating_mul(3)),
            Period::Year => of_month(period.saturating_mul(12)),
        };
        date.unwrap_or(Date::MAX)
    }

    /// Periods after which a pattern comes again.
    pub fn season(self) -> usize {
        match self {
            Period::Day => 7,
            Period::Week => 52,
            Period::Month => 12,
            Period::Quarter => 4,
            Period::Year => 1,
        }
    }
}

/// A day written `YYYY-MM-DD`, whatever comes after it.
pub fn parse(text: &str) -> Option<Date> {
    text.trim().get(..10)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_each_others_inverse() {
        for day in (-4_000_000..2_900_000).step_by(977) {
            assert_eq!(number(civil(day).unwrap()), day);
        }
        assert_eq!(number(parse("2024-02-29 12:00:00").unwrap()), 19_782);
        assert_eq!(parse("2023-02-29"), None);
        assert_eq!(civil(i32::MAX), None);
    }

    #[test]
    fn a_period_begins_at_its_first_day() {
        for (_, period) in Period::WORDS {
            for day in (-3000..30_000).step_by(13) {
                let day = civil(day).unwrap();
                let number = period.of(day);
                assert!(period.start(number) <= day && day < period.start(number + 1), "{period:?} {day}");
            }
        }
    }
}
