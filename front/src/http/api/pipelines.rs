//! GET /api/ai/pipelines

use crate::http::error_answers::ErrorResponses;
use crate::http::pagination::{query_of, Filter, ListOptions, Page, Takes};
use crate::http::problem::Problem;
use crate::http::App;
use axum::extract::{RawQuery, State};
use serde_json::Value;
use utoipa::ToSchema;

/// A page of pipelines.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Pipelines {
    message: String,
    /// What `after` takes to go on; null on the last page.
    next: Option<String>,
    pipelines: Vec<Pipeline>,
}

/// A pipeline with its tracking.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Pipeline {
    name: String,
    id: String,
    /// PROCESSING, SUCCESS or FAILED.
    tracking: Option<String>,
    update_date: Option<String>,
    active_flg: Option<String>,
    priority: Option<Value>,
    schedule: Option<Value>,
    trigger: Option<Value>,
    /// When its schedule is due next.
    next_slot: Option<String>,
    last_task: Option<LastTask>,
}

/// The last task of a pipeline.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct LastTask {
    process_id: String,
    status: i32,
    process_time: f64,
    created_at: String,
}

const OPTIONS: ListOptions = ListOptions {
    sorts: &["name", "update_date", "priority"],
    descending: false,
    filters: &[
        Filter {
            name: "tracking",
            takes: Takes::OneOf(&["PROCESSING", "SUCCESS", "FAILED"]),
            words: "PROCESSING, SUCCESS or FAILED",
        },
        Filter { name: "search", takes: Takes::Text, words: "Part of a name or id" },
    ],
};
query_of!(OPTIONS, PipelinesQuery);

/// Pipelines with their tracking.
#[utoipa::path(get, path = "/api/ai/pipelines", operation_id = "list_pipelines", tag = "catalog",
    params(PipelinesQuery),
    responses((status = 200, body = Pipelines), ErrorResponses))]
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Page, Problem> {
    let listing = OPTIONS.read(query.as_deref())?;
    let mut session = app.database.looks().await?;
    listing
        .page(
            &mut session,
            include_str!("sql/pipelines.sql"),
            "pipelines",
            &[&listing.filter("tracking"), &listing.filter("search")],
        )
        .await
}
