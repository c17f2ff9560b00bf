//! GET /api/ai/pipelines

use crate::http::listing::{Page, Shape};
use crate::http::openapi::{ErrorResponses, Pipelines};
use crate::http::problem::Problem;
use crate::http::App;
use axum::extract::{RawQuery, State};

const SHAPE: Shape = Shape {
    sorts: &["name", "update_date", "priority"],
    descending: false,
    filters: &["tracking", "search"],
};

/// Pipelines with their tracking.
#[utoipa::path(get, path = "/api/ai/pipelines", tag = "catalog",
    params(crate::http::openapi::Paging,
        ("sort" = Option<String>, Query, pattern = "^(-?(name|update_date|priority))?$",
            description = "Column, with - before it for the other direction"),
        ("tracking" = Option<String>, Query, pattern = "^(|PROCESSING|SUCCESS|FAILED)$", description = "PROCESSING, SUCCESS or FAILED"),
        ("search" = Option<String>, Query, description = "Part of a name or id")),
    responses((status = 200, body = Pipelines), ErrorResponses))]
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Page, Problem> {
    let listing = SHAPE.read(query.as_deref())?;
    let tracking = listing.filter_of("tracking", &["PROCESSING", "SUCCESS", "FAILED"])?;
    let mut session = app.database.reads().await?;
    listing
        .page(
            &mut session,
            include_str!("sql/pipelines.sql"),
            "pipelines",
            &[&tracking, &listing.filter("search")],
        )
        .await
}
