//! GET /api/ai/get/opt/{process_id}

use crate::db::Columns;
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{fields, Number, Query};
use crate::http::path::Name;
use crate::http::problem::Problem;
use crate::http::reply::Document;
use crate::http::{App, Told};
use axum::extract::State;
use serde_json::Value;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::time::Instant;
use utoipa::ToSchema;

/// A task with its steps.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Process {
    message: String,
    process_id: String,
    /// 0 success, 1 failed, 2 waiting or processing.
    status: i32,
    /// SUCCESS, FAILED or PROCESSING.
    ps_status: String,
    /// Seconds.
    process_time: f64,
    /// Finished steps of all steps.
    percent: f64,
    /// The same as a bar of text.
    percent_status: String,
    /// Rows so far.
    logging: i64,
    name: String,
    /// The node under way, and its run date.
    node: Option<String>,
    run_date: Option<String>,
    module: String,
    r#type: String,
    run_mode: String,
    run_dates: Vec<String>,
    /// Role that submitted it.
    by: String,
    created_at: String,
    finished_at: Option<String>,
    steps_finished: i64,
    steps_total: i64,
    /// What `after` takes for the steps that follow; null on the last page.
    next: Option<i64>,
    steps: Vec<Step>,
}

/// A node of a task on a run date.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Step {
    order: i64,
    run_date: String,
    node: String,
    /// WAITING, PROCESSING, SUCCESS, FAILED, SKIPPED, BLOCKED or CANCELLED.
    state: String,
    attempts: i32,
    rows: Option<i64>,
    /// Rows by process.
    process_rows: Option<Value>,
    process_time: Option<f64>,
    started_at: Option<String>,
    finished_at: Option<String>,
    message: Option<String>,
    /// SQLSTATE, message, detail, hint, process, statement and more of a failure.
    error: Option<Value>,
}

/// The longest that an answer may wait for the end of a task.
pub const LONGEST_WAIT: u32 = 60;
/// Steps of an answer.
const STEPS: u32 = 500;
/// Between two looks at a task whose end nobody tells.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

fields! {
    /// How much of the task, and when.
    pub struct ProcessQuery {
        /// Answer when the task has ended, or after so many seconds
        wait: Option<u32> = Number(LONGEST_WAIT),
        /// Steps of the answer (default: 500)
        limit: Option<u32> = Number(STEPS),
        /// `next` of the page of steps before
        after: Option<u32> = Number(i32::MAX.unsigned_abs()),
    }
}

/// How far a task is: status, percent, message, steps.
#[utoipa::path(get, path = "/api/ai/get/opt/{process_id}", operation_id = "get_task", tag = "tasks",
    params(("process_id" = String, Path, description = "What a run in the background answered"),
        ProcessQuery),
    responses((status = 200, body = Process), ErrorResponses))]
pub async fn get(
    State(app): State<App>,
    Name(id): Name,
    Query { fields, .. }: Query<ProcessQuery>,
) -> Result<Document, Problem> {
    let (wait, after) = (fields.wait.unwrap_or(0), fields.after.unwrap_or(0));
    let limit = fields.limit.unwrap_or(STEPS);
    let deadline = Instant::now() + Duration::from_secs(wait.into());
    // Before the first look, so that no end is missed.
    let mut events = app.events.subscribe();
    loop {
        let row = {
            let mut session = app.database.reads().await?;
            session
                .query_one(include_str!("sql/process.sql"), &[&id, &i64::from(limit), &i64::from(after)])
                .await?
        };
        if row.value::<i32>("status")? != 2 || Instant::now() >= deadline {
            return Ok(Document(row.value("answer")?));
        }
        let again = deadline.min(Instant::now() + LOOK_AGAIN);
        tokio::select! {
            () = told_of(&mut events, &id) => {}
            () = tokio::time::sleep_until(again) => {}
            () = app.stopping.cancelled() => return Ok(Document(row.value("answer")?)),
        }
    }
}

/// Ends when something is told of a task.
async fn told_of(events: &mut Receiver<Told>, id: &str) {
    loop {
        match events.recv().await {
            Ok(Told::Event { payload, .. }) if payload.contains(id) => return,
            Ok(_) => {}
            // Looked at again soon, whatever was missed.
            Err(_) => std::future::pending().await,
        }
    }
}
