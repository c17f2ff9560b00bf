//! PUT /api/ai/put/{shortname}

use super::{submit, target};
use crate::db::{Columns, Session};
use crate::http::coding::Coding;
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{self, fields, DataRows, Date, Moment, OneOf, Payload, Query, Target, YesNo};
use crate::http::idempotency::{self, Lane};
use crate::http::lines::{self, Piece};
use crate::http::path::Name;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::App;
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use serde_json::{json, Value};
use std::time::Instant;
use tokio::sync::mpsc;
use utoipa::ToSchema;

/// What became of rows.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct IngestAnswer {
    message: String,
    /// 0 success, 2 kept for a worker.
    status: i32,
    /// Seconds.
    process_time: f64,
    process_id: Option<String>,
    table_name: Option<String>,
    success_rows: Option<i64>,
    failed_rows: Option<i64>,
    /// The first of the refused rows; GET /api/ai/tasks/{id}/rejected has all.
    rejected: Option<Vec<Rejected>>,
}

/// A row that was refused.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Rejected {
    /// Place in what was sent, from 1.
    position: i64,
    column: Option<String>,
    reason: String,
}

fields! {
    /// Rows for a table.
    pub struct PutFields {
        /// An object, or a list of objects, by column.
        data: String = DataRows,
        /// insert (default): new rows, and rows whose key is there if update_date is not older. update: the columns given.
        /// In any case.
        mode: &'static str = OneOf(&["insert", "update"]),
        /// common (default), or merge: `data_merge` of an object is multiplied out with the fields around it. In any case.
        ingest_mode: &'static str = OneOf(&["common", "merge"]),
        /// When the rows were made (default: now).
        update_date: Option<String> = Moment,
        /// Date that the log has (default: today).
        run_date: Option<String> = Date,
        /// reject (default): all or nothing. skip: the good rows go in, the others to dfa.rejected_row. In any case.
        on_error: &'static str = OneOf(&["reject", "skip"]),
        /// N (default): the answer says what became of the rows. Y: they are kept and the answer comes at once.
        background: bool = YesNo(false),
    }
}

/// Longer than a body may pause.
const PAUSE: &str = "60s";

/// Puts rows into a table, once.
#[utoipa::path(method(put, post), path = "/api/ai/put/{shortname}", operation_id = "put_rows", tag = "data",
    params(("shortname" = String, Path, description = "Short name or name of a table"),
        crate::http::idempotency::IdempotencyKey, PutFields),
    request_body(description = "JSON with its fields; or NDJSON or CSV, taken in as they come, with the fields in the query, which are refused beside JSON",
        content((PutFields = "application/json"), (String = "application/x-ndjson"), (String = "text/csv"))),
    responses((status = 200, body = IngestAnswer), ErrorResponses))]
pub async fn put(State(app): State<App>, Name(shortname): Name, request: Request) -> Result<Reply, Problem> {
    let kind = form::content_type(request.headers())?;
    if let Some(shape) = lines::LineFormat::of(&kind) {
        let (parts, body) = request.into_parts();
        let coding = Coding::of(&parts.headers)?;
        let Query { fields, asked } = Query::<PutFields>::of(&parts)?;
        let lines = lines::Lines { shape, coding, body };
        let work = async |session: &mut Session| {
            let json = session.query_one(include_str!("sql/json_columns.sql"), &[&shortname]).await?;
            ingest_chunks(session, &shortname, &fields, lines::chunks(lines, json.value("columns")?)).await
        };
        return idempotency::in_transaction(&app, Lane::Work, asked, work).await;
    }
    let Payload::<PutFields> { fields, asked } = Payload::from_request(request, &app).await?;
    idempotency::in_transaction(&app, Lane::Work, asked, async |session: &mut Session| {
        ingest(session, &shortname, &fields).await
    })
    .await
}

/// Takes one chunk after another in one transaction, or keeps them for a worker: the memory of neither side grows with the
/// body.
async fn ingest_chunks(
    session: &mut Session,
    shortname: &str,
    fields: &PutFields,
    mut pieces: mpsc::Receiver<Result<Piece, Problem>>,
) -> Result<Reply, Problem> {
    let started = Instant::now();
    let name = target::resolve(session, &Target { kind: "table", name: shortname.to_owned() }).await?;
    let begun = session
        .call_one(
            include_str!("sql/ingest_begin.sql"),
            &[
                &name,
                &fields.mode,
                &fields.ingest_mode,
                &fields.update_date,
                &fields.run_date,
                &fields.on_error,
                &fields.background,
            ],
        )
        .await?;
    let process_id: String = begun.value("process_id")?;
    // While the client pauses, and it may for a while, this is no forgotten transaction.
    session
        .query("select pg_catalog.set_config('idle_in_transaction_session_timeout', $1, true)", &[&PAUSE])
        .await?;
    let mut number = 0_i32;
    while let Some(piece) = pieces.recv().await {
        let chunk = piece?.text;
        session
            .call("select dfa.ingest_chunk($1, $2, $3::pg_catalog.json)", &[&process_id, &number, &chunk])
            .await
            .map_err(of_rows)?;
        number += 1;
    }
    let row = session
        .call_one(
            "select pg_catalog.row_to_json(result) as result from dfa.ingest_end($1) as result",
            &[&process_id],
        )
        .await
        .map_err(of_rows)?;
    Ok(match fields.background {
        true => submit::started(process_id, Some(&name)),
        false => answer(row.value("result")?, started),
    })
}

async fn ingest(session: &mut Session, shortname: &str, fields: &PutFields) -> Result<Reply, Problem> {
    if fields.background {
        let (sender, whole) = mpsc::channel(1);
        let _ = sender.try_send(Ok(Piece { text: fields.data.clone(), lines: Vec::new() }));
        drop(sender);
        return ingest_chunks(session, shortname, fields, whole).await;
    }
    let started = Instant::now();
    let name = target::resolve(session, &Target { kind: "table", name: shortname.to_owned() }).await?;
    let row = session
        .call_one(
            include_str!("sql/ingest.sql"),
            &[
                &name,
                &fields.data,
                &fields.mode,
                &fields.ingest_mode,
                &fields.update_date,
                &fields.run_date,
                &fields.on_error,
            ],
        )
        .await
        .map_err(of_rows)?;
    Ok(answer(row.value("result")?, started))
}

/// A value that is nested deeper than the server can follow is the caller's, and no limit of the server to raise.
pub fn of_rows(problem: Problem) -> Problem {
    match problem.sqlstate.as_deref() {
        Some("54001") => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "the rows hold a value that is nested too deeply")
        }
        _ => problem,
    }
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
