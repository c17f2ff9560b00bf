//! POST /api/ai/run/setup

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
use serde_json::{json, Value};
use std::time::Instant;
use utoipa::ToSchema;

/// Creates what catalogs define, or drops it.
#[derive(ToSchema)]
#[allow(dead_code)] // read by name: see `read`
pub struct SetupFields {
    /// Date at which the watermarks of new tables start (default: today).
    #[schema(format = Date, example = "2021-01-01")]
    run_date: Option<String>,
    /// One table; without a name, everything is set up.
    table_name: Option<String>,
    /// The tables of a pipeline.
    pipeline_name: Option<String>,
    /// First rows: Y, N, or letters of prefixes (A ai, S src, I imp, C ctr, P plt, F fn).
    initial_data: Option<String>,
    /// Drop before creating: Y, N, or letters of prefixes (A ai, S src, I imp, C ctr, P plt, F fn).
    drop_before_create: Option<String>,
    /// Y: drop the tables and do nothing else.
    drop_table: Option<String>,
    /// Y: drop the data schema and do nothing else.
    drop_schema: Option<String>,
    /// The same, as older clients spell it.
    drop_scheme: Option<String>,
    /// Y: drop what depends on it, too.
    cascade: Option<String>,
    /// Y (default): answer at once and work in the background.
    background: Option<String>,
    /// The token of GET /api/ai/preview: 409 when there is something else to do by now.
    if_preview: Option<String>,
}

/// Of prefixes, as the database knows them.
const LETTERS: &str = "ASICPF";

pub struct Call {
    pub run_date: Option<String>,
    pub target: Option<Target>,
    initial_data: String,
    drop_before_create: String,
    drop_table: &'static str,
    drop_schema: &'static str,
    cascade: &'static str,
}

impl Call {
    /// As `dfa.submit` takes them.
    pub fn parameters(&self) -> Value {
        json!({
            "initial_data": self.initial_data,
            "drop_before_create": self.drop_before_create,
            "drop_table": self.drop_table,
            "drop_schema": self.drop_schema,
            "cascade": self.cascade,
        })
    }
}

#[utoipa::path(post, path = "/api/ai/run/setup", operation_id = "run_setup", tag = "run",
    params(crate::http::idempotency::IdempotencyKey),
    request_body(content((SetupFields = "application/json"), (SetupFields = "application/x-www-form-urlencoded"),
        (SetupFields = "multipart/form-data"))),
    responses((status = 200, body = TaskAnswer), ErrorResponses))]
pub async fn run(State(app): State<App>, mut form: Form) -> Result<Reply, Problem> {
    let call = read(&mut form);
    let background = form.yes_no("background", true);
    let if_preview = form.text("if_preview");
    let asked = form.finish()?;
    if background {
        let job = Job {
            module: "setup",
            parameters: call.parameters(),
            run_dates: call.run_date.map(|date| vec![date]),
            run_mode: "common",
            target: call.target,
            if_preview,
        };
        return submit(&app, asked, job).await;
    }
    idempotency::in_transaction(&app, Lane::Work, asked, async |session: &mut Session| {
        set_up(session, &call, if_preview.as_ref()).await
    })
    .await
}

pub fn read(form: &mut Form) -> Call {
    let flag = |yes: bool| if yes { "Y" } else { "N" };
    let run_date = form.date("run_date");
    let target = form.target();
    let initial_data = form.flags("initial_data", LETTERS);
    let drop_before_create = form.flags("drop_before_create", LETTERS);
    let drop_table = form.yes_no("drop_table", false);
    let drop_schema = form.yes_no("drop_schema", false) | form.yes_no("drop_scheme", false);
    let cascade = form.yes_no("cascade", false);
    Call {
        run_date,
        target,
        initial_data: initial_data.unwrap_or_else(|| "N".to_owned()),
        drop_before_create: drop_before_create.unwrap_or_else(|| "N".to_owned()),
        drop_table: flag(drop_table),
        drop_schema: flag(drop_schema),
        cascade: flag(cascade),
    }
}

/// One that fails does not undo the others: its message says which, and the answer is that of a failure.
async fn set_up(session: &mut Session, call: &Call, if_preview: Option<&String>) -> Result<Reply, Problem> {
    let started = Instant::now();
    let name = match &call.target {
        Some(target) => Some(target::resolve(session, target).await?),
        None => None,
    };
    let kind = call.target.as_ref().map(|target| target.kind);
    let rows = session
        .call(
            include_str!("sql/setup.sql"),
            &[
                &name,
                &kind,
                &call.run_date,
                &call.initial_data,
                &call.drop_before_create,
                &call.drop_table,
                &call.drop_schema,
                &call.cascade,
                &if_preview,
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
