//! Which address is whose.

use super::problem::Problem;
use super::{api, auth, events, health, limits, metrics, observe, openapi, App};
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use axum::Router;
use std::any::Any;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// All requests of the service. From outside to inside: what is seen, what is caught, how often, who, what.
pub fn router(app: App) -> Router {
    let open = Router::new()
        .route("/api", get(health::running))
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/metrics", get(metrics::metrics))
        .merge(openapi::docs());
    let with_key = Router::new()
        .route("/apikey", get(health::key))
        .route("/api/ai/run/setup", post(api::setup::run))
        .route("/api/ai/run/data", post(api::data::run))
        .route("/api/ai/run/retention", post(api::retention::run))
        .route("/api/ai/run/backfill", post(api::backfill::run))
        // Clients of old send POST.
        .route("/api/ai/put/{shortname}", put(api::put::put).post(api::put::put))
        .route("/api/ai/del/{shortname}", delete(api::delete::delete))
        .route("/api/ai/get/opt/{process_id}", get(api::process::get))
        .route("/api/ai/get/dpc/{shortname}", get(api::dependency::get))
        .route("/api/ai/pipelines", get(api::pipelines::list))
        .route("/api/ai/tables", get(api::tables::list))
        .route("/api/ai/tables/{name}/logs", get(api::logs::list))
        .route("/api/ai/catalogs/{name}", get(api::catalogs::get))
        .route("/api/ai/tasks", get(api::tasks::list))
        .route("/api/ai/tasks/{id}/rejected", get(api::rejected::list))
        .route("/api/ai/tasks/{id}/cancel", post(api::cancel::cancel))
        .route("/api/ai/tasks/{id}/resume", post(api::resume::resume))
        .route("/api/ai/notify/{id}", post(api::notify::notify))
        .route("/api/ai/events", get(events::stream))
        .layer(CompressionLayer::new())
        .layer(from_fn(limits::in_time))
        .layer(from_fn_with_state(app.clone(), limits::until_the_end))
        .layer(from_fn_with_state(app.clone(), auth::require_key));
    let all = Router::new()
        .merge(open)
        .merge(with_key)
        .fallback(|request: Request| async move { Problem::no_such_page(request.uri().path()) })
        .method_not_allowed_fallback(not_allowed)
        .layer(DefaultBodyLimit::disable()); // each handler has its own limit
    let all = match app.limits.of_addresses() {
        true => all.layer(from_fn_with_state(app.clone(), limits::by_address)),
        false => all,
    };
    all.layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), observe::observe))
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
