//! Hands a request to the workers of the database, and answers at once.

use super::target;
use crate::db::{Columns, Session};
use crate::http::form::Target;
use crate::http::idempotency::{self, Asked, Lane};
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::App;
use serde_json::{json, Value};

/// What `dfa.submit` is given.
pub struct Job {
    /// setup, data or retention.
    pub module: &'static str,
    /// `None`: everything.
    pub target: Option<Target>,
    pub run_dates: Option<Vec<String>>,
    pub run_mode: &'static str,
    pub parameters: Value,
    /// It is done only if that is what a preview showed.
    pub if_preview: Option<String>,
}

/// Submits a job once.
pub async fn submit(app: &App, asked: Asked, job: Job) -> Result<Reply, Problem> {
    idempotency::in_transaction(app, Lane::Quick, asked, async |session: &mut Session| {
        let name = match &job.target {
            Some(target) => Some(target::resolve(session, target).await?),
            None => None,
        };
        let row = session
            .query_one(
                include_str!("sql/submit.sql"),
                &[
                    &job.module,
                    &name,
                    &job.run_dates,
                    &job.run_mode,
                    &job.parameters.to_string(),
                    &job.if_preview,
                ],
            )
            .await?;
        Ok(started(row.value("process_id")?, name.as_deref()))
    })
    .await
}

/// The answer of whatever goes on in the background.
pub fn started(process_id: String, name: Option<&str>) -> Reply {
    let what = name.unwrap_or("all");
    Reply::ok(json!({
        "message": format!(
            "Start running process_name: '{what}' in background. Monitoring task should select table \
             'ctr_task_process' where process_id = '{process_id}'."
        ),
        "process_id": process_id,
        "status": 2,
        "process_time": 0,
    }))
}
