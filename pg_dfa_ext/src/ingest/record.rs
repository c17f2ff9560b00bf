//! What an ingest leaves beside its rows: the task, the log, the watermark, the ledger, refused rows.

use super::load::{self, Loaded};
use super::refusal;
use super::request::{Action, Request};
use crate::error::{plural, DfaError, Result};
use crate::run::{landed, mark_readers_stale, seconds};
use crate::{partition, spi};
use pgrx::Json;
use serde_json::{json, Value};
use std::time::{Duration, Instant};

/// The answer of an ingest or a deletion.
#[derive(Debug, Clone)]
pub struct Answer {
    pub table: String,
    pub success: u64,
    pub failed: u64,
    pub message: String,
    pub rejected: Value,
    pub process_id: String,
}

/// The columns of an answer.
pub type Row = (String, i64, i64, String, Json, String);

impl Answer {
    pub fn into_tuple(self) -> Row {
        let count = |rows: u64| i64::try_from(rows).unwrap_or(i64::MAX);
        let Answer { table, success, failed, message, rejected, process_id } = self;
        (table, count(success), count(failed), message, Json(rejected), process_id)
    }

    pub fn to_json(&self) -> Value {
        json!({
            "table_name": self.table,
            "success_rows": self.success,
            "failed_rows": self.failed,
            "message": self.message,
            "rejected": self.rejected,
            "process_id": self.process_id,
        })
    }

    pub fn from_json(value: &Value) -> Answer {
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        Answer {
            table: text("table_name"),
            success: value["success_rows"].as_u64().unwrap_or_default(),
            failed: value["failed_rows"].as_u64().unwrap_or_default(),
            message: text("message"),
            rejected: value["rejected"].clone(),
            process_id: text("process_id"),
        }
    }
}

/// Writes the task down; gives its id.
pub fn begin(request: &Request) -> Result<String> {
    let module = match request.action {
        Action::Delete => "data|delete",
        _ => "data|ingestion",
    };
    let id = spi::query_one(
        include_str!("../../../sql/begin_action.sql"),
        &[
            "foreground|table".into(),
            request.stored.name().into(),
            request.run_date.as_str().into(),
            module.into(),
            1.into(),
            request.to_json().to_string().into(),
        ],
        |row| Ok(row.get::<String>(1)?.unwrap_or_default()),
    )?;
    Ok(id.unwrap_or_default())
}

/// Moves the watermark on, marks readers stale, keeps the refused rows, gives new months their partitions: what belongs
/// to each payload. `chunk`: its number in a stream.
pub fn effects(request: &Request, process_id: &str, chunk: Option<i32>, loaded: &mut Loaded) -> Result<()> {
    let table = request.stored.name();
    refusal::keep(process_id, table, chunk, &loaded.refusals)?;
    if request.stored.table().is_some_and(|table| table.partition.is_some()) {
        partition::for_rows(table)?;
    }
    if let Some((first, last)) = loaded.written.days {
        let (first, last, is_far) = days(request, first, last)?;
        let reason = format!("rows landed in {table}");
        match request.action {
            Action::Delete => mark_readers_stale(table, &first, Some(&last), &reason)?,
            _ => landed::note(table, &first, Some(&last))?,
        };
        if is_far && request.action != Action::Delete {
            loaded.notes.push(format!(
                "Warning: '{table}' has rows up to {last} now, more than a year after the run date {}",
                request.run_date
            ));
        }
    }
    Ok(())
}

/// Days since 2000-01-01 as dates; whether the last one is more than a year after the run date.
fn days(request: &Request, first: i32, last: i32) -> Result<(String, String, bool)> {
    let found = spi::query_one(
        "select (date '2000-01-01' + $1)::text, (date '2000-01-01' + $2)::text,
                date '2000-01-01' + $2 > ($3::date + interval '1 year')::date",
        &[first.into(), last.into(), request.run_date.as_str().into()],
        |row| {
            let text = |column| Ok::<_, DfaError>(row.get::<String>(column)?.unwrap_or_default());
            Ok((text(1)?, text(2)?, row.get::<bool>(3)?.unwrap_or_default()))
        },
    )?;
    Ok(found.unwrap_or_default())
}

/// A row in the table's log; gives what it says.
pub fn log(
    request: &Request,
    process_id: &str,
    success: u64,
    failed: u64,
    notes: &[String],
    took: Duration,
) -> Result<String> {
    let table = request.stored.name();
    let done = match request.action {
        Action::Delete => "Delete data from",
        _ => "Load data to",
    };
    let mut message = format!(
        "Success: {done} '{table}' with logging value (success {success} row{}, failed {failed} row{}, {} sec)",
        plural(success),
        plural(failed),
        seconds(took)
    );
    for note in notes {
        message.push('\n');
        message.push_str(note);
    }
    spi::run(
        include_str!("../../../sql/log_action.sql"),
        &[
            table.into(),
            request.run_date.as_str().into(),
            i64::try_from(success).unwrap_or(i64::MAX).into(),
            took.as_secs_f64().into(),
            "ingestion".into(),
            0.into(),
            process_id.into(),
            message.as_str().into(),
        ],
    )?;
    Ok(message)
}

/// Ends the task, with a row in the table's log.
pub fn finish(
    request: &Request,
    process_id: &str,
    success: u64,
    failed: u64,
    notes: &[String],
    rejected: Value,
    took: Duration,
) -> Result<Answer> {
    let message = log(request, process_id, success, failed, notes, took)?;
    spi::run(
        include_str!("../../../sql/end_action.sql"),
        &[process_id.into(), 0.into(), message.as_str().into(), 1.into()],
    )?;
    Ok(Answer {
        table: request.stored.name().to_owned(),
        success,
        failed,
        message,
        rejected,
        process_id: process_id.to_owned(),
    })
}

/// A whole payload: rows, refusals, watermark, log and task in the caller's transaction.
pub fn run(request: &Request, payload: &str) -> Result<Answer> {
    let started = Instant::now();
    let (process_id, mut loaded) = load::again(|| {
        let mut loaded = load::load(request, payload, 0)?;
        let process_id = begin(request)?;
        effects(request, &process_id, None, &mut loaded)?;
        Ok((process_id, loaded))
    })?;
    loaded.notes.extend(refusal::more(&process_id, loaded.refusals.len() as u64));
    finish(
        request,
        &process_id,
        loaded.written.rows,
        loaded.refusals.len() as u64,
        &loaded.notes,
        refusal::told(&loaded.refusals),
        started.elapsed(),
    )
}
