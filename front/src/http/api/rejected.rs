//! GET /api/ai/tasks/{id}/rejected

use crate::http::error_answers::ErrorResponses;
use crate::http::pagination::{query_of, ListOptions, Page};
use crate::http::path::Name;
use crate::http::problem::Problem;
use crate::http::App;
use axum::extract::{RawQuery, State};
use serde_json::Value;
use utoipa::ToSchema;

/// A refused row as it was kept.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct RejectedRow {
    position: i64,
    table_name: String,
    column: Option<String>,
    reason: String,
    /// The row as it was sent.
    row: Option<Value>,
    rejected_at: String,
}

/// A page of refused rows.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct RejectedRows {
    message: String,
    /// What `after` takes to go on; null on the last page.
    next: Option<String>,
    rejected: Vec<RejectedRow>,
}

const OPTIONS: ListOptions = ListOptions { sorts: &["position"], descending: false, filters: &[] };
query_of!(OPTIONS, RejectedQuery);

/// The rows of a task that were refused, each with its position, column and reason, and the row itself.
#[utoipa::path(get, path = "/api/ai/tasks/{id}/rejected", operation_id = "list_rejected_rows", tag = "tasks",
    params(("id" = String, Path, description = "process_id of the task"), RejectedQuery),
    responses((status = 200, body = RejectedRows), ErrorResponses))]
pub async fn list(
    State(app): State<App>,
    Name(id): Name,
    RawQuery(query): RawQuery,
) -> Result<Page, Problem> {
    let listing = OPTIONS.read(query.as_deref())?;
    let mut session = app.database.looks().await?;
    // An unknown task is an error of its own, not an empty list.
    session.query_one("select from dfa.process_status($1)", &[&id]).await?;
    listing.page(&mut session, include_str!("sql/rejected.sql"), "rejected", &[&id]).await
}
