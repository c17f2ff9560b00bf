//! How a JSON value becomes the text that a column's type reads: the rules of `dfa.ingest`, for COPY.

use crate::read::json::unquote;
use serde_json::value::RawValue;
use std::borrow::Cow;
use tokio_postgres::types::Type;

/// What a type takes of JSON beside texts; a domain has the form of the type that it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `5.0` is how many programs send a whole number.
    Whole,
    /// json and jsonb: any JSON, a text as a JSON text.
    Json,
    Array(Element),
    /// Anything else: a value without parts.
    Scalar,
}

/// What stands in an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    Whole,
    Json,
    Scalar,
}

impl Form {
    /// Of a type by its oid, and by that of its elements.
    pub fn of(base: u32, element: Option<u32>) -> Self {
        match (element.map(Element::of), Element::of(base)) {
            (Some(element), _) => Form::Array(element),
            (None, Element::Whole) => Form::Whole,
            (None, Element::Json) => Form::Json,
            (None, Element::Scalar) => Form::Scalar,
        }
    }

    /// The text of a value; `None` is NULL. The reason where the type has no place for it.
    pub fn text_of<'j>(self, raw: &'j RawValue, type_name: &str) -> Result<Option<Cow<'j, str>>, String> {
        let text = raw.get();
        match (text.as_bytes().first(), self) {
            _ if text == "null" => Ok(None),
            (_, Form::Json) => Ok(Some(Cow::Borrowed(text))),
            (Some(b'['), Form::Array(element)) => element.literal(text).map(|text| Some(Cow::Owned(text))),
            (Some(b'['), _) => Err(format!("a list, where a value of type {type_name} belongs")),
            (Some(b'{'), _) => Err(format!("an object, where a value of type {type_name} belongs")),
            (Some(b'"'), _) => unquote(text).map(Some),
            (_, Form::Whole) => Ok(Some(Cow::Borrowed(whole(text)))),
            _ => Ok(Some(Cow::Borrowed(text))),
        }
    }
}

impl Element {
    fn of(oid: u32) -> Self {
        match Type::from_oid(oid) {
            Some(Type::INT2 | Type::INT4 | Type::INT8) => Element::Whole,
            Some(Type::JSON | Type::JSONB) => Element::Json,
            _ => Element::Scalar,
        }
    }

    /// `{1,"two",NULL}` of a JSON list. Its depth is bounded by the reader's.
    fn literal(self, text: &str) -> Result<String, String> {
        let items: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let mut literal = String::from("{");
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                literal.push(',');
            }
            let item = item.get();
            match (item.as_bytes().first(), self) {
                _ if item == "null" => literal.push_str("NULL"),
                (_, Element::Json) => quote(item, &mut literal),
                (Some(b'['), _) => literal.push_str(&self.literal(item)?),
                (Some(b'{'), _) => return Err("an object inside an array".to_owned()),
                (Some(b'"'), _) => quote(&unquote(item)?, &mut literal),
                (_, Element::Whole) => quote(whole(item), &mut literal),
                _ => quote(item, &mut literal),
            }
        }
        literal.push('}');
        Ok(literal)
    }
}

fn quote(text: &str, literal: &mut String) {
    literal.push('"');
    literal.push_str(&text.replace('\\', "\\\\").replace('"', "\\\""));
    literal.push('"');
}

/// A number without a fraction of zeros.
pub fn whole(number: &str) -> &str {
    match number.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
        _ => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(form: Form, json: &str) -> Result<Option<String>, String> {
        let raw: Box<RawValue> = serde_json::from_str(json).unwrap();
        form.text_of(&raw, "t").map(|text| text.map(Cow::into_owned))
    }

    #[test]
    fn a_text_stays_a_text_where_the_column_is_json() {
        for json in [r#""5""#, r#""true""#, r#""null""#, r#"{"a":1.10}"#, "5"] {
            assert_eq!(text(Form::Json, json), Ok(Some(json.to_owned())));
            assert_eq!(text(Form::Json, "null"), Ok(None));
        }
        assert_eq!(text(Form::Scalar, r#""5""#), Ok(Some("5".to_owned())));
    }

    #[test]
    fn lists_become_arrays() {
        let list = r#"["a","b\"\\", null, "NULL", [1.0]]"#;
        let literal = r#"{"a","b\"\\",NULL,"NULL",{"1.0"}}"#;
        assert_eq!(text(Form::Array(Element::Scalar), list), Ok(Some(literal.to_owned())));
        assert_eq!(text(Form::Array(Element::Whole), "[3.0,4.5]"), Ok(Some(r#"{"3","4.5"}"#.to_owned())));
        let objects = text(Form::Array(Element::Json), r#"[{"a":"x"},"t"]"#);
        assert_eq!(objects, Ok(Some(r#"{"{\"a\":\"x\"}","\"t\""}"#.to_owned())));
        assert!(text(Form::Scalar, "[1]").is_err() && text(Form::Scalar, "{}").is_err());
    }

    #[test]
    fn a_whole_number_may_have_a_fraction_of_zeros() {
        assert_eq!(text(Form::Whole, "5.00"), Ok(Some("5".to_owned())));
        assert_eq!(text(Form::Whole, "5.5"), Ok(Some("5.5".to_owned())));
        assert_eq!(text(Form::Scalar, "5.00"), Ok(Some("5.00".to_owned())));
    }
}
