//! GET /api/ai/slots

use crate::http::error_answers::ErrorResponses;
use crate::http::pagination::{ListOptions, Page};
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

const OPTIONS: ListOptions =
    ListOptions { sorts: &["slot"], descending: true, filters: &["pipeline", "from", "to"] };

/// The slots of schedules that came, the newest first.
#[utoipa::path(get, path = "/api/ai/slots", operation_id = "list_slots", tag = "tasks",
    params(crate::http::pagination::Paging,
        ("sort" = Option<String>, Query, pattern = "^(-?(slot))?$",
            description = "Column, with - before it for the other direction"),
        ("pipeline" = Option<String>, Query, description = "Name or id of a pipeline"),
        ("from" = Option<String>, Query, format = Date, description = "First day"),
        ("to" = Option<String>, Query, format = Date, description = "Last day")),
    responses((status = 200, body = Slots), ErrorResponses))]
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Page, Problem> {
    let listing = OPTIONS.read(query.as_deref())?;
    let (from, to) = (listing.filter_date("from")?, listing.filter_date("to")?);
    let mut session = app.database.reads().await?;
    let more: [&dyn crate::db::Parameter; 3] = [&listing.filter("pipeline"), &from, &to];
    listing.page(&mut session, include_str!("sql/slots.sql"), "slots", &more).await
}
