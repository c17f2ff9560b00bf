//! Is it there, is it ready, is the key right?

use super::openapi::Message;
use super::problem::Problem;
use super::reply::Reply;
use super::App;
use axum::extract::State;
use axum::http::StatusCode;
use axum::Json;
use serde_json::json;
use std::time::Duration;

/// How long `/health` looks for the database before it says that it is not there.
const GLANCE: Duration = Duration::from_secs(1);
/// How long `/ready` looks.
const LOOK: Duration = Duration::from_secs(4);

/// Says that the service runs.
#[utoipa::path(get, path = "/api", tag = "service", security(()),
    responses((status = 200, description = "The service runs", body = Message)))]
pub async fn running() -> Json<Message> {
    Json(Message { message: "Success: Application was running ..." })
}

/// Says that the key is right.
#[utoipa::path(get, path = "/apikey", tag = "service",
    responses((status = 200, description = "The key is right", body = Message),
        super::openapi::ErrorResponses))]
pub async fn key() -> Json<Message> {
    Json(Message { message: "Success: Connect with the apikey, the application was running ..." })
}

/// Says that the service lives, and whether it sees the database.
///
/// It never fails for want of a database: restarting the service would not bring one back.
#[utoipa::path(get, path = "/health", tag = "service", security(()),
    responses((status = 200, description = "The service lives", body = super::openapi::Health)))]
pub async fn health(State(app): State<App>) -> Reply {
    let seen = async { app.database.control().await?.query("select 1", &[]).await };
    let seen = tokio::time::timeout(GLANCE, seen).await;
    let database = if matches!(seen, Ok(Ok(_))) { "up" } else { "down" };
    Reply::ok(json!({ "message": "Success: Application was running ...", "database": database }))
}

/// Says whether the service can do its work: it does not stop, and database and extension are there and take writes.
#[utoipa::path(get, path = "/ready", tag = "service", security(()),
    responses((status = 200, description = "Database and extension are there", body = super::openapi::Ready),
        super::openapi::ErrorResponses))]
pub async fn ready(State(app): State<App>) -> Result<Reply, Problem> {
    if app.leaving.is_cancelled() {
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the service stops"));
    }
    let seen = tokio::time::timeout(LOOK, look(&app)).await;
    seen.unwrap_or_else(|_| Err(Problem::silent()))
}

async fn look(app: &App) -> Result<Reply, Problem> {
    let mut session = app.database.control().await?;
    let row = session.query_one(include_str!("ready.sql"), &[]).await?;
    if row.get(2) {
        session.renew();
        return Err(Problem::read_only());
    }
    let Some(extension) = row.get::<_, Option<String>>(0) else {
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the extension dfa is not there")
            .hint("`dfa init` creates it, and so does `dfa run --recreated`."));
    };
    Ok(Reply::ok(json!({
        "message": "Success: Application is ready",
        "database": row.get::<_, String>(1),
        "extension": extension,
        "version": env!("CARGO_PKG_VERSION"),
    })))
}

/// Looks once when the service starts, so that its log says at once what is missing.
pub async fn first_look(app: App) {
    match tokio::time::timeout(LOOK, look(&app)).await {
        Ok(Ok(reply)) => {
            tracing::info!(database = %app.settings.place, extension = reply.body["extension"].as_str(), "the database is there");
        }
        // Why there is no connection has been told.
        Ok(Err(problem)) => tracing::warn!(problem = problem.message, hint = problem.hint, "not ready"),
        Err(_) => tracing::warn!(database = %app.settings.place, "not ready: the database does not answer"),
    }
}
