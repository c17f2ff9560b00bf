//! Is it there, is it ready, is the key right?

use super::problem::Problem;
use super::reply::Reply;
use super::App;
use crate::db::Columns;
use axum::extract::State;
use axum::http::StatusCode;
use axum::Json;
use serde::Serialize;
use serde_json::json;
use std::time::Duration;
use utoipa::ToSchema;

/// One sentence.
#[derive(Serialize, ToSchema)]
pub struct Message {
    pub message: &'static str,
}

/// Does it live?
#[derive(Serialize, ToSchema)]
pub struct Health {
    message: String,
    /// up or down.
    database: String,
}

/// Can it work?
#[derive(Serialize, ToSchema)]
pub struct Ready {
    message: String,
    /// Name of the database.
    database: String,
    /// Version of the extension.
    extension: String,
    /// Version of the service.
    version: String,
}

/// How long `/health` looks for the database before it says that it is not there.
const GLANCE: Duration = Duration::from_secs(1);
/// How long `/ready` looks.
const LOOK: Duration = Duration::from_secs(4);

/// Says that the service runs.
#[utoipa::path(get, path = "/api", operation_id = "get_running", tag = "service", security(()),
    responses((status = 200, description = "The service runs", body = Message)))]
pub async fn running() -> Json<Message> {
    Json(Message { message: "Success: Application was running ..." })
}

/// Says that the key is right.
#[utoipa::path(get, path = "/apikey", operation_id = "check_key", tag = "service",
    responses((status = 200, description = "The key is right", body = Message),
        super::error_answers::ErrorResponses))]
pub async fn key() -> Json<Message> {
    Json(Message { message: "Success: Connect with the apikey, the application was running ..." })
}

/// Says that the service lives, and whether it sees the database.
///
/// It never fails for want of a database: restarting the service would not bring one back.
#[utoipa::path(get, path = "/health", operation_id = "get_health", tag = "service", security(()),
    responses((status = 200, description = "The service lives", body = Health)))]
pub async fn health(State(app): State<App>) -> Reply {
    let seen = async { app.database.control().await?.query("select 1", &[]).await };
    let seen = tokio::time::timeout(GLANCE, seen).await;
    let database = if matches!(seen, Ok(Ok(_))) { "up" } else { "down" };
    let message = "Success: Application was running ...".to_owned();
    Reply::ok(json!(Health { message, database: database.to_owned() }))
}

/// Says whether the service can do its work: it does not stop, and database and extension are there and take writes.
#[utoipa::path(get, path = "/ready", operation_id = "get_ready", tag = "service", security(()),
    responses((status = 200, description = "Database and extension are there", body = Ready),
        super::error_answers::ErrorResponses))]
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
    if row.value("is_read_only")? {
        session.renew();
        return Err(Problem::read_only());
    }
    let Some(extension) = row.value::<Option<String>>("extension")? else {
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the extension dfa is not there")
            .hint("`dfa init` creates it, and so does `dfa run --recreated`."));
    };
    Ok(Reply::ok(json!(Ready {
        message: "Success: Application is ready".to_owned(),
        database: row.value("database")?,
        extension,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })))
}

/// There is one clock for all, that of the database: a zone that this service was given and the database was not does nothing.
async fn compare_zones(app: &App) -> Result<(), Problem> {
    let Some(ours) = &app.settings.timezone else { return Ok(()) };
    let row = app.database.control().await?.query_one("select dfa.time_zone()", &[]).await?;
    let of_database: String = row.value("time_zone")?;
    if !ours.eq_ignore_ascii_case(&of_database) {
        tracing::warn!(
            setting = ours,
            of_database,
            hint = "`dfa init` makes DFA_TIMEZONE the zone of the database.",
            "DFA_TIMEZONE is not the zone of the database, which holds"
        );
    }
    Ok(())
}

/// Looks once when the service starts, so that its log says at once what is missing.
pub async fn first_look(app: App) {
    match tokio::time::timeout(LOOK, look(&app)).await {
        Ok(Ok(reply)) => {
            tracing::info!(database = %app.settings.place, extension = reply.body["extension"].as_str(), "the database is there");
            if let Err(problem) = compare_zones(&app).await {
                tracing::warn!(problem = problem.message, "the zone of the database cannot be read");
            }
        }
        // Why there is no connection has been told.
        Ok(Err(problem)) => tracing::warn!(problem = problem.message, hint = problem.hint, "not ready"),
        Err(_) => tracing::warn!(database = %app.settings.place, "not ready: the database does not answer"),
    }
}
