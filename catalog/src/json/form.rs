//! A JSON value as the text that the input function of its type reads: `{1,NULL}` for an array, `(1,"a b")` for a
//! composite, `"a"=>"1"` for an hstore, JSON itself for json.
//!
//! What Postgres' own `jsonb_populate_record` makes of the value, it makes of this text as well; but an object gives no
//! attribute twice and none that its type does not have, and a whole number may have a fraction of zeros.

use super::fields::{fields, unquote};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// `MAXDIM`: an array of Postgres has no more dimensions.
const MAX_DIMENSIONS: usize = 6;

/// How the values of a type are written. Who knows the catalogs of a database makes it, of what lies below all domains.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    pub kind: Kind,
    /// For messages.
    pub type_name: String,
}

/// What a type takes of JSON beside texts.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A value without parts.
    Scalar,
    /// `5.0` is how many programs send a whole number.
    Whole,
    /// json and jsonb: any JSON, a text as a JSON text.
    Json,
    Hstore,
    Array {
        element: Box<Form>,
        /// What stands between the elements: a comma, but for boxes.
        delimiter: char,
    },
    /// Attributes in their order.
    Composite(Vec<(String, Form)>),
}

impl Form {
    /// The text of a value; `None` is NULL.
    ///
    /// # Errors
    /// The reason where the type has no place for the value.
    #[inline]
    pub fn text_or_null<'j>(&self, value: &'j RawValue) -> Result<Option<Cow<'j, str>>, String> {
        match value.get() {
            "null" => Ok(None),
            _ => self.text(value).map(Some),
        }
    }

    /// The text of a value that is not null.
    ///
    /// # Errors
    /// The reason where the type has no place for the value.
    #[inline]
    pub fn text<'j>(&self, value: &'j RawValue) -> Result<Cow<'j, str>, String> {
        let json = value.get();
        match (json.as_bytes().first(), &self.kind) {
            (_, Kind::Json) => Ok(Cow::Borrowed(json)),
            (Some(b'"'), _) => unquote(json),
            (Some(b'[' | b'{'), _) => self.of_parts(json).map(Cow::Owned),
            (_, Kind::Whole) => Ok(Cow::Borrowed(whole(json))),
            _ => Ok(Cow::Borrowed(json)),
        }
    }

    fn of_parts(&self, json: &str) -> Result<String, String> {
        match (json.starts_with('['), &self.kind) {
            (true, Kind::Array { element, delimiter }) => array(json, element, *delimiter, 1),
            (false, Kind::Composite(attributes)) => self.composite(json, attributes),
            (false, Kind::Hstore) => hstore(json),
            (true, _) => Err(format!("a list, where a value of type {} belongs", self.type_name)),
            (false, _) => Err(format!("an object, where a value of type {} belongs", self.type_name)),
        }
    }

    /// `(…,…)`: an attribute that is not given is null.
    fn composite(&self, json: &str, attributes: &[(String, Form)]) -> Result<String, String> {
        let given = fields(json)?;
        let is_known = |name: &str| attributes.iter().any(|(known, _)| known == name);
        if let Some((name, _)) = given.iter().find(|(name, _)| !is_known(name)) {
            return Err(format!("type {} has no attribute '{name}'", self.type_name));
        }
        let mut literal = String::from("(");
        for (index, (name, form)) in attributes.iter().enumerate() {
            if index > 0 {
                literal.push(',');
            }
            let value = given.iter().find(|(known, value)| known == name && value.get() != "null");
            if let Some((_, value)) = value {
                push_quoted(&mut literal, &form.text(value)?);
            }
        }
        literal.push(')');
        Ok(literal)
    }
}

/// `{…,…}`; lists in a list are dimensions, unless the elements are arrays by themselves (of a domain).
fn array(json: &str, element: &Form, delimiter: char, dimension: usize) -> Result<String, String> {
    if dimension > MAX_DIMENSIONS {
        return Err(format!(
            "a list inside more than {MAX_DIMENSIONS} lists: an array has no more dimensions"
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
            list if list.starts_with('[') && !matches!(element.kind, Kind::Array { .. }) => {
                literal.push_str(&array(list, element, delimiter, dimension + 1)?);
            }
            _ => push_quoted(&mut literal, &element.text(item)?),
        }
    }
    literal.push('}');
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
#[inline]
pub fn whole(number: &str) -> &str {
    match number.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
        _ => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: Kind) -> Form {
        Form { kind, type_name: "t".to_owned() }
    }

    fn text(kind: Kind, json: &str) -> Result<Option<String>, String> {
        let raw: Box<RawValue> = serde_json::from_str(json).unwrap();
        of(kind).text_or_null(&raw).map(|text| text.map(Cow::into_owned))
    }

    fn array_of(element: Kind) -> Kind {
        Kind::Array { element: Box::new(of(element)), delimiter: ',' }
    }

    #[test]
    fn a_text_stays_a_text_where_the_column_is_json() {
        for json in [r#""5""#, r#""true""#, r#""null""#, r#"{"a":1.10}"#, "5"] {
            assert_eq!(text(Kind::Json, json), Ok(Some(json.to_owned())));
            assert_eq!(text(Kind::Json, "null"), Ok(None));
        }
        assert_eq!(text(Kind::Scalar, r#""5""#), Ok(Some("5".to_owned())));
    }

    #[test]
    fn lists_become_arrays() {
        let list = r#"["a","b\"\\", null, "NULL", [1.0]]"#;
        let literal = r#"{"a","b\"\\",NULL,"NULL",{"1.0"}}"#;
        assert_eq!(text(array_of(Kind::Scalar), list), Ok(Some(literal.to_owned())));
        assert_eq!(text(array_of(Kind::Whole), "[3.0,4.5]"), Ok(Some(r#"{"3","4.5"}"#.to_owned())));
        let objects = text(array_of(Kind::Json), r#"[{"a":"x"},"t"]"#);
        assert_eq!(objects, Ok(Some(r#"{"{\"a\":\"x\"}","\"t\""}"#.to_owned())));
        assert!(text(Kind::Scalar, "[1]").is_err() && text(Kind::Scalar, "{}").is_err());
        assert!(text(array_of(Kind::Scalar), "[[[[[[[1]]]]]]]").is_err());
    }

    #[test]
    fn objects_become_composites_and_hstores() {
        let pair =
            || Kind::Composite(vec![("a".to_owned(), of(Kind::Whole)), ("b".to_owned(), of(Kind::Scalar))]);
        assert_eq!(text(pair(), r#"{"b": "x y"}"#), Ok(Some(r#"(,"x y")"#.to_owned())));
        assert_eq!(text(pair(), r#"{"c": 1}"#), Err("type t has no attribute 'c'".to_owned()));
        assert!(text(pair(), "[1]").is_err());
        let store = text(Kind::Hstore, r#"{"a": 1, "b": null, "c": "x\""}"#);
        assert_eq!(store, Ok(Some(r#""a"=>"1","b"=>NULL,"c"=>"x\"""#.to_owned())));
    }

    #[test]
    fn a_whole_number_may_have_a_fraction_of_zeros() {
        assert_eq!(text(Kind::Whole, "5.00"), Ok(Some("5".to_owned())));
        assert_eq!(text(Kind::Whole, "5.5"), Ok(Some("5.5".to_owned())));
        assert_eq!(text(Kind::Scalar, "5.00"), Ok(Some("5.00".to_owned())));
    }
}
