//! GET /api/ai/get/opt/{process_id}

use crate::http::form::Form;
use crate::http::openapi::{ErrorResponses, Process};
use crate::http::path::Name;
use crate::http::problem::Problem;
use crate::http::reply::Document;
use crate::http::{App, Told};
use axum::extract::{Request, State};
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::time::Instant;

/// The longest that an answer may wait for the end of a task.
pub const LONGEST_WAIT: u32 = 60;
/// Steps of an answer.
const STEPS: u32 = 500;
/// Between two looks at a task whose end nobody tells.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// How far a task is: status, percent, message, steps.
#[utoipa::path(get, path = "/api/ai/get/opt/{process_id}", tag = "tasks",
    params(("process_id" = String, Path, description = "What a run in the background answered"),
        ("wait" = Option<i32>, Query, minimum = 0, maximum = 60,
            description = "Answer when the task has ended, or after so many seconds"),
        ("limit" = Option<i32>, Query, minimum = 0, maximum = 500, description = "Steps of the answer (default: 500)"),
        ("after" = Option<i64>, Query, minimum = 0, maximum = 2147483647,
            description = "`next` of the page of steps before")),
    responses((status = 200, body = Process), ErrorResponses))]
pub async fn get(State(app): State<App>, Name(id): Name, request: Request) -> Result<Document, Problem> {
    let (parts, _) = request.into_parts();
    let mut form = Form::of_query(&parts)?;
    let wait = form.number("wait", LONGEST_WAIT).unwrap_or(0);
    let limit = form.number("limit", STEPS).unwrap_or(STEPS);
    let after = form.number("after", i32::MAX.unsigned_abs()).unwrap_or(0);
    form.finish()?;
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
        if row.get::<_, i32>(1) != 2 || Instant::now() >= deadline {
            return Ok(Document(row.get(0)));
        }
        let again = deadline.min(Instant::now() + LOOK_AGAIN);
        tokio::select! {
            () = told_of(&mut events, &id) => {}
            () = tokio::time::sleep_until(again) => {}
            () = app.stopping.cancelled() => return Ok(Document(row.get(0))),
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
