//! From bytes to fields.

use crate::http::problem::Problem;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{header, HeaderMap};
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;

/// Fields in the order in which they came; no name twice.
pub type Named = Vec<(String, Value)>;

/// More fields than any request has.
const MAX_FIELDS: usize = 64;

/// A JSON object; null is as good as nothing, for a field that is known.
pub fn json(bytes: &[u8]) -> Result<Named, Problem> {
    checked(object::<Value>(bytes)?)
}

/// The members of a JSON object as they come, doubled ones included. serde_json refuses nesting beyond 128 levels.
pub fn object<V: DeserializeOwned>(bytes: &[u8]) -> Result<Vec<(String, V)>, Problem> {
    struct Members<V>(PhantomData<V>);
    impl<'de, V: DeserializeOwned> Visitor<'de> for Members<V> {
        type Value = Vec<(String, V)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(member) = map.next_entry::<String, V>()? {
                members.push(member);
            }
            Ok(members)
        }
    }
    // A byte order mark, as files of Windows have it, is passed over as in NDJSON.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let members =
        reader.deserialize_map(Members(PhantomData)).and_then(|members| reader.end().map(|()| members));
    members.map_err(|error| Problem::malformed("the body is not a JSON object").detail(error.to_string()))
}

/// `a=1&b=2`; an empty value is as good as none.
pub fn urlencoded(bytes: &[u8]) -> Result<Named, Problem> {
    let pairs = form_urlencoded::parse(bytes).map(|(name, value)| (name.into_owned(), value.into_owned()));
    let pairs: Vec<(String, String)> = pairs.take(MAX_FIELDS + 1).collect();
    if pairs.iter().any(|(name, value)| name.contains('\u{fffd}') || value.contains('\u{fffd}')) {
        return Err(Problem::malformed("the form is not UTF-8"));
    }
    checked(texts(pairs))
}

/// The parts of a multipart form, each a text.
pub async fn multipart(headers: &HeaderMap, bytes: Bytes) -> Result<Named, Problem> {
    let malformed = |error: String| Problem::malformed("the multipart form cannot be read").detail(error);
    let mut request = Request::new(Body::from(bytes));
    if let Some(kind) = headers.get(header::CONTENT_TYPE) {
        request.headers_mut().insert(header::CONTENT_TYPE, kind.clone());
    }
    let mut parts =
        Multipart::from_request(request, &()).await.map_err(|error| malformed(error.body_text()))?;
    let mut fields = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(|error| malformed(error.body_text()))? {
        let Some(name) = part.name().map(str::to_owned) else {
            return Err(Problem::malformed("a part of the multipart form has no name"));
        };
        if part.file_name().is_some() {
            return Err(Problem::invalid(vec![(name, "is a file, and a text is wanted".to_owned())]));
        }
        let bytes = part.bytes().await.map_err(|error| malformed(error.body_text()))?;
        let text = String::from_utf8(bytes.to_vec())
            .map_err(|_| Problem::malformed(format!("part '{name}' of the form is not UTF-8")))?;
        fields.push((name, text));
        if fields.len() > MAX_FIELDS {
            break;
        }
    }
    checked(texts(fields))
}

/// An empty text of a form is as good as null.
fn texts(pairs: Vec<(String, String)>) -> Named {
    let value = |text: String| if text.is_empty() { Value::Null } else { text.into() };
    pairs.into_iter().map(|(name, text)| (name, value(text))).collect()
}

/// No name twice, and not more than anybody needs.
pub fn checked(fields: Named) -> Result<Named, Problem> {
    if fields.len() > MAX_FIELDS {
        return Err(Problem::malformed(format!("the request has more than {MAX_FIELDS} fields")));
    }
    let mut seen = HashSet::new();
    let doubled: Vec<_> = fields.iter().filter(|(name, _)| !seen.insert(name.as_str())).collect();
    if doubled.is_empty() {
        return Ok(fields);
    }
    let errors = doubled.into_iter().map(|(name, _)| (name.clone(), "is given twice".to_owned())).collect();
    Err(Problem::invalid(errors))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;

    #[test]
    fn a_field_given_twice_is_refused_in_each_form() {
        for refused in [json(br#"{"a": "1", "a": "2"}"#), urlencoded(b"a=1&a=2")] {
            let problem = refused.unwrap_err();
            assert_eq!(problem.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(problem.errors, [("a".to_owned(), "is given twice".to_owned())]);
        }
    }

    #[test]
    fn json_and_urlencoded_give_the_same_fields() {
        let by_json = json(br#"{"run_date": "2021-01-01", "choose": null}"#).unwrap();
        assert_eq!(by_json, urlencoded(b"run_date=2021-01-01&choose=").unwrap());
    }

    #[test]
    fn a_byte_order_mark_before_json_is_passed_over() {
        assert_eq!(json(b"\xef\xbb\xbf{\"a\": \"1\"}").unwrap(), json(b"{\"a\": \"1\"}").unwrap());
        assert!(json(b"\xef\xbb\xbf\xef\xbb\xbf{}").is_err());
    }

    #[test]
    fn what_is_no_object_is_malformed() {
        let deep = format!("{{\"a\": {}", "[".repeat(100_000));
        for body in ["", "[]", "1", "{", "{} {}", "{\"a\": tru}", &deep] {
            assert_eq!(json(body.as_bytes()).unwrap_err().status, StatusCode::BAD_REQUEST, "{body:.20}");
        }
    }

    #[test]
    fn a_form_of_a_million_fields_is_refused() {
        let bomb = "a=1&".repeat(1_000_000);
        assert_eq!(urlencoded(bomb.as_bytes()).unwrap_err().status, StatusCode::BAD_REQUEST);
    }
}
