//! POST /api/ai/notify/{id}

use crate::db::Session;
use crate::http::form::Form;
use crate::http::once::{self, Lane};
use crate::http::openapi::{ErrorResponses, Message};
use crate::http::path::Name;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::App;
use axum::extract::State;
use serde_json::json;

/// Reports that an external source has something new, which triggers the pipelines that wait for it.
#[utoipa::path(post, path = "/api/ai/notify/{id}", tag = "run",
    params(("id" = String, Path, description = "id of the source, as triggers name it"),
        crate::http::openapi::Once),
    responses((status = 200, body = Message), ErrorResponses))]
pub async fn notify(State(app): State<App>, Name(id): Name, form: Form) -> Result<Reply, Problem> {
    let asked = form.finish()?;
    once::in_transaction(&app, Lane::Quick, asked, async |session: &mut Session| {
        let row = session.query_one(include_str!("sql/notify_source.sql"), &[&id]).await?;
        let started: serde_json::Value = row.get(0);
        Ok(Reply::ok(json!({
            "message": format!("Success: Source '{id}' is noted as updated"), "started": started,
        })))
    })
    .await
}
