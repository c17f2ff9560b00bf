//! GET and POST /api/ai/tasks/bulk

use crate::db::Session;
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{fields, Form, Needed, OneOf, Query, Text};
use crate::http::idempotency::{self, Lane};
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::task_list::Matching;
use crate::http::App;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

const ACTIONS: &[&str] = &["cancel", "resume", "rerun"];

fields! {
    /// Which tasks, and what is to become of them.
    pub struct BulkQuery {
        /// cancel (default), resume or rerun.
        action: &'static str = OneOf(ACTIONS),
        /// Which: the query of GET /api/ai/tasks, with one filter at least, such as status=1&from=2021-01-01.
        query: String = Needed(Text),
    }
}

fields! {
    /// Tasks to be changed.
    pub struct BulkFields {
        /// cancel (default), resume or rerun.
        action: &'static str = OneOf(ACTIONS),
        /// Which: the query of GET /api/ai/tasks, with one filter at least, such as status=1&from=2021-01-01.
        query: String = Needed(Text),
        /// The token of the preview: refused (409) when it is other tasks by now, or in other states.
        if_preview: Option<String> = Text,
    }
}

/// What would become of each task.
#[derive(Serialize, ToSchema)]
pub struct BulkPreview {
    message: String,
    /// What `if_preview` takes.
    token: String,
    /// There are more tasks than are taken at once: 500, or `limit` of the query.
    more: bool,
    tasks: Vec<TaskPreview>,
}

#[derive(Serialize, Deserialize, ToSchema)]
pub struct TaskPreview {
    process_id: String,
    name: String,
    /// 0 success, 1 failed, 2 waiting or processing.
    status: i32,
    /// cancel, resume, rerun or refused.
    action: String,
    reason: String,
}

/// What became of each task.
#[derive(Serialize, ToSchema)]
pub struct BulkAnswer {
    message: String,
    /// There are more tasks than were taken at once.
    more: bool,
    tasks: Vec<TaskChange>,
}

#[derive(Serialize, Deserialize, ToSchema)]
pub struct TaskChange {
    process_id: String,
    name: String,
    /// done or refused.
    outcome: String,
    message: String,
    /// The task that a rerun became.
    new_process_id: Option<String>,
}

/// What cancelling, resuming or rerunning all tasks of a query would do with each.
#[utoipa::path(get, path = "/api/ai/tasks/bulk", operation_id = "preview_bulk", tag = "tasks",
    params(BulkQuery),
    responses((status = 200, body = BulkPreview), ErrorResponses))]
pub async fn preview(
    State(app): State<App>,
    Query { fields, .. }: Query<BulkQuery>,
) -> Result<Reply, Problem> {
    let matching = Matching::read(&fields.query)?;
    let mut session = app.database.looks().await?;
    let (ids, more) = matching.ids(&mut session).await?;
    // In one statement: the token is of these tasks.
    const LOOK: &str = "select dfa.preview_tasks_token($1, $2) as token,
                               coalesce((select json_agg(task) from dfa.preview_tasks($1, $2) as task), '[]') as tasks";
    let Look { token, tasks } = session.one(LOOK, &[&fields.action, &ids]).await?;
    let message = format!("Success: {} of {} tasks can be changed", can(&tasks), tasks.len());
    Ok(Reply::ok(json!(BulkPreview { message, token, more, tasks })))
}

#[derive(Deserialize)]
struct Look {
    token: String,
    tasks: Vec<TaskPreview>,
}

fn can(tasks: &[TaskPreview]) -> usize {
    tasks.iter().filter(|task| task.action != "refused").count()
}

/// Cancels, resumes or reruns all tasks of a query, each for itself.
#[utoipa::path(post, path = "/api/ai/tasks/bulk", operation_id = "change_tasks", tag = "tasks",
    params(crate::http::idempotency::IdempotencyKey),
    request_body(content((BulkFields = "application/json"), (BulkFields = "application/x-www-form-urlencoded"),
        (BulkFields = "multipart/form-data"))),
    responses((status = 200, body = BulkAnswer), ErrorResponses))]
pub async fn change(
    State(app): State<App>,
    Form { fields, asked }: Form<BulkFields>,
) -> Result<Reply, Problem> {
    let matching = Matching::read(&fields.query)?;
    idempotency::in_transaction(&app, Lane::Quick, asked, async |session: &mut Session| {
        let (ids, more) = matching.ids(session).await?;
        let sql =
            "select process_id, name, outcome, message, new_process_id from dfa.change_tasks($1, $2, $3)";
        let tasks: Vec<TaskChange> = session.list(sql, &[&fields.action, &ids, &fields.if_preview]).await?;
        let done = tasks.iter().filter(|task| task.outcome == "done").count();
        let message = format!("Success: {} {done} of {} tasks", fields.action, tasks.len());
        Ok(Reply::ok(json!(BulkAnswer { message, more, tasks })))
    })
    .await
}
