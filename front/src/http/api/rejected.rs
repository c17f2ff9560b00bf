//! GET /api/ai/tasks/{id}/rejected

use crate::http::listing::{Page, Shape};
use crate::http::openapi::{ErrorResponses, RejectedRows};
use crate::http::path::Name;
use crate::http::problem::Problem;
use crate::http::App;
use axum::extract::{RawQuery, State};

const SHAPE: Shape = Shape { sorts: &["position"], descending: false, filters: &[] };

/// The rows of a task that were refused, each with its position, column and reason, and the row itself.
#[utoipa::path(get, path = "/api/ai/tasks/{id}/rejected", tag = "tasks",
    params(("id" = String, Path, description = "process_id of the task"), crate::http::openapi::Paging,
        ("sort" = Option<String>, Query, pattern = "^(-?(position))?$",
            description = "Column, with - before it for the other direction")),
    responses((status = 200, body = RejectedRows), ErrorResponses))]
pub async fn list(
    State(app): State<App>,
    Name(id): Name,
    RawQuery(query): RawQuery,
) -> Result<Page, Problem> {
    let listing = SHAPE.read(query.as_deref())?;
    let mut session = app.database.reads().await?;
    // An unknown task is an error of its own, not an empty list.
    session.query_one("select from dfa.process_status($1)", &[&id]).await?;
    listing.page(&mut session, include_str!("sql/rejected.sql"), "rejected", &[&id]).await
}
