//! Values of Parquet as Postgres reads them from text.

use super::Cell;

const MICROS_PER_DAY: i64 = 86_400_000_000;

pub fn text_of(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Bool(flag) => flag.to_string(),
        Cell::Int(number) => number.to_string(),
        Cell::UInt(number) => number.to_string(),
        Cell::Float(number) => number.to_string(),
        Cell::Decimal(digits, scale) => decimal(*digits, *scale),
        Cell::Digits(digits) | Cell::Json(digits) => digits.clone(),
        Cell::Text(text) => (*text).to_owned(),
        Cell::Bytes(bytes) => bytes.iter().fold("\\x".to_owned(), |text, byte| text + &format!("{byte:02x}")),
        Cell::Day(days) => dated(i64::from(*days), ""),
        Cell::Moment { micros, utc } => {
            let zone = if *utc { "+00" } else { "" };
            let rest = format!(" {}{zone}", time(micros.rem_euclid(MICROS_PER_DAY)));
            dated(micros.div_euclid(MICROS_PER_DAY), &rest)
        }
        Cell::Time(micros) => time(*micros),
        Cell::Duration(micros) if *micros < 0 => format!("-{}", time_of(micros.unsigned_abs())),
        Cell::Duration(micros) => time(*micros),
        Cell::Beyond => "a time beyond the calendar".to_owned(),
    }
}

fn decimal(digits: i128, scale: i8) -> String {
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

/// `YYYY-MM-DD` and what follows it, of any year that Postgres knows: those before 1 are BC, and have no year 0.
fn dated(days: i64, rest: &str) -> String {
    let (year, month, day) = civil(days);
    match year {
        1.. => format!("{year:04}-{month:02}-{day:02}{rest}"),
        _ => format!("{:04}-{month:02}-{day:02}{rest} BC", 1 - year),
    }
}

/// Year, month and day of a number of days since 1970-01-01, in the proleptic Gregorian calendar: counted from 1 March of
/// year 0 in eras of 400 years, so that the day of a leap year is the last of its year.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

fn time(micros: i64) -> String {
    time_of(micros.unsigned_abs())
}

/// `HH:MM:SS.ffffff`, of any number of hours.
fn time_of(micros: u64) -> String {
    let seconds = micros / 1_000_000;
    format!("{:02}:{:02}:{:02}.{:06}", seconds / 3600, seconds / 60 % 60, seconds % 60, micros % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_their_scale() {
        assert_eq!(decimal(-5, 2), "-0.05");
        assert_eq!(decimal(12345, 2), "123.45");
        assert_eq!(decimal(7, 0), "7");
        assert_eq!(decimal(7, -2), "700");
    }

    #[test]
    fn moments_of_any_time_have_their_day() {
        let text = |micros, utc| text_of(&Cell::Moment { micros, utc });
        assert_eq!(text(-1, false), "1969-12-31 23:59:59.999999");
        assert_eq!(text(253_402_214_400_000_000, true), "9999-12-31 00:00:00.000000+00");
        assert_eq!(text(-62_135_596_800_000_000, false), "0001-01-01 00:00:00.000000");
        assert_eq!(text_of(&Cell::Day(-719_529)), "0002-12-31 BC");
        assert_eq!(text_of(&Cell::Day(11_016)), "2000-02-29");
        assert_eq!(text_of(&Cell::Day(2_932_897)), "10000-01-01");
    }

    #[test]
    fn durations_are_hours() {
        assert_eq!(text_of(&Cell::Duration(3_600_000_000)), "01:00:00.000000");
        assert_eq!(text_of(&Cell::Duration(-90_000_000_000 - 1)), "-25:00:00.000001");
    }
}
