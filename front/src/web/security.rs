//! What a browser is told of a page, and which forms are not ours.

use crate::http::Problem;
use axum::extract::Request;
use axum::http::{header, HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// No inline script or style, no eval, nothing from elsewhere.
const POLICY: &str =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// The layer around all pages.
pub async fn guard(request: Request, next: Next) -> Response {
    let mut response = match request.method().is_safe() || is_ours(request.headers()) {
        true => next.run(request).await,
        false => foreign().into_response(),
    };
    protect(&mut response);
    response
}

/// Adds what a browser is told of a page.
pub fn protect(response: &mut Response) {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // A page is of its moment and of its reader; a file says for itself how long it is good.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.append(header::VARY, HeaderValue::from_static("Cookie, HX-Request"));
}

/// Whether a form was sent by a page of this service. A browser says so in headers that no script can write; a request
/// without any of them comes from none.
fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let of_our_host = |origin: &str| {
        let host = origin.split_once("://").map(|(_, host)| host);
        host.is_some() && host == text("host")
    };
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), Some(origin)) => site == "same-origin" && of_our_host(origin),
        (Some(site), None) => site == "same-origin",
        (None, Some(origin)) => of_our_host(origin),
        (None, None) => false,
    }
}

fn foreign() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "this form was not sent by a page of this service")
        .hint("Open the page here and send its form from there. Behind a proxy, the header Host has to be passed on.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_ours_if_its_browser_says_so() {
        let ours = |pairs: &[(&'static str, &str)]| {
            let pairs =
                pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
            is_ours(&pairs.chain([(header::HOST, "dfa:5000".parse().unwrap())]).collect())
        };
        assert!(ours(&[("sec-fetch-site", "same-origin"), ("origin", "https://dfa:5000")]));
        assert!(ours(&[("origin", "http://dfa:5000")]));
        assert!(ours(&[("sec-fetch-site", "same-origin")]));
        for foreign in [
            &[][..],
            &[("origin", "https://elsewhere")],
            &[("origin", "null")],
            &[("sec-fetch-site", "same-site"), ("origin", "http://dfa:5000")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "same-origin"), ("origin", "http://dfa:5001")],
        ] {
            assert!(!ours(foreign), "{foreign:?}");
        }
    }
}
