//! POST /api/ai/notify/{id}

use crate::db::{Columns, Session};
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{fields, Date, Form};
use crate::http::idempotency::{self, Lane};
use crate::http::path::Name;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::App;
use axum::extract::State;
use serde_json::json;
use utoipa::ToSchema;

/// What a source started.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct NotifyAnswer {
    message: String,
    started: Vec<Started>,
}

/// A pipeline that was started.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Started {
    pipeline_name: Option<String>,
    process_id: Option<String>,
    reason: Option<String>,
}

fields! {
    /// What may be said of the new data.
    pub struct NotifyFields {
        /// The day that they reach to: what this triggers runs for that date. Default: today.
        run_date: Option<String> = Date,
    }
}

/// Reports that an external source has something new, which triggers the pipelines that wait for it.
#[utoipa::path(post, path = "/api/ai/notify/{id}", operation_id = "notify_source", tag = "run",
    params(("id" = String, Path, description = "id of the source, as triggers name it"),
        crate::http::idempotency::IdempotencyKey),
    request_body(content((NotifyFields = "application/json"),
        (NotifyFields = "application/x-www-form-urlencoded"), (NotifyFields = "multipart/form-data"))),
    responses((status = 200, body = NotifyAnswer), ErrorResponses))]
pub async fn notify(
    State(app): State<App>,
    Name(id): Name,
    Form { fields, asked }: Form<NotifyFields>,
) -> Result<Reply, Problem> {
    idempotency::in_transaction(&app, Lane::Quick, asked, async |session: &mut Session| {
        let row = session.query_one(include_str!("sql/notify_source.sql"), &[&id, &fields.run_date]).await?;
        let started: serde_json::Value = row.value("started")?;
        Ok(Reply::ok(json!({
            "message": format!("Success: Source '{id}' is noted as updated"), "started": started,
        })))
    })
    .await
}
