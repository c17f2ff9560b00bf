//! Days and the periods that they lie in, without a zone.

/// Days since 1970-01-01 as year, month and day (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
pub fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * shifted + 2) / 5 + 1)
}

/// Days since 1970-01-01 of a day.
pub fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
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

    /// The number of the period that a day lies in; the next one has the next number.
    pub fn of(self, day: i32) -> i64 {
        let day = i64::from(day);
        let months = || {
            let (year, month, _) = civil(day);
            year * 12 + month - 1
        };
        match self {
            Period::Day => day,
            // 1969-12-29 was a Monday.
            Period::Week => (day + 3).div_euclid(7),
            Period::Month => months(),
            Period::Quarter => months().div_euclid(3),
            Period::Year => civil(day).0,
        }
    }

    /// The first day of a period.
    pub fn start(self, period: i64) -> i32 {
        let of_month = |month: i64| days(month.div_euclid(12), month.rem_euclid(12) + 1, 1);
        let day = match self {
            Period::Day => period,
            Period::Week => period * 7 - 3,
            Period::Month => of_month(period),
            Period::Quarter => of_month(period * 3),
            Period::Year => days(period, 1, 1),
        };
        i32::try_from(day).unwrap_or(i32::MAX)
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
pub fn parse(text: &str) -> Option<i32> {
    let date: jiff::civil::Date = text.trim().get(..10)?.parse().ok()?;
    let (year, month, day) = (date.year().into(), date.month().into(), date.day().into());
    i32::try_from(days(year, month, day)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_each_others_inverse() {
        for day in (-800_000..800_000).step_by(97) {
            let (year, month, of_month) = civil(day);
            assert_eq!(days(year, month, of_month), day);
        }
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(parse("2024-02-29"), Some(19_782));
        assert_eq!(parse("2024-02-29 12:00:00"), Some(19_782));
        assert_eq!(parse("2023-02-29"), None);
    }

    #[test]
    fn a_period_begins_at_its_first_day() {
        for (_, period) in Period::WORDS {
            for day in (-3000..30_000).step_by(13) {
                let number = period.of(day);
                assert!(period.start(number) <= day && day < period.start(number + 1), "{period:?} {day}");
            }
        }
    }
}
