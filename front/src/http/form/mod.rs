//! The fields of a request: the same from a multipart form, an urlencoded form and JSON.

mod parse;
mod payload;
mod read;

pub use payload::Payload;
pub use read::{shown, Form, Target};

use super::body;
use super::idempotency::Asked;
use super::problem::Problem;
use super::App;
use axum::extract::{FromRequest, Request};
use axum::http::{header, HeaderMap, StatusCode};
use serde_json::Value;

/// The greatest body of a form, in bytes.
const MAX_BODY: usize = 1024 * 1024;

/// Fields in the order in which they came; no name twice.
pub type Fields = Vec<(String, Value)>;

impl FromRequest<App> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        let (parts, content) = request.into_parts();
        let kind = content_type(&parts.headers)?;
        let bytes = body::read(&parts.headers, content, MAX_BODY).await?;
        let fields = match kind.as_str() {
            _ if bytes.is_empty() => Vec::new(),
            "application/json" => parse::json(&bytes)?,
            "application/x-www-form-urlencoded" => parse::urlencoded(&bytes)?,
            "multipart/form-data" => parse::multipart(&parts.headers, bytes).await?,
            other => return Err(unsupported(other)),
        };
        let asked = Asked::of(&parts, &given(&fields), "")?;
        let mut form = Form::new(fields, asked);
        form.refuse_query(&parts)?;
        Ok(form)
    }
}

/// What decides whether two requests are the same: a field that stands for nothing does not.
fn given(fields: &Fields) -> Value {
    Value::Object(fields.iter().filter(|(_, value)| !value.is_null()).cloned().collect())
}

/// The media type without its parameters, in small letters; empty when none is given.
///
/// # Errors
/// A charset other than UTF-8.
pub fn content_type(headers: &HeaderMap) -> Result<String, Problem> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(String::new()) };
    let text = value.to_str().map_err(|_| Problem::malformed("the header Content-Type is not a text"))?;
    let mut parts = text.split(';');
    let kind = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    for parameter in parts {
        if let Some((name, value)) = parameter.split_once('=') {
            let utf8 = ["utf-8", "utf8", "us-ascii"]
                .contains(&value.trim().trim_matches('"').to_ascii_lowercase().as_str());
            if name.trim().eq_ignore_ascii_case("charset") && !utf8 {
                return Err(unsupported(text));
            }
        }
    }
    Ok(kind)
}

/// 415, saying what is taken.
pub fn unsupported(kind: &str) -> Problem {
    let message = match kind {
        "" => "the request has a body and no Content-Type".to_owned(),
        kind => format!("a body of Content-Type '{kind}' is not taken here"),
    };
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message)
        .hint("Send application/json, application/x-www-form-urlencoded or multipart/form-data, in UTF-8.")
}
