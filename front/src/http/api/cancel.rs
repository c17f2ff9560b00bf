//! POST /api/ai/tasks/{id}/cancel

use crate::db::Session;
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{Form, NoFields};
use crate::http::idempotency::{self, Lane};
use crate::http::path::Name;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::App;
use axum::extract::State;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// A task that was told to stop.
#[derive(Serialize, ToSchema)]
pub struct CancelAnswer {
    message: String,
    process_id: String,
}

/// Stops a task: the node under way is undone, those that wait are not run.
#[utoipa::path(post, path = "/api/ai/tasks/{id}/cancel", operation_id = "cancel_task", tag = "tasks",
    params(("id" = String, Path, description = "process_id of the task"),
        crate::http::idempotency::IdempotencyKey),
    responses((status = 200, body = CancelAnswer), ErrorResponses))]
pub async fn cancel(
    State(app): State<App>,
    Name(id): Name,
    Form { asked, .. }: Form<NoFields>,
) -> Result<Reply, Problem> {
    idempotency::in_transaction(&app, Lane::Control, asked, async |session: &mut Session| {
        session.query("select dfa.cancel($1)::text", &[&id]).await?;
        let message = format!("Success: Cancel task '{id}'");
        Ok(Reply::ok(json!(CancelAnswer { message, process_id: id })))
    })
    .await
}
