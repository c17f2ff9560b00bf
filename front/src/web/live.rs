//! `/live`: what changes, for the tab that is looked at. By the cookie: the key of the API stays with programs.

use crate::http::{live, App};
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

/// `?after=` is the last event before the page was made: between that and this stream nothing is lost.
pub async fn stream(State(app): State<App>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = query.unwrap_or_default();
    live(app, &headers, query.strip_prefix("after=")).into_response()
}
