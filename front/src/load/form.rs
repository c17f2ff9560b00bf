//! How a JSON value becomes the text that a column's type reads: the rules of `dfa.ingest`, for COPY.

use super::types::Types;
use crate::read::json::{fields, unquote};
use serde_json::value::RawValue;
use std::borrow::Cow;
use tokio_postgres::types::Type;

/// `MAXDIM`: an array of Postgres has no more dimensions.
const MOST_DIMENSIONS: usize = 6;

/// What a type takes of JSON beside texts; a domain has the form of the type that it is made of.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// A value without parts.
    Scalar,
    /// `5.0` is how many programs send a whole number.
    Whole,
    /// json and jsonb: any JSON, a text as a JSON text.
    Json,
    Hstore,
    Array {
        element: Box<Form>,
        delimiter: char,
    },
    /// Attributes in their order.
    Composite(Vec<(String, Form)>),
}

impl Form {
    /// Of a type by its oid.
    pub fn of(oid: u32, types: &Types) -> Self {
        match Type::from_oid(oid) {
            Some(Type::INT2 | Type::INT4 | Type::INT8) => return Form::Whole,
            Some(Type::JSON | Type::JSONB) => return Form::Json,
            _ => {}
        }
        let Some(made) = types.get(oid) else { return Form::Scalar };
        match (made.base, made.element, made.attributes.as_slice()) {
            (Some(base), ..) => Form::of(base, types),
            (_, Some(element), _) => {
                Form::Array { element: Box::new(Form::of(element, types)), delimiter: made.delimiter }
            }
            (_, _, []) if made.is_hstore => Form::Hstore,
            (_, _, []) => Form::Scalar,
            (_, _, attributes) => {
                let form = |(name, oid): &(String, u32)| (name.clone(), Form::of(*oid, types));
                Form::Composite(attributes.iter().map(form).collect())
            }
        }
    }

    /// The text of a value; `None` is NULL. The reason where the type has no place for it.
    pub fn text_of<'j>(&self, raw: &'j RawValue, type_name: &str) -> Result<Option<Cow<'j, str>>, String> {
        match raw.get() {
            "null" => Ok(None),
            _ => self.text(raw, type_name).map(Some),
        }
    }

    fn text<'j>(&self, raw: &'j RawValue, type_name: &str) -> Result<Cow<'j, str>, String> {
        let json = raw.get();
        match (json.as_bytes().first(), self) {
            (_, Form::Json) => Ok(Cow::Borrowed(json)),
            (Some(b'"'), _) => unquote(json),
            (Some(b'['), Form::Array { element, delimiter }) => {
                array(json, element, *delimiter, type_name, 1).map(Cow::Owned)
            }
            (Some(b'{'), Form::Composite(attributes)) => {
                composite(json, attributes, type_name).map(Cow::Owned)
            }
            (Some(b'{'), Form::Hstore) => hstore(json).map(Cow::Owned),
            (Some(b'['), _) => Err(format!("a list, where a value of type {type_name} belongs")),
            (Some(b'{'), _) => Err(format!("an object, where a value of type {type_name} belongs")),
            (_, Form::Whole) => Ok(Cow::Borrowed(whole(json))),
            _ => Ok(Cow::Borrowed(json)),
        }
    }
}

/// `{…,…}`; lists in a list are dimensions, unless the elements are arrays by themselves (of a domain).
fn array(
    json: &str,
    element: &Form,
    delimiter: char,
    type_name: &str,
    dimension: usize,
) -> Result<String, String> {
    if dimension > MOST_DIMENSIONS {
        return Err(format!(
            "a list inside more than {MOST_DIMENSIONS} lists: an array has no more dimensions"
        ));
    }
    let items: Vec<&RawValue> = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let mut literal = String::from("{");
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            literal.push(delimiter);
        }
        match item.get() {
            "null" => literal.push_str("NULL"),
            list if list.starts_with('[') && !matches!(element, Form::Array { .. }) => {
                literal.push_str(&array(list, element, delimiter, type_name, dimension + 1)?);
            }
            _ => push_quoted(&mut literal, &element.text(item, type_name)?),
        }
    }
    literal.push('}');
    Ok(literal)
}

/// `(…,…)`: an attribute that is not given is null.
fn composite(json: &str, attributes: &[(String, Form)], type_name: &str) -> Result<String, String> {
    let given = fields(json)?;
    let is_known = |name: &str| attributes.iter().any(|(known, _)| known == name);
    if let Some((name, _)) = given.iter().find(|(name, _)| !is_known(name)) {
        return Err(format!("type {type_name} has no attribute '{name}'"));
    }
    let mut literal = String::from("(");
    for (index, (name, form)) in attributes.iter().enumerate() {
        if index > 0 {
            literal.push(',');
        }
        let value = given.iter().find(|(known, value)| known == name && value.get() != "null");
        if let Some((_, value)) = value {
            push_quoted(&mut literal, &form.text(value, type_name)?);
        }
    }
    literal.push(')');
    Ok(literal)
}

/// `"a"=>"1","b"=>NULL`; a list or object in it is its JSON.
fn hstore(json: &str) -> Result<String, String> {
    let mut literal = String::new();
    for (name, value) in fields(json)? {
        if !literal.is_empty() {
            literal.push(',');
        }
        push_quoted(&mut literal, &name);
        literal.push_str("=>");
        match value.get() {
            "null" => literal.push_str("NULL"),
            text if text.starts_with('"') => push_quoted(&mut literal, &unquote(text)?),
            other => push_quoted(&mut literal, other),
        }
    }
    Ok(literal)
}

/// In quotes, as arrays, composites and hstore alike read them.
fn push_quoted(literal: &mut String, text: &str) {
    literal.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            literal.push('\\');
        }
        literal.push(character);
    }
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

    fn text(form: &Form, json: &str) -> Result<Option<String>, String> {
        let raw: Box<RawValue> = serde_json::from_str(json).unwrap();
        form.text_of(&raw, "t").map(|text| text.map(Cow::into_owned))
    }

    fn array_of(element: Form) -> Form {
        Form::Array { element: Box::new(element), delimiter: ',' }
    }

    #[test]
    fn a_text_stays_a_text_where_the_column_is_json() {
        for json in [r#""5""#, r#""true""#, r#""null""#, r#"{"a":1.10}"#, "5"] {
            assert_eq!(text(&Form::Json, json), Ok(Some(json.to_owned())));
            assert_eq!(text(&Form::Json, "null"), Ok(None));
        }
        assert_eq!(text(&Form::Scalar, r#""5""#), Ok(Some("5".to_owned())));
    }

    #[test]
    fn lists_become_arrays() {
        let list = r#"["a","b\"\\", null, "NULL", [1.0]]"#;
        let literal = r#"{"a","b\"\\",NULL,"NULL",{"1.0"}}"#;
        assert_eq!(text(&array_of(Form::Scalar), list), Ok(Some(literal.to_owned())));
        assert_eq!(text(&array_of(Form::Whole), "[3.0,4.5]"), Ok(Some(r#"{"3","4.5"}"#.to_owned())));
        let objects = text(&array_of(Form::Json), r#"[{"a":"x"},"t"]"#);
        assert_eq!(objects, Ok(Some(r#"{"{\"a\":\"x\"}","\"t\""}"#.to_owned())));
        assert!(text(&Form::Scalar, "[1]").is_err() && text(&Form::Scalar, "{}").is_err());
        assert!(text(&array_of(Form::Scalar), "[[[[[[[1]]]]]]]").is_err());
    }

    #[test]
    fn objects_become_composites_and_hstores() {
        let pair = Form::Composite(vec![("a".to_owned(), Form::Whole), ("b".to_owned(), Form::Scalar)]);
        assert_eq!(text(&pair, r#"{"b": "x y"}"#), Ok(Some(r#"(,"x y")"#.to_owned())));
        assert_eq!(text(&pair, r#"{"c": 1}"#), Err("type t has no attribute 'c'".to_owned()));
        let store = text(&Form::Hstore, r#"{"a": 1, "b": null, "c": "x\""}"#);
        assert_eq!(store, Ok(Some(r#""a"=>"1","b"=>NULL,"c"=>"x\"""#.to_owned())));
    }

    #[test]
    fn a_whole_number_may_have_a_fraction_of_zeros() {
        assert_eq!(text(&Form::Whole, "5.00"), Ok(Some("5".to_owned())));
        assert_eq!(text(&Form::Whole, "5.5"), Ok(Some("5.5".to_owned())));
        assert_eq!(text(&Form::Scalar, "5.00"), Ok(Some("5.00".to_owned())));
    }
}
