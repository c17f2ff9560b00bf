//! POST /api/ai/run/setup

use super::submit::{submit, Job};
use super::target;
use crate::db::{Columns, Session};
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{fields, Date, Form, Letters, SomeTarget, Target, Text, YesNo};
use crate::http::idempotency::{self, Lane};
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::reply::TaskAnswer;
use crate::http::App;
use axum::extract::State;
use serde_json::json;
use std::time::Instant;

fields! {
    /// Creates what catalogs define, or drops it.
    pub struct SetupFields {
        /// Date at which the watermarks of new tables start (default: today).
        run_date: Option<String> = Date,
        target: Option<Target> = SomeTarget {
            table: "One table; without a name, everything is set up.",
            pipeline: "The tables of a pipeline.",
        },
        /// First rows: Y, N, or letters of prefixes (A ai, S src, I imp, C ctr, P plt, F fn).
        initial_data: String = Letters(PREFIXES),
        /// Drop before creating: Y, N, or letters of prefixes (A ai, S src, I imp, C ctr, P plt, F fn).
        drop_before_create: String = Letters(PREFIXES),
        /// Y: drop the tables and do nothing else.
        drop_table: bool = YesNo(false),
        /// Y: drop the data schema and do nothing else.
        drop_schema: bool = YesNo(false),
        /// The same, as older clients spell it.
        drop_scheme: bool = YesNo(false),
        /// Y: drop what depends on it, too.
        cascade: bool = YesNo(false),
        /// Y (default): answer at once and work in the background.
        background: bool = YesNo(true),
        /// The token of GET /api/ai/preview: 409 when there is something else to do by now.
        if_preview: Option<String> = Text,
    }
}

/// The first letters of the prefixes, as the database knows them.
pub const PREFIXES: &str = "ASICPF";

/// How the database is told.
pub fn flag(yes: bool) -> &'static str {
    if yes {
        "Y"
    } else {
        "N"
    }
}

#[utoipa::path(post, path = "/api/ai/run/setup", operation_id = "run_setup", tag = "run",
    params(crate::http::idempotency::IdempotencyKey),
    request_body(content((SetupFields = "application/json"), (SetupFields = "application/x-www-form-urlencoded"),
        (SetupFields = "multipart/form-data"))),
    responses((status = 200, body = TaskAnswer), ErrorResponses))]
pub async fn run(
    State(app): State<App>,
    Form { mut fields, asked }: Form<SetupFields>,
) -> Result<Reply, Problem> {
    fields.drop_schema |= fields.drop_scheme;
    if fields.background {
        let job = Job {
            module: "setup",
            run_dates: fields.run_date.map(|date| vec![date]),
            run_mode: "common",
            parameters: json!({
                "initial_data": fields.initial_data,
                "drop_before_create": fields.drop_before_create,
                "drop_table": flag(fields.drop_table),
                "drop_schema": flag(fields.drop_schema),
                "cascade": flag(fields.cascade),
            }),
            target: fields.target,
            if_preview: fields.if_preview,
        };
        return submit(&app, asked, job).await;
    }
    idempotency::in_transaction(&app, Lane::Work, asked, async |session: &mut Session| {
        set_up(session, &fields).await
    })
    .await
}

/// One that fails does not undo the others: its message says which, and the answer is that of a failure.
async fn set_up(session: &mut Session, fields: &SetupFields) -> Result<Reply, Problem> {
    let started = Instant::now();
    let name = match &fields.target {
        Some(target) => Some(target::resolve(session, target).await?),
        None => None,
    };
    let kind = fields.target.as_ref().map(|target| target.kind);
    let rows = session
        .call(
            include_str!("sql/setup.sql"),
            &[
                &name,
                &kind,
                &fields.run_date,
                &fields.initial_data,
                &fields.drop_before_create,
                &flag(fields.drop_table),
                &flag(fields.drop_schema),
                &flag(fields.cascade),
                &fields.if_preview,
            ],
        )
        .await?;
    let (mut failed, mut messages) = (false, Vec::<&str>::new());
    for row in &rows {
        failed |= row.value::<i32>("status")? != 0;
        messages.push(row.value("message")?);
    }
    let message = match messages.is_empty() {
        true => "Success: Setup had nothing to do".to_owned(),
        false => messages.join("\n"),
    };
    let task = session.query_opt(include_str!("sql/last_task.sql"), &[&"setup"]).await?;
    let process_id: Option<String> = task.map(|row| row.value("process_id")).transpose()?;
    let seconds = (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
    // Done again, it does what is left: a failure is no lasting answer.
    let reply = Reply::of_task(process_id.as_deref(), i32::from(failed), &message, seconds);
    Ok(Reply { passing: failed, ..reply })
}
