//! Sees every request: its id, its line in the log, its numbers.

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;
use tracing::Instrument;

/// Names a request in answer, log and database.
#[derive(Debug, Clone)]
pub struct RequestId {
    pub id: String,
    /// The trace-id of `traceparent`, else the request's id.
    pub trace: String,
}

impl RequestId {
    /// The ids that came with the request, as far as they can be ids.
    fn of(headers: &HeaderMap) -> Self {
        let trace = headers.get("traceparent").and_then(|value| trace_of(value.to_str().ok()?));
        let given = headers.get("x-request-id").and_then(|value| value.to_str().ok());
        let fits = |text: &&str| {
            (1..=64).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/=+".contains(&byte))
        };
        let id = match given.filter(fits) {
            Some(id) => id.to_owned(),
            None => format!("{:032x}", fastrand::u128(..)),
        };
        let trace = trace.unwrap_or_else(|| id.clone());
        RequestId { id, trace }
    }
}

/// `00-<trace-id>-<parent-id>-<flags>` of W3C Trace Context.
fn trace_of(header: &str) -> Option<String> {
    let parts: Vec<&str> = header.split('-').collect();
    let hex = |text: &str, length: usize| {
        text.len() == length
            && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    match parts.as_slice() {
        [version, trace, parent, flags, ..]
            if hex(version, 2)
                && *version != "ff"
                && hex(trace, 32)
                && hex(parent, 16)
                && hex(flags, 2)
                && trace.bytes().any(|byte| byte != b'0') =>
        {
            Some((*trace).to_owned())
        }
        _ => None,
    }
}

/// The outermost layer: nothing is answered that it does not see.
pub async fn observe(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = RequestId::of(request.headers());
    let method = request.method().to_string();
    // By pattern, not by path: a metric for every name would be a metric for every guess.
    let route =
        request.extensions().get::<MatchedPath>().map_or("none".to_owned(), |path| path.as_str().to_owned());
    let span = tracing::info_span!(
        "request",
        request_id = %id.id,
        trace_id = %id.trace,
        caller = tracing::field::Empty,
        process_id = tracing::field::Empty,
    );
    let path = request.uri().path().to_owned();
    let header = HeaderValue::from_str(&id.id).ok();
    request.extensions_mut().insert(id);
    let unfinished =
        Unfinished { method: method.clone(), path: path.clone(), span: span.clone(), answered: false };
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    let seconds = started.elapsed().as_secs_f64();
    unfinished.answered();
    span.in_scope(|| {
        let milliseconds = (seconds * 1e6).round() / 1e3;
        match status {
            500.. => tracing::warn!(method, path, status, milliseconds, "answered"),
            _ => tracing::info!(method, path, status, milliseconds, "answered"),
        }
    });
    let labels = [("method", method), ("route", route), ("status", status.to_string())];
    metrics::counter!("dfa_http_requests_total", &labels).increment(1);
    metrics::histogram!("dfa_http_request_seconds", &labels[..2]).record(seconds);
    if let Some(header) = header {
        response.headers_mut().insert("x-request-id", header);
    }
    response
}

/// A request whose caller hangs up is dropped before it is answered: that has a line in the log, too.
struct Unfinished {
    method: String,
    path: String,
    span: tracing::Span,
    answered: bool,
}

impl Unfinished {
    fn answered(mut self) {
        self.answered = true;
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.answered {
            let _entered = self.span.enter();
            tracing::warn!(method = self.method, path = self.path, "the caller went away");
            metrics::counter!("dfa_http_abandoned_total").increment(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_gives_its_trace_and_a_wrong_one_gives_none() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(trace_of(&format!("00-{trace}-00f067aa0ba902b7-01")), Some(trace.to_owned()));
        for wrong in ["", "00-x-y-z", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", trace] {
            assert_eq!(trace_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_id_that_could_forge_a_line_of_the_log_is_not_taken() {
        let mut headers = HeaderMap::new();
        headers.insert("x-request-id", HeaderValue::from_static("a b"));
        assert_eq!(RequestId::of(&headers).id.len(), 32);
        headers.insert("x-request-id", HeaderValue::from_static("lb-1/42"));
        assert_eq!(RequestId::of(&headers).id, "lb-1/42");
    }
}
