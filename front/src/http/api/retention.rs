//! POST /api/ai/run/retention

use super::submit::{submit, Job};
use super::target;
use crate::db::{Columns, Session};
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{fields, Date, Form, SomeTarget, Target, Text, YesNo};
use crate::http::idempotency::{self, Lane};
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::reply::TaskAnswer;
use crate::http::App;
use axum::extract::State;
use serde_json::json;
use std::time::Instant;

fields! {
    /// Deletes rows that are older than their table keeps them, with a copy first if asked for.
    pub struct RetentionFields {
        /// Date to count back from (default: today).
        run_date: Option<String> = Date,
        target: Option<Target> = SomeTarget {
            table: "One table; without a name, all tables that have a retention.",
            pipeline: "The tables of a pipeline.",
        },
        /// Table to copy to, or Y for <table>_bk.
        backup_table: Option<String> = Text,
        /// Schema to copy to, or Y for <schema>_bk.
        backup_schema: Option<String> = Text,
        /// Y (default): answer at once and work in the background.
        background: bool = YesNo(true),
        /// The token of GET /api/ai/preview: 409 when there is something else to do by now.
        if_preview: Option<String> = Text,
    }
}

#[utoipa::path(post, path = "/api/ai/run/retention", operation_id = "run_retention", tag = "run",
    params(crate::http::idempotency::IdempotencyKey),
    request_body(content((RetentionFields = "application/json"),
        (RetentionFields = "application/x-www-form-urlencoded"), (RetentionFields = "multipart/form-data"))),
    responses((status = 200, body = TaskAnswer), ErrorResponses))]
pub async fn run(
    State(app): State<App>,
    Form { fields, asked }: Form<RetentionFields>,
) -> Result<Reply, Problem> {
    if fields.background {
        let job = Job {
            module: "retention",
            target: fields.target,
            run_dates: fields.run_date.map(|date| vec![date]),
            run_mode: "common",
            parameters: json!({ "backup_table": fields.backup_table, "backup_schema": fields.backup_schema }),
            if_preview: fields.if_preview,
        };
        return submit(&app, asked, job).await;
    }
    idempotency::in_transaction(&app, Lane::Work, asked, async |session: &mut Session| {
        retain(session, &fields).await
    })
    .await
}

async fn retain(session: &mut Session, fields: &RetentionFields) -> Result<Reply, Problem> {
    let started = Instant::now();
    let name = match &fields.target {
        Some(target) => Some(target::resolve(session, target).await?),
        None => None,
    };
    let rows = session
        .call(
            include_str!("sql/retention.sql"),
            &[&name, &fields.run_date, &fields.backup_table, &fields.backup_schema, &fields.if_preview],
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
