//! GET /api/ai/why/{name}

use crate::db::Columns;
use crate::http::error_answers::ErrorResponses;
use crate::http::path::Name;
use crate::http::problem::Problem;
use crate::http::reply::Document;
use crate::http::App;
use axum::extract::State;
use utoipa::ToSchema;

/// Why something does not run.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Why {
    /// The sentence.
    message: String,
    /// table or pipeline.
    kind: String,
    name: String,
    /// The same in a word: running, queued, paused, failed, trigger, scheduled and so on (docs/sql.md).
    cause: String,
    /// What it waits for.
    waits_for: Option<String>,
    process_id: Option<String>,
    node: Option<String>,
    run_date: Option<String>,
    since: Option<String>,
    /// When that ends by itself, where it does.
    until: Option<String>,
    percent: Option<f64>,
    /// The deadline that its last slot missed.
    late_since: Option<String>,
}

/// Why a table or pipeline is not running, or not fresh, in a sentence and as facts.
#[utoipa::path(get, path = "/api/ai/why/{name}", operation_id = "get_why", tag = "operation",
    params(("name" = String, Path, description = "Name or short name of a table or pipeline, or the id of a pipeline")),
    responses((status = 200, body = Why), ErrorResponses))]
pub async fn get(State(app): State<App>, Name(name): Name) -> Result<Document, Problem> {
    let mut session = app.database.reads().await?;
    let row = session.query_one(include_str!("sql/why.sql"), &[&name]).await?;
    Ok(Document(row.value("answer")?))
}
