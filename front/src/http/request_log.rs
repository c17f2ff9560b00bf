//! Sees every request: its id, its line in the log, its numbers.

use super::client::Client;
use super::{request_metrics, App};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use tracing::Instrument;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
static TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");

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
        let trace = headers.get(&TRACE_PARENT).and_then(|value| trace_of(value.to_str().ok()?));
        let given = headers.get(&REQUEST_ID).and_then(|value| value.to_str().ok());
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

/// What load balancers and scrapers ask every few seconds: told at level debug while all is well.
pub const PROBES: [&str; 4] = ["/api", "/health", "/ready", "/metrics"];

static IN_FLIGHT: AtomicUsize = AtomicUsize::new(0);

/// How many requests are being answered.
pub fn in_flight() -> usize {
    IN_FLIGHT.load(Ordering::Relaxed)
}

/// The outermost layer: nothing is answered that it does not see.
pub async fn log_request(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let client = Client::of(peer.ip(), request.headers(), &app.settings.service.trusted_proxies);
    let id = RequestId::of(request.headers());
    let header = HeaderValue::from_str(&id.id).ok();
    // By pattern, not by path: a metric for every name would be a metric for every guess.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let method = known(request.method());
    let probe = PROBES.contains(&route) && method == "GET";
    let span = match probe {
        true => tracing::debug_span!("request", request_id = %id.id, trace_id = %id.trace),
        false => tracing::info_span!(
            "request",
            request_id = %id.id,
            trace_id = %id.trace,
            client = %client.0,
            caller = tracing::field::Empty,
            process_id = tracing::field::Empty,
        ),
    };
    let path = if span.is_disabled() { route.to_owned() } else { request.uri().path().to_owned() };
    request.extensions_mut().insert(id);
    request.extensions_mut().insert(client);
    IN_FLIGHT.fetch_add(1, Ordering::Relaxed);
    let unfinished = Unfinished { method, path, span: span.clone(), answered: false };
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    let seconds = started.elapsed().as_secs_f64();
    let path = unfinished.answered();
    span.in_scope(|| {
        let milliseconds = (seconds * 1e6).round() / 1e3;
        match status.as_u16() {
            // The span of a probe is for level debug; its failure has the id all the same.
            status @ 500.. if probe => {
                tracing::warn!(
                    request_id = id_text(header.as_ref()),
                    method,
                    path,
                    status,
                    milliseconds,
                    "answered"
                );
            }
            status @ 500.. => tracing::warn!(method, path, status, milliseconds, "answered"),
            status if probe => tracing::debug!(method, path, status, milliseconds, "answered"),
            status => tracing::info!(method, path, status, milliseconds, "answered"),
        }
    });
    request_metrics::count(method, route, status, seconds);
    if let Some(header) = header {
        response.headers_mut().insert(&REQUEST_ID, header);
    }
    response
}

fn id_text(header: Option<&HeaderValue>) -> &str {
    header.and_then(|id| id.to_str().ok()).unwrap_or_default()
}

/// A method by its name; whatever a client makes up is one metric.
fn known(method: &Method) -> &'static str {
    const METHODS: [Method; 7] = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::HEAD,
        Method::OPTIONS,
        Method::PATCH,
    ];
    const NAMES: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"];
    METHODS.iter().position(|known| known == method).map_or("other", |place| NAMES[place])
}

/// A request whose caller hangs up is dropped before it is answered: that has a line in the log, too.
struct Unfinished {
    method: &'static str,
    path: String,
    span: tracing::Span,
    answered: bool,
}

impl Unfinished {
    /// Gives its path back.
    fn answered(mut self) -> String {
        self.answered = true;
        std::mem::take(&mut self.path)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        IN_FLIGHT.fetch_sub(1, Ordering::Relaxed);
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
        headers.insert(&REQUEST_ID, HeaderValue::from_static("a b"));
        assert_eq!(RequestId::of(&headers).id.len(), 32);
        headers.insert(&REQUEST_ID, HeaderValue::from_static("lb-1/42"));
        assert_eq!(RequestId::of(&headers).id, "lb-1/42");
    }
}
