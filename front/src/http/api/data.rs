//! POST /api/ai/run/data

use super::submit::{submit, Job};
use super::target;
use crate::db::{Cleanup, Columns, Session, WHY};
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{fields, Dates, Form, GivenFields, List, NeededTarget, OneOf, Target, Text, YesNo};
use crate::http::idempotency;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::reply::TaskAnswer;
use crate::http::App;
use axum::extract::State;
use serde_json::json;

fields! {
    /// Runs a pipeline or a table.
    pub struct RunFields {
        target: Target = NeededTarget {
            table: "A table, by name or short name, with or without its type (sql:x, py:x).",
            pipeline: "A pipeline; either this or table_name.",
        },
        /// One or more dates, separated by commas; they run in date order (default: today).
        run_date: Option<Vec<String>> = Dates,
        /// common (default) or rerun, in any case.
        run_mode: &'static str = OneOf(&["common", "rerun"]),
        /// Processes to run, or !process for all but that one, separated by commas.
        choose: Option<Vec<String>> = List,
        /// Y: a table that somebody else runs, or whose quota is used up, is a conflict (409). Foreground only.
        strict: bool = YesNo(false),
        /// Y (default): answer at once and work in the background.
        background: bool = YesNo(true),
        /// The token of GET /api/ai/preview: 409 when there is something else to do by now.
        if_preview: Option<String> = Text,
    }
    checked by can_be_strict
}

fn can_be_strict(fields: &RunFields, given: &mut GivenFields) {
    if fields.background && fields.strict {
        given.refuse::<()>("strict", "needs background N: only then is the outcome known");
    }
}

#[utoipa::path(post, path = "/api/ai/run/data", operation_id = "run_data", tag = "run",
    params(crate::http::idempotency::IdempotencyKey),
    request_body(content((RunFields = "application/json"), (RunFields = "application/x-www-form-urlencoded"),
        (RunFields = "multipart/form-data"))),
    responses((status = 200, body = TaskAnswer), ErrorResponses))]
pub async fn run(
    State(app): State<App>,
    Form { fields, mut asked }: Form<RunFields>,
) -> Result<Reply, Problem> {
    if fields.background {
        let job = Job {
            module: "data",
            target: Some(fields.target),
            run_dates: fields.run_date,
            run_mode: fields.run_mode,
            parameters: json!({ "choose": fields.choose }),
            if_preview: fields.if_preview,
        };
        return submit(&app, asked, job).await;
    }
    // Node after node commits; a caller who hangs up cancels the node under way and those that wait.
    // Behind a pooler the session that clears up may be another one: then the name says whose the task is.
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
        run_now(session, &fields).await
    })
    .await
}

async fn run_now(session: &mut Session, fields: &RunFields) -> Result<Reply, Problem> {
    let name = target::resolve(session, &fields.target).await?;
    let run = session
        .call_one(
            "call dfa.run($1, $2::pg_catalog.date[], $3, $4, false, null, null, if_preview => $5)",
            &[&name, &fields.run_date, &fields.run_mode, &fields.choose, &fields.if_preview],
        )
        .await?;
    let process_id: String = run.value("process_id")?;
    tracing::Span::current().record("process_id", process_id.as_str());
    let task = session.query_one(include_str!("sql/outcome.sql"), &[&process_id]).await?;
    let (message, status): (String, i32) = (task.value("message")?, task.value("status")?);
    let conflict: Option<String> = task.value("conflict")?;
    if let (true, Some(conflict)) = (fields.strict, conflict) {
        let mut problem = Problem::conflict(conflict).detail(message);
        problem.members.insert("process_id".to_owned(), json!(process_id));
        return Err(problem);
    }
    let reply = Reply::of_task(Some(&process_id), status, &message, task.value("seconds")?);
    Ok(Reply { passing: task.value("is_passing")?, ..reply })
}
