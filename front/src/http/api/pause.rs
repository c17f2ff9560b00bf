//! GET and POST /api/ai/pause, POST /api/ai/unpause

use crate::db::{Columns, Session};
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{fields, Form, Moment, Needed, Text};
use crate::http::idempotency::{self, Lane};
use crate::http::pagination::{query_of, ListOptions, Page};
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::App;
use axum::extract::{RawQuery, State};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// A page of what is paused.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Pauses {
    message: String,
    /// What `after` takes to go on; null on the last page.
    next: Option<String>,
    paused: Vec<Pause>,
}

/// What is held, by whom and why.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Pause {
    /// pipeline, worker or all.
    kind: String,
    /// The pipeline; worker and all stand for themselves.
    name: String,
    reason: String,
    paused_by: String,
    since: String,
    /// null: it lasts until somebody ends it.
    until: Option<String>,
}

fields! {
    /// What is to be held.
    pub struct PauseFields {
        /// A pipeline by name, short name or id; `worker`: no background step begins; `all`: nothing starts.
        what: String = Needed(Text),
        /// Why, for those who ask.
        reason: String = Needed(Text),
        /// When it ends by itself (default: when somebody ends it).
        until: Option<String> = Moment,
    }
}

fields! {
    /// What is to go on.
    pub struct UnpauseFields {
        /// A pipeline, `worker` or `all`.
        what: String = Needed(Text),
    }
}

/// What a pause was or is.
#[derive(Serialize, ToSchema)]
pub struct PauseAnswer {
    message: String,
    what: String,
}

const OPTIONS: ListOptions = ListOptions { sorts: &["since"], descending: true, filters: &[] };
query_of!(OPTIONS, PausesQuery);

/// What is paused now, the newest first.
#[utoipa::path(get, path = "/api/ai/pause", operation_id = "list_pauses", tag = "operation",
    params(PausesQuery),
    responses((status = 200, body = Pauses), ErrorResponses))]
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Page, Problem> {
    let listing = OPTIONS.read(query.as_deref())?;
    let mut session = app.database.reads().await?;
    listing.page(&mut session, include_str!("sql/pauses.sql"), "paused", &[]).await
}

/// Holds a pipeline, the workers or everything. Paused again it has the new reason and end.
#[utoipa::path(post, path = "/api/ai/pause", operation_id = "pause", tag = "operation",
    params(crate::http::idempotency::IdempotencyKey),
    request_body(content((PauseFields = "application/json"), (PauseFields = "application/x-www-form-urlencoded"),
        (PauseFields = "multipart/form-data"))),
    responses((status = 200, body = PauseAnswer), ErrorResponses))]
pub async fn pause(
    State(app): State<App>,
    Form { fields, asked }: Form<PauseFields>,
) -> Result<Reply, Problem> {
    let PauseFields { what, reason, until } = fields;
    idempotency::in_transaction(&app, Lane::Quick, asked, async |session: &mut Session| {
        let sql = "select kind, name from dfa.pause($1, $2, $3::text::timestamptz)";
        let held = session.query_one(sql, &[&what, &reason, &until]).await?;
        let (kind, name): (String, String) = (held.value("kind")?, held.value("name")?);
        let sql = "select sentence from dfa.paused_now where kind = $1 and name = $2";
        let row = session.query_one(sql, &[&kind, &name]).await?;
        let message = format!("Success: '{what}' is {}", row.value::<String>("sentence")?);
        Ok(Reply::ok(json!(PauseAnswer { message, what: what.clone() })))
    })
    .await
}

/// Ends a pause.
#[utoipa::path(post, path = "/api/ai/unpause", operation_id = "unpause", tag = "operation",
    params(crate::http::idempotency::IdempotencyKey),
    request_body(content((UnpauseFields = "application/json"), (UnpauseFields = "application/x-www-form-urlencoded"),
        (UnpauseFields = "multipart/form-data"))),
    responses((status = 200, body = PauseAnswer), ErrorResponses))]
pub async fn unpause(
    State(app): State<App>,
    Form { fields, asked }: Form<UnpauseFields>,
) -> Result<Reply, Problem> {
    let what = fields.what;
    idempotency::in_transaction(&app, Lane::Quick, asked, async |session: &mut Session| {
        let row = session.query_one("select dfa.unpause($1) as was_paused", &[&what]).await?;
        let message = match row.value::<bool>("was_paused")? {
            true => format!("Success: '{what}' goes on"),
            false => format!("Success: '{what}' was not paused"),
        };
        Ok(Reply::ok(json!(PauseAnswer { message, what: what.clone() })))
    })
    .await
}
