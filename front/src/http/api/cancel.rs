//! POST /api/ai/tasks/{id}/cancel

use crate::db::Session;
use crate::http::form::Form;
use crate::http::once::{self, Lane};
use crate::http::openapi::{CancelAnswer, ErrorResponses};
use crate::http::path::Name;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::App;
use axum::extract::State;
use serde_json::json;

/// Stops a task: the node under way is undone, those that wait are not run.
#[utoipa::path(post, path = "/api/ai/tasks/{id}/cancel", tag = "tasks",
    params(("id" = String, Path, description = "process_id of the task"),
        crate::http::openapi::Once),
    responses((status = 200, body = CancelAnswer), ErrorResponses))]
pub async fn cancel(State(app): State<App>, Name(id): Name, form: Form) -> Result<Reply, Problem> {
    let asked = form.finish()?;
    once::in_transaction(&app, Lane::Control, asked, async |session: &mut Session| {
        session.query("select dfa.cancel($1)::text", &[&id]).await?;
        Ok(Reply::ok(json!({ "message": format!("Success: Cancel task '{id}'"), "process_id": id })))
    })
    .await
}
