//! POST /api/ai/tasks/{id}/resume

use crate::db::Session;
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{Form, NoFields};
use crate::http::idempotency::{self, Lane};
use crate::http::path::Name;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::reply::TaskAnswer;
use crate::http::App;
use axum::extract::State;
use serde_json::json;

/// Goes on with the steps of a failed or cancelled task that are left.
#[utoipa::path(post, path = "/api/ai/tasks/{id}/resume", operation_id = "resume_task", tag = "tasks",
    params(("id" = String, Path, description = "process_id of the task"),
        crate::http::idempotency::IdempotencyKey),
    responses((status = 200, body = TaskAnswer), ErrorResponses))]
pub async fn resume(
    State(app): State<App>,
    Name(id): Name,
    Form { asked, .. }: Form<NoFields>,
) -> Result<Reply, Problem> {
    idempotency::in_transaction(&app, Lane::Quick, asked, async |session: &mut Session| {
        session.query("select dfa.resume($1)::text", &[&id]).await?;
        Ok(Reply::ok(json!({
            "message": format!("Success: Resume task '{id}'"), "process_id": id, "status": 2, "process_time": 0,
        })))
    })
    .await
}
