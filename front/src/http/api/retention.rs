//! POST /api/ai/run/retention

use super::submit::{submit, Job};
use super::target;
use crate::db::{Columns, Session};
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{Form, Target};
use crate::http::idempotency::{self, Lane};
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::reply::TaskAnswer;
use crate::http::App;
use axum::extract::State;
use serde_json::json;
use std::time::Instant;
use utoipa::ToSchema;

/// Deletes rows that are older than their table keeps them, with a copy first if asked for.
#[derive(ToSchema)]
#[allow(dead_code)] // read by name: see `run`
pub struct RetentionFields {
    /// Date to count back from (default: today).
    #[schema(format = Date, example = "2021-01-01")]
    run_date: Option<String>,
    /// One table; without a name, all tables that have a retention.
    table_name: Option<String>,
    /// The tables of a pipeline.
    pipeline_name: Option<String>,
    /// Table to copy to, or Y for <table>_bk.
    backup_table: Option<String>,
    /// Schema to copy to, or Y for <schema>_bk.
    backup_schema: Option<String>,
    /// Y (default): answer at once and work in the background.
    background: Option<String>,
    /// The token of GET /api/ai/preview: 409 when there is something else to do by now.
    if_preview: Option<String>,
}

#[utoipa::path(post, path = "/api/ai/run/retention", operation_id = "run_retention", tag = "run",
    params(crate::http::idempotency::IdempotencyKey),
    request_body(content((RetentionFields = "application/json"),
        (RetentionFields = "application/x-www-form-urlencoded"), (RetentionFields = "multipart/form-data"))),
    responses((status = 200, body = TaskAnswer), ErrorResponses))]
pub async fn run(State(app): State<App>, mut form: Form) -> Result<Reply, Problem> {
    let call = Call {
        run_date: form.date("run_date"),
        target: form.target(),
        backup_table: form.text("backup_table"),
        backup_schema: form.text("backup_schema"),
        if_preview: form.text("if_preview"),
    };
    let background = form.yes_no("background", true);
    let asked = form.finish()?;
    if background {
        let job = Job {
            module: "retention",
            target: call.target,
            run_dates: call.run_date.map(|date| vec![date]),
            run_mode: "common",
            parameters: json!({ "backup_table": call.backup_table, "backup_schema": call.backup_schema }),
            if_preview: call.if_preview,
        };
        return submit(&app, asked, job).await;
    }
    idempotency::in_transaction(&app, Lane::Work, asked, async |session: &mut Session| {
        retain(session, &call).await
    })
    .await
}

struct Call {
    run_date: Option<String>,
    target: Option<Target>,
    backup_table: Option<String>,
    backup_schema: Option<String>,
    if_preview: Option<String>,
}

async fn retain(session: &mut Session, call: &Call) -> Result<Reply, Problem> {
    let started = Instant::now();
    let name = match &call.target {
        Some(target) => Some(target::resolve(session, target).await?),
        None => None,
    };
    let rows = session
        .call(
            include_str!("sql/retention.sql"),
            &[&name, &call.run_date, &call.backup_table, &call.backup_schema, &call.if_preview],
        )
        .await?;
    let (mut failed, mut messages) = (false, Vec::<&str>::new());
    for row in &rows {
        failed |= row.value::<i32>("status")? != 0;
        messages.push(row.value("message")?);
    }
    let seconds = (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
    let task = session.query_opt(include_str!("sql/last_task.sql"), &[&"retention"]).await?;
    let process_id: Option<String> = task.map(|row| row.value("process_id")).transpose()?;
    // Done again, it does what is left: a failure is no lasting answer.
    let reply = Reply::of_task(process_id.as_deref(), i32::from(failed), &messages.join("\n"), seconds);
    Ok(Reply { passing: failed, ..reply })
}
