//! Which address is whose.

use super::problem::Problem;
use super::{api, auth, events, health, limits, metrics, openapi, request_log, standby, App};
use crate::web;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::Router;
use std::any::Any;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// All requests of the service, with pages or without. From outside to inside: what is seen, what is caught, how often, who, what.
pub fn router(app: App, pages: bool) -> Router {
    let (open, of_open) = OpenApiRouter::new()
        .routes(routes!(health::running))
        .routes(routes!(health::health))
        .routes(routes!(health::ready))
        .routes(routes!(metrics::metrics))
        .split_for_parts();
    let (with_key, mut document) = OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(health::key))
        .merge(api::routes())
        .routes(routes!(events::stream))
        .split_for_parts();
    document.merge(of_open);
    let open = open.merge(openapi::docs(document));
    let with_key = with_key
        .layer(from_fn_with_state(app.clone(), standby::may_look))
        .layer(CompressionLayer::new())
        .layer(from_fn(limits::in_time))
        .layer(from_fn_with_state(app.clone(), limits::until_the_end))
        .layer(from_fn_with_state(app.clone(), auth::require_key));
    let pages = match pages {
        true => web::routes(&app),
        false => Router::new(),
    };
    let all = Router::new()
        .merge(open)
        .merge(with_key)
        .merge(pages)
        .fallback(|request: Request| async move { Problem::no_such_page(request.uri().path()) })
        .method_not_allowed_fallback(not_allowed)
        .layer(DefaultBodyLimit::disable()); // each handler has its own limit
    let all = match app.limits.of_addresses() {
        true => all.layer(from_fn_with_state(app.clone(), limits::by_address)),
        false => all,
    };
    all.layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), web::for_browsers))
        .layer(from_fn_with_state(app.clone(), request_log::log_request))
        .with_state(app)
}

async fn not_allowed(request: Request) -> Problem {
    let message = format!("method {} is not allowed at '{}'", request.method(), request.uri().path());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, message).hint("GET /openapi.json lists the requests.")
}

/// A fault of ours, never what a caller did.
fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let text =
        cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    Problem::internal(text.unwrap_or("a panic")).into_response()
}
