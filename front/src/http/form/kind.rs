//! What a field can be: each kind reads it, and says in JSON Schema what it takes.

use super::given::GivenFields;
use crate::problem::shown;
use serde_json::{json, Value};

/// Any text that a database takes.
pub const TEXT: &str = "^[^\\u0000]*$";

/// A kind of field. An empty value is as good as none.
pub trait FieldKind {
    type Value;

    fn read(&self, given: &mut GivenFields, name: &'static str) -> Self::Value;

    /// JSON Schema of what it takes.
    fn schema(&self) -> Value;

    fn is_needed(&self) -> bool {
        false
    }

    /// Adds it to the schema of a body.
    fn describe(&self, name: &str, words: &str, body: &mut Value) {
        let mut property = self.schema();
        property["description"] = json!(super::fields::words(words));
        body["properties"][name] = property;
        if self.is_needed() {
            match body["required"].as_array_mut() {
                Some(needed) => needed.push(json!(name)),
                None => body["required"] = json!([name]),
            }
        }
    }
}

pub struct Text;

impl FieldKind for Text {
    type Value = Option<String>;

    fn read(&self, given: &mut GivenFields, name: &'static str) -> Option<String> {
        given.text(name)
    }

    fn schema(&self) -> Value {
        json!({ "type": ["string", "null"], "pattern": TEXT })
    }
}

/// A text of this pattern, which the document says and the database judges.
pub struct Pattern(pub &'static str);

impl FieldKind for Pattern {
    type Value = Option<String>;

    fn read(&self, given: &mut GivenFields, name: &'static str) -> Option<String> {
        given.text(name)
    }

    fn schema(&self) -> Value {
        json!({ "type": ["string", "null"], "pattern": self.0 })
    }
}

/// One of a few texts, in any case; the first one where none is given.
pub struct OneOf(pub &'static [&'static str]);

impl FieldKind for OneOf {
    type Value = &'static str;

    fn read(&self, given: &mut GivenFields, name: &'static str) -> &'static str {
        let default = self.0[0];
        let Some(text) = given.text(name) else { return default };
        match self.0.iter().find(|known| known.eq_ignore_ascii_case(&text)) {
            Some(found) => found,
            None => {
                let known = self.0.join(", ");
                given.refuse::<()>(name, format!("'{}' is not one of {known}", shown(&text)));
                default
            }
        }
    }

    fn schema(&self) -> Value {
        let words: Vec<String> = self.0.iter().map(|word| in_any_case(word)).collect();
        json!({
            "type": ["string", "null"], "pattern": format!("^({})?$", words.join("|")), "default": self.0[0],
        })
    }
}

/// Y or N, true or false; with what it is where none is given.
pub struct YesNo(pub bool);

impl FieldKind for YesNo {
    type Value = bool;

    fn read(&self, given: &mut GivenFields, name: &'static str) -> bool {
        let value = match given.any(name) {
            None => None,
            Some(Value::Bool(truth)) => Some(truth),
            Some(Value::String(text)) => match text.trim().to_ascii_lowercase().as_str() {
                "" => None,
                "y" | "true" => Some(true),
                "n" | "false" => Some(false),
                text => given
                    .refuse(name, format!("'{}' is neither Y nor N, neither true nor false", shown(text))),
            },
            Some(_) => given.refuse(name, "is neither Y nor N, neither true nor false"),
        };
        value.unwrap_or(self.0)
    }

    fn schema(&self) -> Value {
        let default = if self.0 { "Y" } else { "N" };
        let pattern = format!("^([YyNn]|{}|{})?$", in_any_case("true"), in_any_case("false"));
        json!({
            "anyOf": [{ "type": "boolean" }, { "type": "string", "pattern": pattern }, { "type": "null" }],
            "default": default,
            "example": default,
        })
    }
}

/// Y, N, true, false, or some of these letters; N where none is given.
pub struct Letters(pub &'static str);

impl FieldKind for Letters {
    type Value = String;

    fn read(&self, given: &mut GivenFields, name: &'static str) -> String {
        let letters = self.0;
        let value = match given.any(name) {
            None => None,
            Some(Value::Bool(truth)) => Some(if truth { "Y" } else { "N" }.to_owned()),
            Some(Value::String(text)) => {
                let some = |letter: char| letters.contains(letter) || letter == ',' || letter == ' ';
                match text.trim().to_ascii_uppercase().as_str() {
                    "" => None,
                    "Y" | "TRUE" => Some("Y".to_owned()),
                    "N" | "FALSE" => Some("N".to_owned()),
                    text if text.chars().all(some) => Some(text.to_owned()),
                    text => given.refuse(
                        name,
                        format!("'{}' is neither Y nor N nor some of the letters {letters}", shown(text)),
                    ),
                }
            }
            Some(_) => given.refuse(name, format!("is neither Y nor N nor some of the letters {letters}")),
        };
        value.unwrap_or_else(|| "N".to_owned())
    }

    fn schema(&self) -> Value {
        let some = format!("[{}{}]+", self.0, self.0.to_ascii_lowercase());
        let (yes, no) = (in_any_case("true"), in_any_case("false"));
        let pattern = format!("^([YyNn]|{some}(, ?{some})*|{yes}|{no})?$");
        json!({
            "anyOf": [{ "type": "boolean" }, { "type": "string", "pattern": pattern }, { "type": "null" }],
            "default": "N",
            "example": "N",
        })
    }
}

/// A whole number from 0 to so much; in the query of an address it is a text.
pub struct Number(pub u32);

impl FieldKind for Number {
    type Value = Option<u32>;

    fn read(&self, given: &mut GivenFields, name: &'static str) -> Option<u32> {
        match given.text(name)?.parse() {
            Ok(number) if number <= self.0 => Some(number),
            _ => given.refuse(name, format!("is not a number from 0 to {}", self.0)),
        }
    }

    fn schema(&self) -> Value {
        json!({ "anyOf": [{ "type": "integer", "minimum": 0, "maximum": self.0 }, { "const": "" }] })
    }
}

/// A list of texts, or a text whose parts are separated by commas.
pub struct List;

impl FieldKind for List {
    type Value = Option<Vec<String>>;

    fn read(&self, given: &mut GivenFields, name: &'static str) -> Option<Vec<String>> {
        let parts = match given.any(name)? {
            Value::String(text) => text.split(',').map(str::to_owned).collect(),
            Value::Array(items) => {
                let texts: Option<Vec<String>> =
                    items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
                match texts {
                    Some(texts) => texts,
                    None => return given.refuse(name, "is a list of something else than texts"),
                }
            }
            _ => return given.refuse(name, "is neither a text nor a list of texts"),
        };
        if parts.iter().any(|part| part.contains('\0')) {
            return given.refuse(name, "holds a NUL character");
        }
        let parts: Vec<String> =
            parts.iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
        Some(parts).filter(|parts| !parts.is_empty())
    }

    fn schema(&self) -> Value {
        let text = json!({ "type": "string", "pattern": TEXT });
        json!({ "anyOf": [text.clone(), { "type": "array", "items": text }, { "type": "null" }] })
    }
}

/// The rows of a request, or their keys, as the text that the database reads.
pub struct DataRows;

impl FieldKind for DataRows {
    type Value = String;

    fn read(&self, given: &mut GivenFields, name: &'static str) -> String {
        let data = given.data(name);
        given.needed(name, data)
    }

    fn schema(&self) -> Value {
        json!({ "anyOf": [{ "type": "object" }, { "type": "array", "items": { "type": "object" } }] })
    }

    fn is_needed(&self) -> bool {
        true
    }
}

/// A field that the request cannot do without.
pub struct Needed<K>(pub K);

impl<T: Default, K: FieldKind<Value = Option<T>>> FieldKind for Needed<K> {
    type Value = T;

    fn read(&self, given: &mut GivenFields, name: &'static str) -> T {
        let value = self.0.read(given, name);
        given.needed(name, value)
    }

    /// Neither null nor empty.
    fn schema(&self) -> Value {
        let schema = self.0.schema();
        let mut given = schema["anyOf"].get(0).cloned().unwrap_or(schema);
        if let Some(types) = given["type"].as_array_mut() {
            types.retain(|name| name != "null");
            given["type"] = types[0].clone();
        }
        given
    }

    fn is_needed(&self) -> bool {
        true
    }
}

/// Letters of either case.
fn in_any_case(word: &str) -> String {
    word.chars().map(|letter| format!("[{}{letter}]", letter.to_ascii_uppercase())).collect()
}

#[cfg(test)]
mod tests {
    use super::super::date::Dates;
    use super::super::fields::RequestFields;
    use super::super::target::{NeededTarget, Target};
    use super::*;

    fields! {
        /// A run
        /// of something.
        struct Run {
            /// When.
            run_date: Option<Vec<String>> = Dates,
            run_mode: &'static str = OneOf(&["common", "rerun"]),
            choose: Option<Vec<String>> = List,
            background: bool = YesNo(true),
            strict: bool = YesNo(false),
        }
    }

    fn given(fields: Value) -> GivenFields {
        let Value::Object(fields) = fields else { panic!("an object") };
        GivenFields::new(fields.into_iter().collect())
    }

    fn read(fields: Value) -> (Run, Vec<String>) {
        let mut given = given(fields);
        let run = Run::read(&mut given);
        let errors = given.finish().err().map(|problem| problem.errors.clone()).unwrap_or_default();
        (run, errors.into_iter().map(|(field, _)| field).collect())
    }

    #[test]
    fn all_wrong_fields_are_told_at_once() {
        let (run, errors) = read(json!({ "run_date": "2021-02-30", "run_mode": "x", "chose": "a" }));
        assert_eq!((run.run_date, run.run_mode, run.choose), (None, "common", None));
        assert_eq!(errors, ["run_date", "run_mode", "chose"]);
    }

    #[test]
    fn dates_come_in_their_order_and_once() {
        let (run, errors) = read(json!({ "run_date": "2021-01-03, 2021-01-01,2021-01-03" }));
        assert_eq!(
            (run.run_date.unwrap(), errors.len()),
            (vec!["2021-01-01".into(), "2021-01-03".into()], 0)
        );
    }

    #[test]
    fn a_flag_is_a_letter_or_a_truth() {
        for (value, truth) in [(json!(true), true), (json!("false"), false), (json!("y"), true)] {
            assert_eq!(read(json!({ "strict": value })).0.strict, truth);
        }
        let (run, errors) = read(json!({ "background": "", "strict": null }));
        assert!(run.background && !run.strict && errors.is_empty());
        for wrong in [json!(1), json!("yes")] {
            assert_eq!(read(json!({ "strict": wrong })).1, ["strict"]);
        }
    }

    #[test]
    fn both_and_neither_of_table_and_pipeline_are_refused() {
        let target = NeededTarget { table: "A table.", pipeline: "A pipeline." };
        for (fields, field) in
            [(json!({ "table_name": "a", "pipeline_name": "b" }), "pipeline_name"), (json!({}), "table_name")]
        {
            let mut given = given(fields);
            assert_eq!(target.read(&mut given, "target"), Target { kind: "table", name: String::new() });
            let errors = given.finish().unwrap_err().errors.clone();
            assert_eq!((errors.len(), errors[0].0.as_str()), (1, field));
        }
    }

    #[test]
    fn the_document_is_made_of_the_same_declaration() {
        let document = Run::document();
        assert_eq!(document["description"], "A run\nof something.");
        assert_eq!(document["properties"]["run_date"]["description"], "When.");
        assert_eq!(document["properties"]["background"]["default"], "Y");
        let names: Vec<&String> = document["properties"].as_object().unwrap().keys().collect();
        assert_eq!(names, ["run_date", "run_mode", "choose", "background", "strict"]);
    }
}
