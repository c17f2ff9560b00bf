//! PUT /api/ai/put/{shortname}

use super::target;
use crate::db::Session;
use crate::http::form::{Payload, Target};
use crate::http::once;
use crate::http::openapi::{ErrorResponses, IngestAnswer};
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::App;
use axum::extract::{Path, State};
use serde_json::{json, Value};
use std::time::Instant;
use utoipa::ToSchema;

/// Rows for a table.
#[derive(ToSchema)]
#[allow(dead_code)] // read by name: see `put`
pub struct PutFields {
    /// An object, or a list of objects, by column.
    #[schema(value_type = Object)]
    data: Value,
    /// insert (default): new rows, and rows whose key is there if update_date is not older. update: the columns given.
    #[schema(example = "insert")]
    mode: Option<String>,
    /// common (default), or merge: `data_merge` of an object is multiplied out with the fields around it.
    #[schema(example = "common")]
    ingest_mode: Option<String>,
    /// When the rows were made (default: now).
    #[schema(example = "2021-01-01 00:00:00")]
    update_date: Option<String>,
    /// reject (default): all or nothing. skip: the good rows go in, the others to dfa.rejected_row.
    #[schema(example = "reject")]
    on_error: Option<String>,
}

/// What `dfa.ingest` is given.
pub struct Rows {
    pub shortname: String,
    pub action: &'static str,
    pub mode: &'static str,
    pub update_date: Option<String>,
    pub on_error: &'static str,
}

/// Puts rows into a table, once.
#[utoipa::path(put, path = "/api/ai/put/{shortname}", tag = "data",
    params(("shortname" = String, Path, description = "Short name or name of a table"),
        ("Idempotency-Key" = Option<String>, Header, description = "A retry with the same key takes effect once")),
    request_body(content((PutFields = "application/json"))),
    responses((status = 200, body = IngestAnswer), ErrorResponses))]
pub async fn put(
    State(app): State<App>,
    Path(shortname): Path<String>,
    Payload { mut form, data }: Payload,
) -> Result<Reply, Problem> {
    super::known_text("shortname", &shortname)?;
    let rows = Rows {
        shortname,
        action: form.one_of("mode", &["insert", "update"]).unwrap_or("insert"),
        mode: form.one_of("ingest_mode", &["common", "merge"]).unwrap_or("common"),
        update_date: form.text("update_date"),
        on_error: form.one_of("on_error", &["reject", "skip"]).unwrap_or("reject"),
    };
    let data = form.needed("data", data);
    let asked = form.finish()?;
    once::in_transaction(&app, asked, async |session: &mut Session| ingest(session, &rows, &data).await).await
}

async fn ingest(session: &mut Session, rows: &Rows, data: &str) -> Result<Reply, Problem> {
    let started = Instant::now();
    let name = target::resolve(session, &Target { kind: "table", name: rows.shortname.clone() }).await?;
    let row = session
        .query_one(
            include_str!("sql/ingest.sql"),
            &[&name, &data, &rows.action, &rows.mode, &rows.update_date, &rows.on_error],
        )
        .await?;
    Ok(answer(row.get(0), started))
}

/// What the database says of rows that were put or deleted, with the members of every task.
pub fn answer(result: Value, started: Instant) -> Reply {
    let mut body = serde_json::Map::new();
    let seconds = (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
    body.insert("message".to_owned(), result.get("message").cloned().unwrap_or(Value::Null));
    body.insert("status".to_owned(), json!(0));
    body.insert("process_time".to_owned(), json!(seconds));
    if let Value::Object(members) = result {
        for (name, value) in members {
            body.entry(name).or_insert(value);
        }
    }
    Reply::ok(body.into())
}
