//! Which requests may read from a standby: all that only ask.

use super::App;
use crate::db::{self, LOOKS};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

/// A request that asks may be answered by a standby; whatever that says but success, the database has the word.
pub async fn may_look(State(app): State<App>, request: Request, next: Next) -> Response {
    if !app.database.has_standby() || ![Method::GET, Method::HEAD].contains(request.method()) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let again = Request::from_parts(parts.clone(), Body::empty());
    let (response, looked) = db::may_look(next.clone().run(Request::from_parts(parts, body))).await;
    let failed = response.status().is_client_error() || response.status().is_server_error();
    if !looked || !failed {
        return response;
    }
    metrics::counter!(LOOKS, "outcome" => "again").increment(1);
    next.run(again).await
}
