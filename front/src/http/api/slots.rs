//! GET /api/ai/slots

use crate::http::error_answers::ErrorResponses;
use crate::http::pagination::{query_of, Filter, ListOptions, Page, Takes};
use crate::http::problem::Problem;
use crate::http::App;
use axum::extract::{RawQuery, State};
use utoipa::ToSchema;

/// A page of slots.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Slots {
    message: String,
    /// What `after` takes to go on; null on the last page.
    next: Option<String>,
    slots: Vec<Slot>,
}

/// A time at which a pipeline was due by its schedule.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Slot {
    pipeline_id: String,
    pipeline_name: Option<String>,
    slot: String,
    /// The task that runs it; null: passed over.
    process_id: Option<String>,
    /// 0 success, 1 failed, 2 waiting or processing.
    status: Option<i32>,
    deadline_at: Option<String>,
    /// When it was found to be late.
    late_at: Option<String>,
}

const OPTIONS: ListOptions = ListOptions {
    sorts: &["slot"],
    descending: true,
    filters: &[
        Filter { name: "pipeline", takes: Takes::Text, words: "Name or id of a pipeline" },
        Filter { name: "from", takes: Takes::Date, words: "First day" },
        Filter { name: "to", takes: Takes::Date, words: "Last day" },
    ],
};
query_of!(OPTIONS, SlotsQuery);

/// The slots of schedules that came, the newest first.
#[utoipa::path(get, path = "/api/ai/slots", operation_id = "list_slots", tag = "tasks",
    params(SlotsQuery),
    responses((status = 200, body = Slots), ErrorResponses))]
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Page, Problem> {
    let listing = OPTIONS.read(query.as_deref())?;
    let mut session = app.database.looks().await?;
    let more: [&dyn crate::db::Parameter; 3] =
        [&listing.filter("pipeline"), &listing.filter("from"), &listing.filter("to")];
    listing.page(&mut session, include_str!("sql/slots.sql"), "slots", &more).await
}
