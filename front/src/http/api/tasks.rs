//! GET /api/ai/tasks

use crate::http::listing::{Page, Shape};
use crate::http::openapi::{ErrorResponses, Tasks};
use crate::http::problem::Problem;
use crate::http::App;
use axum::extract::{RawQuery, State};

const SHAPE: Shape =
    Shape { sorts: &["created_at"], descending: true, filters: &["status", "name", "module", "from", "to"] };

/// Tasks, the newest first.
#[utoipa::path(get, path = "/api/ai/tasks", tag = "tasks",
    params(crate::http::openapi::Paging,
        ("sort" = Option<String>, Query, pattern = "^(-?(created_at))?$",
            description = "Column, with - before it for the other direction"),
        ("status" = Option<String>, Query, pattern = "^[012]?$", description = "0 success, 1 failed, 2 waiting or processing"),
        ("name" = Option<String>, Query, description = "Pipeline or table"),
        ("module" = Option<String>, Query, description = "setup, data, retention or ingestion"),
        ("from" = Option<String>, Query, format = Date, description = "First day on which it was begun"),
        ("to" = Option<String>, Query, format = Date, description = "Last day on which it was begun")),
    responses((status = 200, body = Tasks), ErrorResponses))]
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Page, Problem> {
    let listing = SHAPE.read(query.as_deref())?;
    let status = listing.filter_of("status", &["0", "1", "2"])?;
    let (from, to) = (listing.filter_date("from")?, listing.filter_date("to")?);
    let mut session = app.database.reads().await?;
    listing
        .page(
            &mut session,
            include_str!("sql/tasks.sql"),
            "tasks",
            &[&status, &listing.filter("name"), &listing.filter("module"), &from, &to],
        )
        .await
}
