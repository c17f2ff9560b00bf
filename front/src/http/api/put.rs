//! PUT /api/ai/put/{shortname}

use super::{submit, target};
use crate::db::{Columns, Session};
use crate::http::coding::Coding;
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{self, Form, Payload, Target};
use crate::http::idempotency::{self, Lane};
use crate::http::lines;
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

/// Rows for a table.
#[derive(ToSchema)]
#[allow(dead_code)] // read by name: see `put`
pub struct PutFields {
    /// An object, or a list of objects, by column.
    #[schema(value_type = Object)]
    data: Value,
    /// insert (default): new rows, and rows whose key is there if update_date is not older. update: the columns given.
    mode: Option<String>,
    /// common (default), or merge: `data_merge` of an object is multiplied out with the fields around it.
    ingest_mode: Option<String>,
    /// When the rows were made (default: now).
    update_date: Option<String>,
    /// Date that the log has (default: today).
    #[schema(format = Date, example = "2021-01-01")]
    run_date: Option<String>,
    /// N (default): the answer says what became of the rows. Y: they are kept and the answer comes at once.
    background: Option<String>,
    /// reject (default): all or nothing. skip: the good rows go in, the others to dfa.rejected_row.
    on_error: Option<String>,
}

/// Longer than a body may pause.
const PAUSE: &str = "60s";

/// What `dfa.ingest` is given.
pub struct Rows {
    pub shortname: String,
    pub action: &'static str,
    pub mode: &'static str,
    pub update_date: Option<String>,
    pub run_date: Option<String>,
    pub on_error: &'static str,
    pub background: bool,
}

/// Puts rows into a table, once.
#[utoipa::path(method(put, post), path = "/api/ai/put/{shortname}", operation_id = "put_rows", tag = "data",
    params(("shortname" = String, Path, description = "Short name or name of a table"),
        crate::http::idempotency::IdempotencyKey),
    request_body(description = "JSON; or NDJSON or CSV with the other fields in the query, taken in as they come",
        content((PutFields = "application/json"), (String = "application/x-ndjson"), (String = "text/csv"))),
    responses((status = 200, body = IngestAnswer), ErrorResponses))]
pub async fn put(State(app): State<App>, Name(shortname): Name, request: Request) -> Result<Reply, Problem> {
    let kind = form::content_type(request.headers())?;
    if let Some(shape) = lines::LineFormat::of(&kind) {
        let (parts, body) = request.into_parts();
        let coding = Coding::of(&parts.headers)?;
        let mut form = Form::of_query(&parts)?;
        let rows = read(&mut form, shortname);
        let asked = form.finish()?;
        let lines = lines::Lines { shape, coding, body };
        let work = async |session: &mut Session| {
            let json = session.query_one(include_str!("sql/json_columns.sql"), &[&rows.shortname]).await?;
            ingest_chunks(session, &rows, lines::chunks(lines, json.value("columns")?)).await
        };
        return idempotency::in_transaction(&app, Lane::Work, asked, work).await;
    }
    let Payload { mut form, data } = Payload::from_request(request, &app).await?;
    let rows = read(&mut form, shortname);
    let data = form.needed("data", data);
    let asked = form.finish()?;
    idempotency::in_transaction(&app, Lane::Work, asked, async |session: &mut Session| {
        ingest(session, &rows, &data).await
    })
    .await
}

fn read(form: &mut Form, shortname: String) -> Rows {
    Rows {
        shortname,
        action: form.one_of("mode", &["insert", "update"]).unwrap_or("insert"),
        mode: form.one_of("ingest_mode", &["common", "merge"]).unwrap_or("common"),
        update_date: form.moment("update_date"),
        run_date: form.date("run_date"),
        on_error: form.one_of("on_error", &["reject", "skip"]).unwrap_or("reject"),
        background: form.yes_no("background", false),
    }
}

/// Takes one chunk after another in one transaction, or keeps them for a worker: the memory of neither side grows with the
/// body.
async fn ingest_chunks(
    session: &mut Session,
    rows: &Rows,
    mut chunks: mpsc::Receiver<Result<String, Problem>>,
) -> Result<Reply, Problem> {
    let started = Instant::now();
    let name = target::resolve(session, &Target { kind: "table", name: rows.shortname.clone() }).await?;
    let begun = session
        .call_one(
            include_str!("sql/ingest_begin.sql"),
            &[
                &name,
                &rows.action,
                &rows.mode,
                &rows.update_date,
                &rows.run_date,
                &rows.on_error,
                &rows.background,
            ],
        )
        .await?;
    let process_id: String = begun.value("process_id")?;
    // While the client pauses, and it may for a while, this is no forgotten transaction.
    session
        .query("select pg_catalog.set_config('idle_in_transaction_session_timeout', $1, true)", &[&PAUSE])
        .await?;
    let mut number = 0_i32;
    while let Some(chunk) = chunks.recv().await {
        let chunk = chunk?;
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
    Ok(match rows.background {
        true => submit::started(process_id, Some(&name)),
        false => answer(row.value("result")?, started),
    })
}

async fn ingest(session: &mut Session, rows: &Rows, data: &str) -> Result<Reply, Problem> {
    if rows.background {
        let (sender, whole) = mpsc::channel(1);
        let _ = sender.try_send(Ok(data.to_owned()));
        drop(sender);
        return ingest_chunks(session, rows, whole).await;
    }
    let started = Instant::now();
    let name = target::resolve(session, &Target { kind: "table", name: rows.shortname.clone() }).await?;
    let row = session
        .call_one(
            include_str!("sql/ingest.sql"),
            &[&name, &data, &rows.action, &rows.mode, &rows.update_date, &rows.run_date, &rows.on_error],
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
