//! An ingest in chunks: any amount in flat memory. Each chunk is in the table when its transaction commits.
//!
//! A stream, which is one whose chunks commit together, holds the rows of its earlier chunks and cannot let go of them. So a
//! table has one stream at a time (0x0DFF); the others keep their chunks, and take them together at their end.

use super::again::again;
use super::background;
use super::load;
use super::note;
use super::receipt::{self, Receipt};
use super::record::{self, Answer, Sums};
use super::refusal;
use super::request::Request;
use crate::data_schema;
use crate::error::{DfaError, Result};
use crate::lock::{rows_in_time, Lock};
use crate::relation;
use crate::spi;
use crate::task::Action;
use pgrx::pg_sys;
use serde_json::{json, Value};
use std::time::Duration;

/// Begins one; returns its process_id. A key that is in use gives that of its first call.
pub fn begin(request: &Request, key: Option<&str>) -> Result<String> {
    let Some(key) = key else { return Ok(record::begin(request)?.process_id) };
    match receipt::take(key, &format!("chunks {}", request.fingerprint()))? {
        Receipt::Answered(answer) => Ok(answer.process_id),
        Receipt::Open { process_id } => Ok(process_id),
        Receipt::New => {
            let process_id = record::begin(request)?.process_id;
            receipt::answer(key, &process_id, None)?;
            Ok(process_id)
        }
    }
}

/// Takes the rows of a chunk; a number that came before is not taken again. Returns the rows taken.
pub fn take(process_id: &str, chunk: i32, payload: &str) -> Result<i64> {
    let Open { request, is_stream } = open(process_id)?;
    if request.background || is_stream && !has_its_turn(&request, process_id)? {
        return background::keep(process_id, chunk, payload).map(|()| 0);
    }
    again(request.stored.name(), || take_now(&request, process_id, chunk, payload, is_stream))
}

/// Whether this stream may write its chunks as they come. One that has kept a chunk keeps those that follow, too: their order
/// is meaning.
fn has_its_turn(request: &Request, process_id: &str) -> Result<bool> {
    let Some(oid) = relation::oid(Some(&data_schema::name()?), request.stored.name()) else {
        return Ok(true);
    };
    let turn = Lock::Stream(oid);
    Ok(turn.is_held() || background::kept(process_id)?.is_empty() && turn.try_hold())
}

/// `is_part`: others commit with it, at the end of which the days of its rows are noted.
fn take_now(request: &Request, process_id: &str, chunk: i32, payload: &str, is_part: bool) -> Result<i64> {
    let new = spi::value::<i64>(
        include_str!("sql/begin_chunk.sql"),
        &[process_id.into(), chunk.into(), payload.into()],
    )?;
    let Some(before) = new else {
        let known = spi::query_one(
            "select checksum = md5($3) as is_same, success_rows from dfa.ingest_chunk where process_id = $1 and chunk = $2",
            &[process_id.into(), chunk.into(), payload.into()],
            |row| Ok((row.get::<bool>("is_same")?, row.get::<i64>("success_rows")?)),
        )?;
        return match known {
            Some((true, rows)) => Ok(rows),
            _ => Err(DfaError::KeyReused { what: "chunk", key: chunk.to_string() }),
        };
    };
    let mut loaded = load::load(request, payload, before)?;
    let days = record::effects(request, process_id, Some(chunk), &mut loaded)?;
    if !is_part {
        record::note_landed(request, days.as_slice())?;
    }
    let (first_day, last_day) = days.filter(|_| is_part).unzip();
    let rows = i64::try_from(loaded.written.rows).unwrap_or(i64::MAX);
    spi::run(
        "update dfa.ingest_chunk set success_rows = $3, failed_rows = $4, notes = $5, objects = $6, first_day = $7::date, last_day = $8::date
         where process_id = $1 and chunk = $2",
        &[
            process_id.into(),
            chunk.into(),
            rows.into(),
            i64::try_from(loaded.refusals.len()).unwrap_or(i64::MAX).into(),
            loaded.notes.into(),
            loaded.objects.into(),
            first_day.into(),
            last_day.into(),
        ],
    )?;
    Ok(rows)
}

/// Ends it: sums the chunks up. An end that was answered before is answered alike.
pub fn end(process_id: &str) -> Result<Answer> {
    let request = match open(process_id) {
        Err(error @ DfaError::TaskState { .. }) => return answered(process_id)?.ok_or(error),
        open => open?.request,
    };
    if request.background {
        return background::submit(&request, process_id);
    }
    let kept = background::kept(process_id)?;
    if !kept.is_empty() {
        again(request.stored.name(), || {
            kept.iter().try_for_each(|&chunk| {
                let payload = background::payload(process_id, chunk)?;
                take_now(&request, process_id, chunk, &payload, true).map(|_| ())
            })
        })?;
        background::let_go(process_id)?;
    }
    let days = spi::query(include_str!("sql/days_of_chunks.sql"), &[process_id.into()], |row| {
        Ok((row.get::<String>("first")?, row.get::<String>("last")?))
    })?;
    rows_in_time("data_pipeline", || record::note_landed(&request, &days))?;
    // Chunks that came out of their order were counted without those that came after them.
    spi::run(include_str!("sql/correct_positions.sql"), &[process_id.into()])?;
    let sums = spi::query_one(include_str!("sql/ingest_sums.sql"), &[process_id.into()], |row| {
        Ok((
            row.get::<i64>("success_rows")?.unsigned_abs(),
            row.get::<i64>("failed_rows")?.unsigned_abs(),
            row.get::<Vec<String>>("notes")?,
            row.get::<String>("rejected")?,
            row.get::<f64>("seconds")?,
        ))
    })?;
    let (success, failed, notes, rejected, took) = sums.unwrap_or_default();
    let mut notes = note::first_of(notes);
    notes.extend(refusal::more(process_id, failed));
    let rejected = serde_json::from_str(&rejected).unwrap_or_else(|_| json!([]));
    let took = Duration::from_secs_f64(took.max(0.0));
    let task = Action::of(process_id, true);
    let answer = record::finish(&request, &task, &Sums { success, failed, notes: &notes, took }, rejected)?;
    spi::run(
        "update dfa.ingest_receipt set answer = $2::json where process_id = $1",
        &[process_id.into(), answer.to_json().to_string().into()],
    )?;
    Ok(answer)
}

fn answered(process_id: &str) -> Result<Option<Answer>> {
    let answer = spi::value::<String>(
        "select answer::text from dfa.ingest_receipt where process_id = $1 and answer is not null",
        &[process_id.into()],
    )?;
    Ok(answer.and_then(|text| serde_json::from_str(&text).ok()).map(|value: Value| Answer::from_json(&value)))
}

/// An ingest that is under way.
struct Open {
    request: Request,
    /// It began in this transaction: its chunks take effect together.
    is_stream: bool,
}

/// The ingest of this id; its row stays locked against an end at the same time.
fn open(process_id: &str) -> Result<Open> {
    let found = spi::query_one(
        "select parameters::text, status = 2 and process_type like 'foreground|%' as is_open,
                process_by = dfa.session_role() as is_own, xmin::text::bigint as began_in
         from dfa.task_process where process_id = $1 and process_module = 'data|ingestion' for share",
        &[process_id.into()],
        |row| {
            let parameters = row.get::<String>("parameters")?;
            let is_open = row.get::<bool>("is_open")?;
            Ok((parameters, is_open, row.get::<bool>("is_own")?, row.get::<i64>("began_in")?))
        },
    )?;
    let state = |state: &str| DfaError::TaskState {
        process_id: process_id.to_owned(),
        state: state.to_owned(),
        wanted: "Begin another by dfa.ingest_begin",
    };
    match found {
        None => Err(DfaError::UnknownName { what: "ingest", name: process_id.to_owned(), suggestion: None }),
        Some((_, false, ..)) => Err(state("has come to its end")),
        Some((_, _, false, _)) => Err(state("belongs to another role")),
        Some((parameters, _, _, began_in)) => {
            let value: Value = serde_json::from_str(&parameters).unwrap_or(Value::Null);
            Ok(Open { request: Request::from_json(&value)?, is_stream: is_of_this_transaction(began_in) })
        }
    }
}

fn is_of_this_transaction(began_in: i64) -> bool {
    let Ok(xid) = u32::try_from(began_in) else { return false };
    // SAFETY: looks at the transactions of this session.
    unsafe { pg_sys::TransactionIdIsCurrentTransactionId(xid.into()) }
}
