//! Values that are read without Postgres' input functions, where both say the same; `None` leaves it to them.

use jiff::civil::{Date, DateTime};
use pgrx::{pg_sys, IntoDatum};

/// Every finite number but one that may have become 0 by being too small, which Postgres refuses.
pub fn float8(text: &str) -> Option<pg_sys::Datum> {
    let number: f64 = text.parse().ok()?;
    let is_plain_zero = || text.bytes().all(|byte| b"0.-".contains(&byte));
    (number.is_finite() && (number != 0.0 || is_plain_zero())).then(|| number.into_datum()).flatten()
}

/// Days since 2000-01-01 of `YYYY-MM-DD`.
pub fn date(text: &str) -> Option<pg_sys::Datum> {
    let date = iso_date(text)?;
    let days = date.since((jiff::Unit::Day, jiff::civil::date(2000, 1, 1))).ok()?.get_days();
    Some(pg_sys::Datum::from(days))
}

/// Microseconds since 2000-01-01 of `YYYY-MM-DD HH:MM:SS[.ffffff]`, with a blank or a T.
pub fn timestamp(text: &str) -> Option<pg_sys::Datum> {
    let date = iso_date(text.get(..10)?)?;
    let time = text.get(11..)?.as_bytes();
    if !matches!(text.as_bytes()[10], b' ' | b'T') || time.len() < 8 || time[2] != b':' || time[5] != b':' {
        return None;
    }
    // 24:00:00 and leap seconds are Postgres' to read.
    let (hour, minute, second) = (number(&time[..2])?, number(&time[3..5])?, number(&time[6..8])?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let micros = match &time[8..] {
        [] => 0,
        [b'.', digits @ ..] if (1..=6).contains(&digits.len()) => {
            number(digits)? * 10_i64.pow(6 - u32::try_from(digits.len()).ok()?)
        }
        _ => return None,
    };
    let midnight = DateTime::from_parts(date, jiff::civil::Time::midnight());
    let epoch = jiff::civil::date(2000, 1, 1).at(0, 0, 0, 0);
    let days = i64::try_from(midnight.duration_since(epoch).as_micros()).ok()?;
    Some(pg_sys::Datum::from(days + ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros))
}

/// A day of our era, in four digits, two and two: 0000 is no year.
fn iso_date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (number(&bytes[..4])?, number(&bytes[5..7])?, number(&bytes[8..])?);
    if year == 0 {
        return None;
    }
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Of digits alone, few of them.
fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))
}

/// A copy in the current memory context.
pub fn text(text: &str) -> pg_sys::Datum {
    let length = i32::try_from(text.len()).unwrap_or(i32::MAX);
    // SAFETY: copies so many bytes of the text.
    unsafe { pg_sys::Datum::from(pg_sys::cstring_to_text_with_len(text.as_ptr().cast(), length)) }
}
