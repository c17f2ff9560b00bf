//! Takes fields out of a request one by one and collects all that is wrong with them.

use super::{parse, Fields};
use crate::http::once::Asked;
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
        let asked = Asked::of(parts, &Value::Object(fields.iter().cloned().collect()), "")?;
        Ok(Form::new(fields, asked))
    }

    /// Whatever JSON a field holds.
    pub fn any(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        let place = self.fields.iter().position(|(field, _)| field == name)?;
        Some(self.fields.remove(place).1)
    }

    pub fn text(&mut self, name: &'static str) -> Option<String> {
        match self.any(name)? {
            Value::String(text) if text.contains('\0') => self.refuse(name, "holds a NUL character"),
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            _ => self.refuse(name, "is no text"),
        }
    }

    /// A text of a few known ones, in any case.
    pub fn one_of(&mut self, name: &'static str, allowed: &[&'static str]) -> Option<&'static str> {
        let text = self.text(name)?;
        match allowed.iter().find(|known| known.eq_ignore_ascii_case(&text)) {
            Some(found) => Some(*found),
            None => self.refuse(name, format!("'{}' is none of {}", shown(&text), allowed.join(", "))),
        }
    }

    /// Y or N.
    pub fn yes_no(&mut self, name: &'static str, default: bool) -> bool {
        self.one_of(name, &["Y", "N"]).map_or(default, |flag| flag == "Y")
    }

    /// Y, N, or some of these letters.
    pub fn flags(&mut self, name: &'static str, letters: &str) -> Option<String> {
        let text = self.text(name)?.to_ascii_uppercase();
        let some = |letter: char| letters.contains(letter) || letter == ',' || letter == ' ';
        if text == "Y" || text == "N" || text.chars().all(some) {
            return Some(text);
        }
        self.refuse(name, format!("'{}' is neither Y nor N nor some of the letters {letters}", shown(&text)))
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
            _ => self.refuse(name, format!("'{}' is no date: write YYYY-MM-DD", shown(&text))),
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

/// A value as a message shows it: not without end.
fn shown(text: &str) -> String {
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
    fn both_and_neither_of_table_and_pipeline_are_refused() {
        let mut both = form(json!({ "table_name": "a", "pipeline_name": "b" }));
        both.needed_target();
        assert_eq!(both.finish().unwrap_err().errors.len(), 1);
        let mut neither = form(json!({}));
        neither.needed_target();
        assert_eq!(neither.finish().unwrap_err().errors[0].0, "table_name");
    }
}
