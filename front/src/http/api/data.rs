//! POST /api/ai/run/data

use super::submit::{submit, Job};
use super::target;
use crate::db::{Cleanup, Columns, Session, WHY};
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{Form, Target};
use crate::http::idempotency;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::reply::TaskAnswer;
use crate::http::App;
use axum::extract::State;
use serde_json::json;
use utoipa::ToSchema;

/// Runs a pipeline or a table.
#[derive(ToSchema)]
#[allow(dead_code)] // read by name: see `run`
pub struct RunFields {
    /// One or more dates, separated by commas; they run in date order (default: today).
    run_date: Option<String>,
    /// A pipeline; either this or table_name.
    pipeline_name: Option<String>,
    /// A table, by name or short name, with or without its type (sql:x, py:x).
    table_name: Option<String>,
    /// common (default) or rerun.
    run_mode: Option<String>,
    /// Processes to run, or !process for all but that one, separated by commas.
    choose: Option<String>,
    /// Y (default): answer at once and work in the background.
    background: Option<String>,
    /// Y: a table that somebody else runs, or whose quota is used up, is a conflict (409). Foreground only.
    strict: Option<String>,
    /// The token of GET /api/ai/preview: 409 when there is something else to do by now.
    if_preview: Option<String>,
}

struct Call {
    target: Target,
    run_dates: Option<Vec<String>>,
    run_mode: &'static str,
    choose: Option<Vec<String>>,
    strict: bool,
    if_preview: Option<String>,
}

#[utoipa::path(post, path = "/api/ai/run/data", operation_id = "run_data", tag = "run",
    params(crate::http::idempotency::IdempotencyKey),
    request_body(content((RunFields = "application/json"), (RunFields = "application/x-www-form-urlencoded"),
        (RunFields = "multipart/form-data"))),
    responses((status = 200, body = TaskAnswer), ErrorResponses))]
pub async fn run(State(app): State<App>, mut form: Form) -> Result<Reply, Problem> {
    let call = Call {
        target: form.needed_target(),
        run_dates: form.dates("run_date"),
        run_mode: form.one_of("run_mode", &["common", "rerun"]).unwrap_or("common"),
        choose: form.list("choose"),
        strict: form.yes_no("strict", false),
        if_preview: form.text("if_preview"),
    };
    let background = form.yes_no("background", true);
    if background && call.strict {
        form.refuse::<()>("strict", "needs background N: only then is the outcome known");
    }
    let asked = form.finish()?;
    if background {
        let job = Job {
            module: "data",
            target: Some(call.target),
            run_dates: call.run_dates,
            run_mode: call.run_mode,
            parameters: json!({ "choose": call.choose }),
            if_preview: call.if_preview,
        };
        return submit(&app, asked, job).await;
    }
    // Node after node commits; a caller who hangs up cancels the node under way and those that wait.
    // Behind a pooler the session that clears up may be another one: then the name says whose the task is.
    let mut asked = asked;
    let pooled = app.settings.pooler;
    if pooled {
        asked.caller.make_unique();
    }
    let whose = vec![asked.caller.application_name(), pooled.to_string(), WHY.to_owned()];
    let leftovers = vec![
        Cleanup { sql: include_str!("sql/cancel_own_steps.sql"), texts: whose.clone() },
        Cleanup { sql: include_str!("sql/finish_own_tasks.sql"), texts: whose },
    ];
    idempotency::committing(&app, asked, leftovers, async |session: &mut Session| {
        run_now(session, &call).await
    })
    .await
}

async fn run_now(session: &mut Session, call: &Call) -> Result<Reply, Problem> {
    let name = target::resolve(session, &call.target).await?;
    let run = session
        .call_one(
            "call dfa.run($1, $2::pg_catalog.date[], $3, $4, false, null, null, if_preview => $5)",
            &[&name, &call.run_dates, &call.run_mode, &call.choose, &call.if_preview],
        )
        .await?;
    let process_id: String = run.value("process_id")?;
    tracing::Span::current().record("process_id", process_id.as_str());
    let task = session.query_one(include_str!("sql/outcome.sql"), &[&process_id]).await?;
    let (message, status): (String, i32) = (task.value("message")?, task.value("status")?);
    let conflict: Option<String> = task.value("conflict")?;
    if let (true, Some(conflict)) = (call.strict, conflict) {
        let mut problem = Problem::conflict(conflict).detail(message);
        problem.members.insert("process_id".to_owned(), json!(process_id));
        return Err(problem);
    }
    let reply = Reply::of_task(Some(&process_id), status, &message, task.value("seconds")?);
    Ok(Reply { passing: task.value("is_passing")?, ..reply })
}
