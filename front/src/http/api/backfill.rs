//! POST /api/ai/run/backfill

use super::submit::started;
use super::target;
use crate::db::{Columns, Session};
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{fields, Date, Form, GivenFields, Needed, NeededTarget, Target, Text, YesNo};
use crate::http::idempotency::{self, Lane};
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::reply::TaskAnswer;
use crate::http::App;
use axum::extract::State;

fields! {
    /// One task over every interval of a range, oldest first.
    pub struct BackfillFields {
        target: Target = NeededTarget {
            table: "A table, by name or short name.",
            pipeline: "A pipeline; either this or table_name.",
        },
        /// First date.
        date_from: String = Needed(Date),
        /// Last date.
        date_to: String = Needed(Date),
        /// Y: only intervals that are missing or stale.
        only_gaps: bool = YesNo(false),
        /// Y: and what depends on them.
        downstream: bool = YesNo(false),
        /// The token of GET /api/ai/preview: 409 when there is something else to do by now.
        if_preview: Option<String> = Text,
    }
    checked by in_order
}

/// Dates are texts that sort.
fn in_order(fields: &BackfillFields, given: &mut GivenFields) {
    let (from, to) = (&fields.date_from, &fields.date_to);
    if !from.is_empty() && !to.is_empty() && from > to {
        given.refuse::<()>("date_to", format!("'{to}' is before date_from '{from}'"));
    }
}

#[utoipa::path(post, path = "/api/ai/run/backfill", operation_id = "run_backfill", tag = "run",
    params(crate::http::idempotency::IdempotencyKey),
    request_body(content((BackfillFields = "application/json"),
        (BackfillFields = "application/x-www-form-urlencoded"), (BackfillFields = "multipart/form-data"))),
    responses((status = 200, body = TaskAnswer), ErrorResponses))]
pub async fn run(
    State(app): State<App>,
    Form { fields, asked }: Form<BackfillFields>,
) -> Result<Reply, Problem> {
    idempotency::in_transaction(&app, Lane::Quick, asked, async |session: &mut Session| {
        let name = target::resolve(session, &fields.target).await?;
        let row = session
            .query_one(
                "select dfa.backfill($1, $2::text::date, $3::text::date, only_gaps => $4, downstream => $5,
                                     if_preview => $6) as process_id",
                &[
                    &name,
                    &fields.date_from,
                    &fields.date_to,
                    &fields.only_gaps,
                    &fields.downstream,
                    &fields.if_preview,
                ],
            )
            .await?;
        Ok(match row.value::<Option<String>>("process_id")? {
            Some(process_id) => started(process_id, Some(&name)),
            None => Reply::of_task(None, 0, &format!("Success: '{name}' has nothing to backfill"), 0.0),
        })
    })
    .await
}
