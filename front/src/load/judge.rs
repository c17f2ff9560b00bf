//! Whether a text is surely a value of its column, surely not, or a question for the server.

use super::table::Column;
use jiff::civil::Date;
use tokio_postgres::types::Type;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Fine,
    /// The server knows more ways to write it.
    Unsure,
    Refused(String),
}

/// Judges one value.
pub fn judge(text: &str, column: &Column) -> Verdict {
    // Other blanks are none for Postgres.
    let trimmed = text.trim_ascii();
    match column.data_type {
        Type::INT2 => integer(trimmed, i64::from(i16::MIN), i64::from(i16::MAX)),
        Type::INT4 => integer(trimmed, i64::from(i32::MIN), i64::from(i32::MAX)),
        Type::INT8 => integer(trimmed, i64::MIN, i64::MAX),
        Type::FLOAT4 | Type::FLOAT8 => float(trimmed),
        Type::NUMERIC => numeric(trimmed, column.type_modifier),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR => characters(text, column),
        Type::DATE => sure_if(is_day(trimmed)),
        Type::TIMESTAMP => sure_if(is_moment(trimmed)),
        Type::TIMESTAMPTZ => sure_if(is_moment(trimmed) || instant_of(trimmed).is_some()),
        Type::UUID => sure_if(is_uuid(trimmed)),
        Type::BOOL => sure_if(
            ["t", "f", "true", "false", "1", "0", "yes", "no"]
                .iter()
                .any(|word| trimmed.eq_ignore_ascii_case(word)),
        ),
        _ => Verdict::Unsure,
    }
}

fn sure_if(sure: bool) -> Verdict {
    if sure {
        Verdict::Fine
    } else {
        Verdict::Unsure
    }
}

fn integer(text: &str, low: i64, high: i64) -> Verdict {
    match text.parse::<i128>() {
        Ok(number) if (i128::from(low)..=i128::from(high)).contains(&number) => Verdict::Fine,
        Ok(_) => Verdict::Refused(format!("is not from {low} to {high}")),
        Err(_) => Verdict::Refused("is not an integer".to_owned()),
    }
}

fn float(text: &str) -> Verdict {
    match text.parse::<f64>() {
        // Too large for Rust is infinite, for Postgres an error.
        Ok(number) => {
            sure_if(number.is_finite() && (number == 0.0 || number.abs() > 1e-30) && number.abs() < 1e30)
        }
        Err(_) => Verdict::Refused("is not a number".to_owned()),
    }
}

fn numeric(text: &str, type_modifier: i32) -> Verdict {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !(digits(whole) && digits(fraction)) || (whole.is_empty() && fraction.is_empty()) {
        let is_number = text.parse::<f64>().is_ok();
        return if is_number { Verdict::Unsure } else { Verdict::Refused("is not a number".to_owned()) };
    }
    // Rounding may carry into one more digit.
    sure_if(whole.trim_start_matches('0').len() < whole_digits(type_modifier))
}

/// Digits before the point that `numeric(p, s)` keeps: the type modifier is `(p << 16 | s) + 4`.
pub fn whole_digits(type_modifier: i32) -> usize {
    const WITHOUT_MODIFIER: usize = 1000;
    if type_modifier < 4 {
        return WITHOUT_MODIFIER;
    }
    let (precision, scale) = ((type_modifier - 4) >> 16, (type_modifier - 4) & 0x7ff);
    usize::try_from(precision - scale).unwrap_or(0)
}

/// A text and its length; blanks that do not fit are cut off by Postgres, too.
pub fn characters(text: &str, column: &Column) -> Verdict {
    if text.contains('\0') {
        return Verdict::Refused("holds a NUL character, which Postgres cannot keep".to_owned());
    }
    let Ok(limit) = usize::try_from(column.type_modifier - 4) else {
        return Verdict::Fine;
    };
    if text.len() <= limit
        || text.chars().count() <= limit
        || text.trim_end_matches(' ').chars().count() <= limit
    {
        return Verdict::Fine;
    }
    Verdict::Refused(format!("has {} characters, and {limit} fit", text.chars().count()))
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && iso_day(text).is_some()
}

/// The day with which a text begins as `YYYY-MM-DD`; Postgres has no year 0.
fn iso_day(text: &str) -> Option<Date> {
    let day = text.get(..10)?;
    let is_iso = day.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    (is_iso && !day.starts_with("0000")).then(|| day.parse().ok()).flatten()
}

/// The day of a date or timestamp that is surely one, since 1970-01-01.
pub fn day_of(text: &str) -> Option<i64> {
    let day = iso_day(text.trim_ascii())?;
    Some(i64::from((day - jiff::civil::date(1970, 1, 1)).get_days()))
}

fn is_moment(text: &str) -> bool {
    let plain =
        text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b':' | b' ' | b'T' | b'.'));
    plain && text.len() >= 19 && iso_day(text).is_some() && text.parse::<jiff::civil::DateTime>().is_ok()
}

/// Microseconds since 1970-01-01 00:00 UTC of a timestamp with its offset, `Z`, `+07` or `-03:30`.
pub fn instant_of(text: &str) -> Option<i64> {
    let text = text.trim_ascii();
    let at = text.rfind(['Z', '+', '-']).filter(|at| *at >= 19)?;
    let (moment, offset) = text.split_at(at);
    let hours = match offset.as_bytes() {
        b"Z" => 0,
        [_, tens, ones] | [_, tens, ones, b':', b'0'..=b'5', b'0'..=b'9'] => {
            char::from(*tens).to_digit(10)? * 10 + char::from(*ones).to_digit(10)?
        }
        _ => return None,
    };
    let instant = || text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_microsecond);
    (hours < 15 && is_moment(moment)).then(instant).flatten()
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use dfa_catalog::json::{Form, Kind};

    fn column(data_type: Type, type_modifier: i32) -> Column {
        Column {
            name: "c".to_owned(),
            type_name: data_type.name().to_owned(),
            cast_name: data_type.name().to_owned(),
            data_type,
            type_modifier,
            not_null: false,
            has_default: false,
            generated: false,
            form: Form { kind: Kind::Scalar, type_name: String::new() },
        }
    }

    #[test]
    fn integers_are_judged_by_range() {
        let int2 = column(Type::INT2, -1);
        assert_eq!(judge(" 32767 ", &int2), Verdict::Fine);
        assert!(matches!(judge("32768", &int2), Verdict::Refused(_)));
        assert!(matches!(judge("abc", &int2), Verdict::Refused(_)));
    }

    #[test]
    fn a_numeric_that_may_not_fit_is_asked_of_the_server() {
        let money = column(Type::NUMERIC, ((6 << 16) | 2) + 4);
        assert_eq!(judge("999.999", &money), Verdict::Fine);
        assert_eq!(judge("9999.99", &money), Verdict::Unsure);
        assert_eq!(judge("1e3", &money), Verdict::Unsure);
        assert!(matches!(judge("1,5", &money), Verdict::Refused(_)));
    }

    #[test]
    fn text_is_measured_in_characters() {
        let short = column(Type::VARCHAR, 3 + 4);
        assert_eq!(judge("äöü  ", &short), Verdict::Fine);
        assert!(matches!(judge("abcd", &short), Verdict::Refused(_)));
        assert!(matches!(judge("a\0", &short), Verdict::Refused(_)));
    }

    #[test]
    fn other_ways_to_write_a_date_are_the_servers_to_judge() {
        let date = column(Type::DATE, -1);
        assert_eq!(judge("2017-02-28", &date), Verdict::Fine);
        assert_eq!(judge("2017-02-30", &date), Verdict::Unsure);
        assert_eq!(judge("Feb 28 2017", &date), Verdict::Unsure);
        assert_eq!(judge("2017-02-28 10:11:12.5", &column(Type::TIMESTAMP, -1)), Verdict::Fine);
        assert_eq!(judge("2017-W05-1", &date), Verdict::Unsure);
        let instant = column(Type::TIMESTAMPTZ, -1);
        for text in ["2024-01-20T00:30:00+09:00", "2024-01-19 15:30:00.000Z", "2024-01-20 03:30:00+12"] {
            assert_eq!(
                (judge(text, &instant), instant_of(text)),
                (Verdict::Fine, Some(1_705_678_200_000_000))
            );
        }
        assert_eq!(judge("2024-01-20 03:30:00+17", &instant), Verdict::Unsure);
        assert_eq!((day_of(" 1970-01-02"), day_of("1969-12-31 10:00:00")), (Some(1), Some(-1)));
    }
}
