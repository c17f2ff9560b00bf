//! GET /api/ai/audit

use crate::http::audit_list::{statement, OPTIONS};
use crate::http::error_answers::ErrorResponses;
use crate::http::pagination::{query_of, Page};
use crate::http::problem::Problem;
use crate::http::App;
use axum::extract::{RawQuery, State};
use serde_json::Value;
use utoipa::ToSchema;

/// A page of the audit.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Audit {
    message: String,
    /// What `after` takes to go on; null on the last page.
    next: Option<String>,
    audit: Vec<Done>,
}

/// Something that somebody did.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Done {
    at: String,
    /// In whose name, as the program said; else the role.
    person: String,
    /// web, rest, cli, sql, scheduler or trigger.
    way: String,
    /// Role of the session, whatever the program said.
    role: String,
    /// table, pipeline, parameter, watermark, schedule, pause, user, key, task and so on; all: everything.
    kind: String,
    name: String,
    /// run, setup, retention, ingest, delete, migrate, upkeep; insert, update, delete; cancel, resume.
    action: String,
    /// Of a change: what it was, without what is secret.
    before: Option<Value>,
    /// Of a change: what it became; of a task what was asked for.
    after: Option<Value>,
    reason: Option<String>,
    process_id: Option<String>,
}

query_of!(OPTIONS, AuditQuery);

/// Who did what, by which way, the newest first: tasks, and changes of catalogs, parameters, watermarks and the like.
#[utoipa::path(get, path = "/api/ai/audit", operation_id = "list_audit", tag = "tasks",
    params(AuditQuery),
    responses((status = 200, body = Audit), ErrorResponses))]
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Page, Problem> {
    let listing = OPTIONS.read(query.as_deref())?;
    let made = statement(&listing);
    let mut session = app.database.looks().await?;
    listing.page(&mut session, &made.sql, "audit", &made.values()).await
}
