//! DELETE /api/ai/del/{shortname}

use super::put::IngestAnswer;
use super::{put, target};
use crate::db::{Columns, Session};
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{fields, DataRows, Payload, Target};
use crate::http::idempotency::{self, Lane};
use crate::http::path::Name;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::App;
use axum::extract::State;
use std::time::Instant;

fields! {
    /// Keys of rows.
    pub struct DeleteFields {
        /// An object with the columns of the primary key, or a list of them.
        data: String = DataRows,
    }
}

/// Deletes rows by their primary key, once.
#[utoipa::path(delete, path = "/api/ai/del/{shortname}", operation_id = "delete_rows", tag = "data",
    params(("shortname" = String, Path, description = "Short name or name of a table"),
        crate::http::idempotency::IdempotencyKey),
    request_body(content((DeleteFields = "application/json"))),
    responses((status = 200, body = IngestAnswer), ErrorResponses))]
pub async fn delete(
    State(app): State<App>,
    Name(shortname): Name,
    Payload { fields, asked }: Payload<DeleteFields>,
) -> Result<Reply, Problem> {
    idempotency::in_transaction(&app, Lane::Work, asked, async |session: &mut Session| {
        let started = Instant::now();
        let name = target::resolve(session, &Target { kind: "table", name: shortname.clone() }).await?;
        let row = session
            .call_one(include_str!("sql/delete_rows.sql"), &[&name, &fields.data])
            .await
            .map_err(put::of_rows)?;
        Ok(put::answer(row.value("result")?, started))
    })
    .await
}
