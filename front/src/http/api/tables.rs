//! GET /api/ai/tables

use crate::http::listing::{Page, Shape};
use crate::http::openapi::{ErrorResponses, Tables};
use crate::http::problem::Problem;
use crate::http::App;
use axum::extract::{RawQuery, State};

const SHAPE: Shape = Shape {
    sorts: &["name", "data_date", "run_date", "update_date"],
    descending: false,
    filters: &["type", "prefix", "search"],
};

/// Tables with their watermarks.
#[utoipa::path(get, path = "/api/ai/tables", tag = "catalog",
    params(crate::http::openapi::Paging,
        ("sort" = Option<String>, Query, pattern = "^(-?(name|data_date|run_date|update_date))?$",
            description = "Column, with - before it for the other direction"),
        ("type" = Option<String>, Query, pattern = "^(|master|transaction|report|adjustment|undefined)$", description = "master, transaction, report, adjustment or undefined"),
        ("prefix" = Option<String>, Query, description = "ai, src, imp, ctr, …"),
        ("search" = Option<String>, Query, description = "Part of a name")),
    responses((status = 200, body = Tables), ErrorResponses))]
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Page, Problem> {
    let listing = SHAPE.read(query.as_deref())?;
    let types = ["master", "transaction", "report", "adjustment", "undefined"];
    let table_type = listing.filter_of("type", &types)?;
    let mut session = app.database.reads().await?;
    listing
        .page(
            &mut session,
            include_str!("sql/tables.sql"),
            "tables",
            &[&table_type, &listing.filter("prefix"), &listing.filter("search")],
        )
        .await
}
