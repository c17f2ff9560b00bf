//! POST /api/ai/run/backfill

use super::submit::started;
use super::target;
use crate::db::{Columns, Session};
use crate::http::error_answers::ErrorResponses;
use crate::http::form::Form;
use crate::http::idempotency::{self, Lane};
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::reply::TaskAnswer;
use crate::http::App;
use axum::extract::State;
use utoipa::ToSchema;

/// One task over every interval of a range, oldest first.
#[derive(ToSchema)]
#[allow(dead_code)] // read by name: see `run`
pub struct BackfillFields {
    /// A pipeline; either this or table_name.
    pipeline_name: Option<String>,
    /// A table, by name or short name.
    table_name: Option<String>,
    /// First date.
    #[schema(format = Date, example = "2021-01-01")]
    date_from: String,
    /// Last date.
    #[schema(format = Date, example = "2021-01-31")]
    date_to: String,
    /// Y: only intervals that are missing or stale.
    only_gaps: Option<String>,
    /// Y: and what depends on them.
    downstream: Option<String>,
    /// The token of GET /api/ai/preview: 409 when there is something else to do by now.
    if_preview: Option<String>,
}

#[utoipa::path(post, path = "/api/ai/run/backfill", operation_id = "run_backfill", tag = "run",
    params(crate::http::idempotency::IdempotencyKey),
    request_body(content((BackfillFields = "application/json"),
        (BackfillFields = "application/x-www-form-urlencoded"), (BackfillFields = "multipart/form-data"))),
    responses((status = 200, body = TaskAnswer), ErrorResponses))]
pub async fn run(State(app): State<App>, mut form: Form) -> Result<Reply, Problem> {
    let target = form.needed_target();
    let from = form.date("date_from");
    let from = form.needed("date_from", from);
    let to = form.date("date_to");
    let to = form.needed("date_to", to);
    if !from.is_empty() && !to.is_empty() && from > to {
        form.refuse::<()>("date_to", format!("'{to}' is before date_from '{from}'"));
    }
    let only_gaps = form.yes_no("only_gaps", false);
    let downstream = form.yes_no("downstream", false);
    let if_preview = form.text("if_preview");
    let asked = form.finish()?;
    idempotency::in_transaction(&app, Lane::Quick, asked, async |session: &mut Session| {
        let name = target::resolve(session, &target).await?;
        let row = session
            .query_one(
                "select dfa.backfill($1, $2::text::date, $3::text::date, only_gaps => $4, downstream => $5,
                                     if_preview => $6) as process_id",
                &[&name, &from, &to, &only_gaps, &downstream, &if_preview],
            )
            .await?;
        Ok(match row.value::<Option<String>>("process_id")? {
            Some(process_id) => started(process_id, Some(&name)),
            None => Reply::of_task(None, 0, &format!("Success: '{name}' has nothing to backfill"), 0.0),
        })
    })
    .await
}
