//! Is it there, is it ready, is the key right?

use super::openapi::Message;
use super::problem::Problem;
use super::reply::Reply;
use super::App;
use axum::extract::State;
use axum::Json;
use serde_json::json;
use std::time::Duration;

/// How long `/health` looks for the database before it says that it is not there.
const GLANCE: Duration = Duration::from_secs(1);

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
    let seen =
        tokio::time::timeout(GLANCE, async { app.database.reads().await?.query("select 1", &[]).await })
            .await;
    let database = if matches!(seen, Ok(Ok(_))) { "up" } else { "down" };
    Reply::ok(json!({ "message": "Success: Application was running ...", "database": database }))
}

/// Says whether the service can do its work: database and extension are there.
#[utoipa::path(get, path = "/ready", tag = "service", security(()),
    responses((status = 200, description = "Database and extension are there", body = super::openapi::Ready),
        super::openapi::ErrorResponses))]
pub async fn ready(State(app): State<App>) -> Result<Reply, Problem> {
    let mut session = app.database.reads().await?;
    let row = session
        .query_opt("select extversion, current_database()::text from pg_extension where extname = 'dfa'", &[])
        .await?;
    let Some(row) = row else {
        return Err(Problem::no_database("the extension is missing")
            .detail("The extension dfa is not there.")
            .hint("`dfa init` creates it, and so does `dfa run --recreated`."));
    };
    Ok(Reply::ok(json!({
        "message": "Success: Application is ready",
        "database": row.get::<_, String>(1),
        "extension": row.get::<_, String>(0),
        "version": env!("CARGO_PKG_VERSION"),
    })))
}
