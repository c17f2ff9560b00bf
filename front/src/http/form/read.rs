//! Takes fields out of a request one by one and collects all that is wrong with them.

use super::{given, parse, Fields};
use crate::http::idempotency::Asked;
use crate::http::problem::Problem;
use axum::http::request::Parts;
use serde_json::Value;

/// More dates than anybody lists by hand; a backfill takes a range.
const MAX_DATES: usize = 1000;

/// The fields of a request that have not been taken yet.
#[derive(Debug)]
pub struct Form {
    fields: Fields,
    /// Names that were asked for, for a suggestion.
    known: Vec<&'static str>,
    errors: Vec<(String, String)>,
    asked: Asked,
}

/// The table or the pipeline that a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub kind: &'static str,
    pub name: String,
}

impl Form {
    pub(super) fn new(fields: Fields, asked: Asked) -> Self {
        Form { fields, known: Vec::new(), errors: Vec::new(), asked }
    }

    /// The fields of a query, for a body that is something else.
    pub fn of_query(parts: &Parts) -> Result<Self, Problem> {
        let fields = parse::urlencoded(parts.uri.query().unwrap_or_default().as_bytes())?;
        let asked = Asked::of(parts, &given(&fields), "")?;
        Ok(Form::new(fields, asked))
    }

    /// A field of the address beside a body that has the fields is refused, whatever it is: it would be ignored.
    pub fn refuse_query(&mut self, parts: &Parts) -> Result<(), Problem> {
        for (name, _) in parse::urlencoded(parts.uri.query().unwrap_or_default().as_bytes())? {
            self.refuse::<()>(
                &name,
                "stands in the address: the fields of this request belong into its body",
            );
        }
        Ok(())
    }

    /// Whatever JSON a field holds.
    pub fn any(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        let place = self.fields.iter().position(|(field, _)| field == name)?;
        Some(self.fields.remove(place).1).filter(|value| !value.is_null())
    }

    pub fn text(&mut self, name: &'static str) -> Option<String> {
        match self.any(name)? {
            Value::String(text) if text.contains('\0') => self.refuse(name, "holds a NUL character"),
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            _ => self.refuse(name, "is not a text"),
        }
    }

    /// A text of a few known ones, in any case.
    pub fn one_of(&mut self, name: &'static str, allowed: &[&'static str]) -> Option<&'static str> {
        let text = self.text(name)?;
        match allowed.iter().find(|known| known.eq_ignore_ascii_case(&text)) {
            Some(found) => Some(*found),
            None => self.refuse(name, format!("'{}' is not one of {}", shown(&text), allowed.join(", "))),
        }
    }

    /// Y or N, true or false.
    pub fn yes_no(&mut self, name: &'static str, default: bool) -> bool {
        self.truth(name).unwrap_or(default)
    }

    fn truth(&mut self, name: &'static str) -> Option<bool> {
        let given = self.any(name)?;
        let text = match &given {
            Value::Bool(truth) => return Some(*truth),
            Value::String(text) => text.trim().to_ascii_lowercase(),
            _ => return self.refuse(name, "is neither Y nor N, neither true nor false"),
        };
        match text.as_str() {
            "" => None,
            "y" | "true" => Some(true),
            "n" | "false" => Some(false),
            text => {
                self.refuse(name, format!("'{}' is neither Y nor N, neither true nor false", shown(text)))
            }
        }
    }

    /// Y, N, true, false, or some of these letters.
    pub fn flags(&mut self, name: &'static str, letters: &str) -> Option<String> {
        let given = self.any(name)?;
        let text = match &given {
            Value::Bool(true) => "Y".to_owned(),
            Value::Bool(false) => "N".to_owned(),
            Value::String(text) => text.trim().to_ascii_uppercase(),
            _ => return self.refuse(name, format!("is neither Y nor N nor some of the letters {letters}")),
        };
        let text = match text.as_str() {
            "" => return None,
            "TRUE" => "Y".to_owned(),
            "FALSE" => "N".to_owned(),
            _ => text,
        };
        let some = |letter: char| letters.contains(letter) || letter == ',' || letter == ' ';
        if text == "Y" || text == "N" || text.chars().all(some) {
            return Some(text);
        }
        self.refuse(name, format!("'{}' is neither Y nor N nor some of the letters {letters}", shown(&text)))
    }

    /// A whole number from 0 to `most`; in the query of an address it is a text.
    pub fn number(&mut self, name: &'static str, most: u32) -> Option<u32> {
        match self.text(name)?.parse() {
            Ok(number) if number <= most => Some(number),
            _ => self.refuse(name, format!("is not a number from 0 to {most}")),
        }
    }

    /// A list, or a text whose parts are separated by commas.
    pub fn list(&mut self, name: &'static str) -> Option<Vec<String>> {
        let parts = match self.any(name)? {
            Value::String(text) => text.split(',').map(str::to_owned).collect(),
            Value::Array(items) => {
                let texts: Option<Vec<String>> =
                    items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
                match texts {
                    Some(texts) => texts,
                    None => return self.refuse(name, "is a list of something else than texts"),
                }
            }
            _ => return self.refuse(name, "is neither a text nor a list of texts"),
        };
        if parts.iter().any(|part| part.contains('\0')) {
            return self.refuse(name, "holds a NUL character");
        }
        let parts: Vec<String> =
            parts.iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
        Some(parts).filter(|parts| !parts.is_empty())
    }

    pub fn date(&mut self, name: &'static str) -> Option<String> {
        let text = self.text(name)?;
        self.checked_date(name, text)
    }

    /// A date, or a date and a time, with or without an offset; no word that stands for one.
    pub fn moment(&mut self, name: &'static str) -> Option<String> {
        let text = self.text(name)?;
        if is_moment(&text) {
            return Some(text);
        }
        self.refuse(
            name,
            format!("'{}' is not a time: write YYYY-MM-DD HH:MM:SS, with or without an offset", shown(&text)),
        )
    }

    /// Dates in their order, each once.
    pub fn dates(&mut self, name: &'static str) -> Option<Vec<String>> {
        let texts = self.list(name)?;
        if texts.len() > MAX_DATES {
            return self.refuse(name, format!("has more than {MAX_DATES} dates"));
        }
        let mut dates: Vec<String> =
            texts.into_iter().map(|text| self.checked_date(name, text)).collect::<Option<_>>()?;
        dates.sort();
        dates.dedup();
        Some(dates)
    }

    fn checked_date(&mut self, name: &'static str, text: String) -> Option<String> {
        let date = text.parse::<jiff::civil::Date>();
        match date {
            Ok(date) if text.len() == 10 && date.year() > 0 => Some(text),
            _ => self.refuse(name, format!("'{}' is not a date: write YYYY-MM-DD", shown(&text))),
        }
    }

    /// table_name or pipeline_name, not both.
    pub fn target(&mut self) -> Option<Target> {
        match (self.text("table_name"), self.text("pipeline_name")) {
            (Some(_), Some(_)) => self.refuse("pipeline_name", "stands beside table_name: give one of them"),
            (Some(name), None) => Some(Target { kind: "table", name }),
            (None, Some(name)) => Some(Target { kind: "pipeline", name }),
            (None, None) => None,
        }
    }

    /// [`Form::target`], which this request cannot do without.
    pub fn needed_target(&mut self) -> Target {
        let errors = self.errors.len();
        self.target().unwrap_or_else(|| {
            if self.errors.len() == errors {
                self.refuse::<()>("table_name", "is missing, and so is pipeline_name: give one of them");
            }
            Target { kind: "table", name: String::new() }
        })
    }

    /// A value that this request cannot do without.
    pub fn needed<T: Default>(&mut self, name: &'static str, value: Option<T>) -> T {
        value.unwrap_or_else(|| {
            if !self.errors.iter().any(|(field, _)| field == name) {
                self.refuse::<()>(name, "is missing");
            }
            T::default()
        })
    }

    /// Notes an error, to be told at the end together with the others.
    pub fn refuse<T>(&mut self, name: &str, what: impl Into<String>) -> Option<T> {
        self.errors.push((name.to_owned(), what.into()));
        None
    }

    /// Every field must have been taken, and none refused.
    pub fn finish(mut self) -> Result<Asked, Problem> {
        for (name, _) in std::mem::take(&mut self.fields) {
            let near = dfa_catalog::name::suggest(&name, self.known.iter().copied());
            let what = match near {
                Some(near) => format!("is not known: did you mean {near}?"),
                None if self.known.is_empty() => "is not known: this request takes no fields".to_owned(),
                None => format!("is not known: the fields are {}", self.known.join(", ")),
            };
            self.errors.push((shown(&name), what));
        }
        if self.errors.is_empty() {
            Ok(self.asked)
        } else {
            Err(Problem::invalid(self.errors))
        }
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

/// A value as a message shows it: not without end.
pub fn shown(text: &str) -> String {
    const ENOUGH: usize = 60;
    match text.char_indices().nth(ENOUGH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn form(fields: Value) -> Form {
        let Value::Object(fields) = fields else { panic!("an object") };
        Form::new(fields.into_iter().collect(), Asked::default())
    }

    #[test]
    fn all_wrong_fields_are_told_at_once() {
        let mut form = form(json!({ "run_date": "2021-02-30", "run_mode": "x", "chose": "a" }));
        assert_eq!(form.dates("run_date"), None);
        assert_eq!(form.one_of("run_mode", &["common", "rerun"]), None);
        assert_eq!(form.list("choose"), None);
        let fields: Vec<String> =
            form.finish().unwrap_err().errors.iter().map(|error| error.0.clone()).collect();
        assert_eq!(fields, ["run_date", "run_mode", "chose"]);
    }

    #[test]
    fn dates_come_in_their_order_and_once() {
        let mut form = form(json!({ "run_date": "2021-01-03, 2021-01-01,2021-01-03" }));
        assert_eq!(form.dates("run_date").unwrap(), ["2021-01-01", "2021-01-03"]);
    }

    #[test]
    fn a_flag_is_a_letter_or_a_truth() {
        let mut form = form(json!({ "a": true, "b": "false", "c": "y", "d": "", "e": 1, "f": "yes" }));
        assert!(
            form.yes_no("a", false)
                && !form.yes_no("b", true)
                && form.yes_no("c", false)
                && form.yes_no("d", true)
        );
        assert!(!form.yes_no("e", false) && !form.yes_no("f", false));
        assert_eq!(form.finish().unwrap_err().errors.len(), 2);
    }

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

    #[test]
    fn both_and_neither_of_table_and_pipeline_are_refused() {
        let mut both = form(json!({ "table_name": "a", "pipeline_name": "b" }));
        both.needed_target();
        assert_eq!(both.finish().unwrap_err().errors.len(), 1);
        let mut neither = form(json!({}));
        neither.needed_target();
        assert_eq!(neither.finish().unwrap_err().errors[0].0, "table_name");
    }
}
