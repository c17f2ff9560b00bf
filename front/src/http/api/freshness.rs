//! GET /api/ai/freshness

use crate::http::error_answers::ErrorResponses;
use crate::http::pagination::{query_of, Filter, ListOptions, Page, Takes};
use crate::http::problem::Problem;
use crate::http::App;
use axum::extract::{RawQuery, State};
use utoipa::ToSchema;

/// A page of tables.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Freshness {
    message: String,
    /// What `after` takes to go on; null on the last page.
    next: Option<String>,
    tables: Vec<FreshTable>,
}

/// How fresh a table is.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct FreshTable {
    name: String,
    owner: Option<String>,
    tags: Vec<String>,
    /// fresh, due, late, blocked or unknown.
    state: String,
    data_date: Option<String>,
    /// When a run or a landing last succeeded.
    published_at: Option<String>,
    /// When the next one should have.
    expected_by: Option<String>,
    late_since: Option<String>,
    /// Of a blocked table the one that it waits for in the end.
    blocked_by: Option<String>,
    /// Why it is not fresh, the nearest first.
    causes: Vec<String>,
}

const OPTIONS: ListOptions = ListOptions {
    sorts: &["name"],
    descending: false,
    filters: &[
        Filter {
            name: "state",
            takes: Takes::OneOf(&["fresh", "due", "late", "blocked", "unknown"]),
            words: "fresh, due, late, blocked or unknown",
        },
        Filter { name: "name", takes: Takes::Text, words: "Name or short name of one table" },
    ],
};
query_of!(OPTIONS, FreshnessQuery);

/// Which tables are fresh, late or blocked, and why.
#[utoipa::path(get, path = "/api/ai/freshness", operation_id = "list_freshness", tag = "operation",
    params(FreshnessQuery),
    responses((status = 200, body = Freshness), ErrorResponses))]
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Page, Problem> {
    let listing = OPTIONS.read(query.as_deref())?;
    let mut session = app.database.reads().await?;
    let more: [&dyn crate::db::Parameter; 2] = [&listing.filter("state"), &listing.filter("name")];
    listing.page(&mut session, include_str!("sql/freshness.sql"), "tables", &more).await
}
