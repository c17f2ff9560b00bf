//! GET /api/ai/tasks

use crate::http::error_answers::ErrorResponses;
use crate::http::pagination::{query_of, Page};
use crate::http::problem::Problem;
use crate::http::task_list::{statement, OPTIONS};
use crate::http::App;
use axum::extract::{RawQuery, State};
use utoipa::ToSchema;

/// A page of tasks.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Tasks {
    message: String,
    /// What `after` takes to go on; null on the last page.
    next: Option<String>,
    tasks: Vec<Task>,
}

/// A task without its steps.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Task {
    process_id: String,
    name: String,
    r#type: String,
    module: String,
    run_mode: String,
    run_dates: Vec<String>,
    /// 0 success, 1 failed, 2 waiting or processing.
    status: i32,
    message: Option<String>,
    /// Seconds.
    process_time: f64,
    number_put: i64,
    number_get: i64,
    by: String,
    /// In whose name, as the program said; else the role.
    person: String,
    /// web, rest, cli, sql, scheduler or trigger.
    way: Option<String>,
    /// The task that set it off: whose success its trigger waited for, which it tries again, or which it is a rerun of.
    parent: Option<String>,
    created_at: String,
    finished_at: Option<String>,
}

query_of!(OPTIONS, TasksQuery);

/// Tasks, the newest first.
#[utoipa::path(get, path = "/api/ai/tasks", operation_id = "list_tasks", tag = "tasks",
    params(TasksQuery),
    responses((status = 200, body = Tasks), ErrorResponses))]
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Page, Problem> {
    let listing = OPTIONS.read(query.as_deref())?;
    let made = statement(&listing);
    let mut session = app.database.looks().await?;
    listing.page(&mut session, &made.sql, "tasks", &made.values()).await
}
