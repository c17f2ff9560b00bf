//! The fields of an object, as it was sent.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The fields of a row, in the order in which they were written; values as written, so that a number keeps its digits.
pub type Fields<'t> = Vec<(Cow<'t, str>, &'t RawValue)>;

/// The fields of an object.
///
/// # Errors
/// The reason where it is no object, or gives a name twice.
pub fn fields(text: &str) -> Result<Fields<'_>, String> {
    let wrong = |error: serde_json::Error| format!("this is not a JSON object: {error}");
    if !text.starts_with('{') {
        serde_json::from_str::<IgnoredAny>(text).map_err(wrong)?;
        let shown: String = text.chars().take(60).collect();
        return Err(format!("an object is expected, and this is {shown}"));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let fields: Fields<'_> = deserializer.deserialize_map(FieldsVisitor).map_err(wrong)?;
    deserializer.end().map_err(wrong)?;
    // Few fields: comparing each with each is faster than a set.
    for (index, (name, _)) in fields.iter().enumerate() {
        if fields[..index].iter().any(|(earlier, _)| earlier == name) {
            return Err(format!("column '{name}' is given twice"));
        }
    }
    Ok(fields)
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::with_capacity(8);
        while let Some(name) = map.next_key_seed(Name)? {
            fields.push((name, map.next_value::<&RawValue>()?));
        }
        Ok(fields)
    }
}

/// A name without a copy where it has no escapes.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

/// The text of a JSON string, `"…"`.
///
/// # Errors
/// The reason where it is no text of Postgres: half a surrogate pair, or `\u0000`.
#[inline]
pub fn unquote(json: &str) -> Result<Cow<'_, str>, String> {
    let inner = json.get(1..json.len().saturating_sub(1)).unwrap_or_default();
    if !inner.contains('\\') {
        return Ok(Cow::Borrowed(inner));
    }
    unescape(json).map(Cow::Owned)
}

fn unescape(json: &str) -> Result<String, String> {
    let text: String =
        serde_json::from_str(json).map_err(|error| format!("the text is not UTF-8: {error}"))?;
    if text.contains('\0') {
        return Err("the text holds \\u0000, which Postgres cannot keep".to_owned());
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_named_once() {
        let names: Vec<_> =
            fields(r#"{"b": 1, "\u0061": "x"}"#).unwrap().into_iter().map(|field| field.0).collect();
        assert_eq!(names, ["b", "a"]);
        assert_eq!(fields(r#"{"a": 1, "\u0061": 2}"#).unwrap_err(), "column 'a' is given twice");
    }

    #[test]
    fn what_is_no_object_is_shown() {
        assert_eq!(fields("[1]").unwrap_err(), "an object is expected, and this is [1]");
        for text in ["{\"a\": 1} x", "{\"a\": 1", "x"] {
            let reason = fields(text).unwrap_err();
            assert!(reason.starts_with("this is not a JSON object: "), "{text}: {reason}");
        }
    }

    #[test]
    fn a_value_keeps_its_digits() {
        let given = fields(r#"{"n": 12345678901234567890.10}"#).unwrap();
        assert_eq!(given[0].1.get(), "12345678901234567890.10");
    }

    #[test]
    fn a_text_is_one_that_postgres_can_keep() {
        assert_eq!(unquote(r#""a\u00e9""#).unwrap(), "aé");
        assert!(matches!(unquote(r#""plain""#), Ok(Cow::Borrowed("plain"))));
        assert!(unquote(r#""a\ud800b""#).unwrap_err().starts_with("the text is not UTF-8"));
        assert!(unquote(r#""a\u0000b""#).unwrap_err().contains("\\u0000"));
    }
}
