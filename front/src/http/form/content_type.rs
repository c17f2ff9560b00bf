//! What a body is.

use crate::http::problem::Problem;
use axum::http::{header, HeaderMap, StatusCode};

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
