//! GET /api/ai/get/opt/{process_id}

use crate::http::openapi::{ErrorResponses, Process};
use crate::http::path::Name;
use crate::http::problem::Problem;
use crate::http::reply::Document;
use crate::http::App;
use axum::extract::State;

/// How far a task is: status, percent, message, steps.
#[utoipa::path(get, path = "/api/ai/get/opt/{process_id}", tag = "tasks",
    params(("process_id" = String, Path, description = "What a run in the background answered")),
    responses((status = 200, body = Process), ErrorResponses))]
pub async fn get(State(app): State<App>, Name(id): Name) -> Result<Document, Problem> {
    let mut session = app.database.reads().await?;
    let row = session.query_one(include_str!("sql/process.sql"), &[&id]).await?;
    Ok(Document(row.get(0)))
}
