//! `/live`: what changes, for the tab that is looked at. By the cookie: the key of the API stays with programs.

use crate::http::{live, App};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;

pub async fn stream(State(app): State<App>, headers: HeaderMap) -> impl IntoResponse {
    live(app, &headers)
}
