//! Dates and times as people write them.

use super::given::GivenFields;
use super::kind::{FieldKind, List};
use crate::problem::shown;
use serde_json::{json, Value};

/// More dates than anybody lists by hand; a backfill takes a range.
const MAX_DATES: usize = 1000;
/// Every day of a year, and 29 February of any, as a pattern.
const DATE: &str =
    "([0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])\
|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))";
/// What may follow a date: a time, and its offset.
const MOMENT: &str =
    "([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,6})?)?(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)?)?";

pub struct Date;

impl FieldKind for Date {
    type Value = Option<String>;

    fn read(&self, given: &mut GivenFields, name: &'static str) -> Option<String> {
        let text = given.text(name)?;
        checked_date(given, name, text)
    }

    fn schema(&self) -> Value {
        let date = json!({ "type": ["string", "null"], "format": "date", "example": "2021-01-31" });
        json!({ "anyOf": [date, { "const": "" }] })
    }
}

fn checked_date(given: &mut GivenFields, name: &'static str, text: String) -> Option<String> {
    let date = text.parse::<jiff::civil::Date>();
    match date {
        Ok(date) if text.len() == 10 && date.year() > 0 => Some(text),
        _ => given.refuse(name, format!("'{}' is not a date: write YYYY-MM-DD", shown(&text))),
    }
}

/// Dates in their order, each once: a text or a list.
pub struct Dates;

impl FieldKind for Dates {
    type Value = Option<Vec<String>>;

    fn read(&self, given: &mut GivenFields, name: &'static str) -> Option<Vec<String>> {
        let texts = List.read(given, name)?;
        if texts.len() > MAX_DATES {
            return given.refuse(name, format!("has more than {MAX_DATES} dates"));
        }
        let mut dates: Vec<String> =
            texts.into_iter().map(|text| checked_date(given, name, text)).collect::<Option<_>>()?;
        dates.sort();
        dates.dedup();
        Some(dates)
    }

    fn schema(&self) -> Value {
        let text = format!("^({DATE}( ?, ?{DATE})*)?$");
        json!({ "anyOf": [
            { "type": "string", "pattern": text, "example": "2021-01-30, 2021-01-31" },
            { "type": "array", "maxItems": MAX_DATES,
              "items": { "type": "string", "pattern": format!("^{DATE}$") } },
            { "type": "null" },
        ] })
    }
}

/// A date, or a date and a time, with or without an offset; no word that stands for one.
pub struct Moment;

impl FieldKind for Moment {
    type Value = Option<String>;

    fn read(&self, given: &mut GivenFields, name: &'static str) -> Option<String> {
        let text = given.text(name)?;
        if is_moment(&text) {
            return Some(text);
        }
        given.refuse(
            name,
            format!("'{}' is not a time: write YYYY-MM-DD HH:MM:SS, with or without an offset", shown(&text)),
        )
    }

    fn schema(&self) -> Value {
        let pattern = format!("^({DATE}{MOMENT})?$");
        json!({ "type": ["string", "null"], "pattern": pattern, "example": "2021-01-31T06:00:00Z" })
    }
}

/// `2021-01-31`, `2021-01-31 06:00`, `2021-01-31T06:00:00.5Z`, `2021-01-31 06:00:00+01:00`.
fn is_moment(text: &str) -> bool {
    let (Some(date), Some(rest)) = (text.get(..10), text.get(10..)) else { return false };
    let is_date = date.parse::<jiff::civil::Date>().is_ok_and(|date| date.year() > 0);
    let Some(time) = rest.strip_prefix(['T', ' ']) else { return is_date && rest.is_empty() };
    let end =
        time.find(|letter: char| !(letter.is_ascii_digit() || ":.".contains(letter))).unwrap_or(time.len());
    let (time, offset) = time.split_at(end);
    let fits = matches!(time.len(), 5 | 8 | 10..)
        && !time.ends_with('.')
        && time.parse::<jiff::civil::Time>().is_ok();
    let digits = offset.get(1..).unwrap_or_default().replace(':', "");
    let is_offset = match offset.chars().next() {
        None => true,
        Some('Z') => offset.len() == 1,
        Some('+' | '-') => {
            matches!(digits.len(), 2 | 4)
                && digits.bytes().all(|byte| byte.is_ascii_digit())
                && digits.as_str() < "1500"
        }
        Some(_) => false,
    };
    is_date && fits && is_offset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_no_word() {
        for text in [
            "2021-01-31",
            "2021-01-31 06:00",
            "2021-01-31T06:00:00Z",
            "2021-01-31 06:00:00.123456+01",
            "2021-01-31T06:00:00-03:30",
        ] {
            assert!(is_moment(text), "{text}");
        }
        for text in [
            "infinity",
            "tomorrow",
            "now",
            "2021-02-30",
            "2021-01-31T",
            "2021-01-31 25:00",
            "2021-01-31 06:00 PST",
            "0000-01-01",
            "2021-01-31T06:00:00+99",
            "2021-01-31T06:00:00ä",
        ] {
            assert!(!is_moment(text), "{text}");
        }
    }
}
