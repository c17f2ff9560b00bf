//! GET /api/ai/incidents, GET /api/ai/deliveries, POST /api/ai/channels/{name}/test

use crate::db::{Columns, Session};
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{Form, NoFields};
use crate::http::idempotency::{self, Lane};
use crate::http::pagination::{query_of, Filter, ListOptions, Page, Takes};
use crate::http::path::Name;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::App;
use axum::extract::{RawQuery, State};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// A page of incidents.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Incidents {
    message: String,
    /// What `after` takes to go on; null on the last page.
    next: Option<String>,
    incidents: Vec<Incident>,
}

/// What went wrong, from when to when.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Incident {
    id: i64,
    /// failed, late, refused_rows, files, paused or worker_crash.
    event: String,
    /// The pipeline or table.
    name: String,
    opened_at: String,
    /// null: it lasts.
    closed_at: Option<String>,
    process_id: Option<String>,
    /// Refused rows, crashes, or seconds of a pause.
    number: Option<i64>,
    cause: String,
}

/// A page of messages.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Deliveries {
    message: String,
    /// What `after` takes to go on; null on the last page.
    next: Option<String>,
    deliveries: Vec<Delivery>,
}

/// A message of an incident to a channel.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Delivery {
    id: i64,
    incident_id: Option<i64>,
    /// opened, recovered or test.
    about: String,
    channel: String,
    rule: Option<String>,
    /// waiting, sent, failed or spared.
    state: String,
    due_at: String,
    attempts: i32,
    error: Option<String>,
    created_at: String,
    ended_at: Option<String>,
}

/// A message that is to be sent.
#[derive(Serialize, ToSchema)]
pub struct TestAnswer {
    message: String,
    /// Its id among GET /api/ai/deliveries.
    delivery: i64,
}

const INCIDENTS: ListOptions = ListOptions {
    sorts: &["opened_at"],
    descending: true,
    filters: &[
        Filter { name: "state", takes: Takes::OneOf(&["open", "closed"]), words: "open or closed" },
        Filter { name: "name", takes: Takes::Text, words: "A pipeline or table" },
    ],
};
query_of!(INCIDENTS, IncidentsQuery);

const DELIVERIES: ListOptions = ListOptions {
    sorts: &["created_at"],
    descending: true,
    filters: &[
        Filter {
            name: "state",
            takes: Takes::OneOf(&["waiting", "sent", "failed", "spared"]),
            words: "waiting, sent, failed or spared",
        },
        Filter { name: "channel", takes: Takes::Text, words: "Where they go" },
    ],
};
query_of!(DELIVERIES, DeliveriesQuery);

/// What went wrong, the newest first.
#[utoipa::path(get, path = "/api/ai/incidents", operation_id = "list_incidents", tag = "incidents",
    params(IncidentsQuery),
    responses((status = 200, body = Incidents), ErrorResponses))]
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Page, Problem> {
    let listing = INCIDENTS.read(query.as_deref())?;
    let mut session = app.database.looks().await?;
    let more: [&dyn crate::db::Parameter; 2] = [&listing.filter("state"), &listing.filter("name")];
    listing.page(&mut session, include_str!("sql/incidents.sql"), "incidents", &more).await
}

/// The messages of incidents and how they went, the newest first.
#[utoipa::path(get, path = "/api/ai/deliveries", operation_id = "list_deliveries", tag = "incidents",
    params(DeliveriesQuery),
    responses((status = 200, body = Deliveries), ErrorResponses))]
pub async fn deliveries(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Page, Problem> {
    let listing = DELIVERIES.read(query.as_deref())?;
    let mut session = app.database.looks().await?;
    let more: [&dyn crate::db::Parameter; 2] = [&listing.filter("state"), &listing.filter("channel")];
    listing.page(&mut session, include_str!("sql/deliveries.sql"), "deliveries", &more).await
}

/// Sends a message to a channel, once.
#[utoipa::path(post, path = "/api/ai/channels/{name}/test", operation_id = "test_channel", tag = "incidents",
    params(("name" = String, Path, description = "Name of the channel"), crate::http::idempotency::IdempotencyKey),
    responses((status = 200, body = TestAnswer), ErrorResponses))]
pub async fn test(
    State(app): State<App>,
    Name(name): Name,
    Form { asked, .. }: Form<NoFields>,
) -> Result<Reply, Problem> {
    idempotency::in_transaction(&app, Lane::Quick, asked, async |session: &mut Session| {
        let row = session.query_one("select dfa.test_channel($1) as id", &[&name]).await?;
        let message = format!("Success: A message to channel '{name}' will be sent");
        Ok(Reply::ok(json!(TestAnswer { message, delivery: row.value("id")? })))
    })
    .await
}
