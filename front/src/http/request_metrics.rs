//! The numbers of requests for Prometheus, by method, route and status.

use axum::http::StatusCode;
use metrics::{Counter, Histogram};
use std::cell::RefCell;
use std::collections::HashMap;

/// Where two numbers are kept.
struct Kept {
    requests: Counter,
    seconds: Histogram,
}

thread_local! {
    // The registry makes six strings for a look-up, which is more than a small answer costs.
    static KEPT: RefCell<HashMap<(&'static str, StatusCode), HashMap<String, Kept>>> = RefCell::default();
}

/// Counts a request that was answered. `method` and `route` are of a few, whatever the callers send.
pub fn count(method: &'static str, route: &str, status: StatusCode, seconds: f64) {
    KEPT.with_borrow_mut(|kept| {
        let routes = kept.entry((method, status)).or_default();
        let kept = match routes.get(route) {
            Some(kept) => kept,
            None => routes.entry(route.to_owned()).or_insert_with(|| of_registry(method, route, status)),
        };
        kept.requests.increment(1);
        kept.seconds.record(seconds);
    });
}

fn of_registry(method: &'static str, route: &str, status: StatusCode) -> Kept {
    let (route, status) = (route.to_owned(), status.as_str().to_owned());
    Kept {
        requests: metrics::counter!("dfa_http_requests_total",
            "method" => method, "route" => route.clone(), "status" => status),
        seconds: metrics::histogram!("dfa_http_request_seconds", "method" => method, "route" => route),
    }
}
