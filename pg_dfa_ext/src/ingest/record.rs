//! What an ingest leaves beside its rows: the task, the log, the watermark, the ledger, refused rows.

use super::again::again;
use super::load::{self, Loaded};
use super::refusal;
use super::request::{Action, Request};
use crate::duration::seconds;
use crate::error::{plural, Result};
use crate::ledger::log::{Entry, Logged};
use crate::ledger::{landed, mark_readers_stale};
use crate::task::{self, About, Module};
use crate::{maintenance, partition, spi};
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

/// Writes the task down.
pub fn begin(request: &Request) -> Result<task::Action> {
    task::Action::begin(&About {
        module: match request.action {
            Action::Delete => Module::Deletion,
            _ => Module::Ingestion,
        },
        kind: "table",
        name: request.stored.name(),
        run_date: Some(&request.run_date),
        objects: 1,
        parameters: Some(request.to_json()),
    })
}

/// Days that rows landed of: the first and the last.
pub type LandedDays = (String, String);

/// Keeps the refused rows and makes the partitions of new months: what belongs to each payload. `chunk`: its number in a
/// stream. Returns the days of its rows, which are to be noted ([`note_landed`]).
pub fn effects(
    request: &Request,
    process_id: &str,
    chunk: Option<i32>,
    loaded: &mut Loaded,
) -> Result<Option<LandedDays>> {
    let table = request.stored.name();
    refusal::keep(process_id, table, chunk, &loaded.refusals)?;
    if request.stored.table().is_some_and(|table| table.partition.is_some()) {
        partition::for_rows(table)?;
    }
    let Some((first, last)) = loaded.written.days else { return Ok(None) };
    let (first, last, is_far) = days(request, first, last)?;
    if is_far && request.action != Action::Delete {
        loaded.notes.push(format!(
            "Warning: '{table}' has rows up to {last} now, more than a year after the run date {}",
            request.run_date
        ));
    }
    Ok(Some((first, last)))
}

/// Moves the watermark on and marks readers stale. From here to its end the transaction has the row of the watermark: others
/// who land rows wait for it. So this comes last.
pub fn note_landed(request: &Request, days: &[LandedDays]) -> Result<()> {
    let table = request.stored.name();
    for (first, last) in days {
        match request.action {
            Action::Delete => {
                mark_readers_stale(table, first, Some(last), &format!("rows landed in {table}"))?
            }
            _ => landed::note(table, first, Some(last))?,
        };
    }
    Ok(())
}

/// Days since 2000-01-01 as dates; whether the last one is more than a year after the run date.
fn days(request: &Request, first: i32, last: i32) -> Result<(String, String, bool)> {
    let found = spi::query_one(
        "select (date '2000-01-01' + $1)::text as first, (date '2000-01-01' + $2)::text as last,
                date '2000-01-01' + $2 > ($3::date + interval '1 year')::date as is_far",
        &[first.into(), last.into(), request.run_date.as_str().into()],
        |row| Ok((row.get::<String>("first")?, row.get::<String>("last")?, row.get::<bool>("is_far")?)),
    )?;
    Ok(found.unwrap_or_default())
}

/// What an ingest did, all its chunks together.
pub struct Sums<'sums> {
    pub success: u64,
    pub failed: u64,
    pub notes: &'sums [String],
    pub took: Duration,
}

impl Sums<'_> {
    fn message(&self, request: &Request) -> String {
        let done = match request.action {
            Action::Delete => "Delete data from",
            _ => "Load data to",
        };
        let mut message = format!(
            "Success: {done} '{}' with logging value (success {} row{}, failed {} row{}, {} sec)",
            request.stored.name(),
            self.success,
            plural(self.success),
            self.failed,
            plural(self.failed),
            seconds(self.took)
        );
        for note in self.notes {
            message.push('\n');
            message.push_str(note);
        }
        message
    }
}

/// Ends the task, with a row in the table's log; returns what that says.
pub fn end(request: &Request, task: &task::Action, sums: &Sums<'_>) -> Result<String> {
    let message = sums.message(request);
    task.log(&Entry {
        table: request.stored.name(),
        action: Logged::Ingestion,
        data_date: None,
        run_date: Some(&request.run_date),
        rows: i64::try_from(sums.success).unwrap_or(i64::MAX),
        took: sums.took,
        failed: false,
        process_id: None,
        message: Some(&message),
    })?;
    task.end(false, &message, 1, 1)?;
    Ok(message)
}

/// [`end`], with the answer of an ingest whose first refusals are these.
pub fn finish(request: &Request, task: &task::Action, sums: &Sums<'_>, rejected: Value) -> Result<Answer> {
    Ok(Answer {
        table: request.stored.name().to_owned(),
        success: sums.success,
        failed: sums.failed,
        message: end(request, task, sums)?,
        rejected,
        process_id: task.process_id.clone(),
    })
}

/// A whole payload: rows, refusals, watermark, log and task in the caller's transaction.
pub fn run(request: &Request, payload: &str) -> Result<Answer> {
    // Before the rows, which would be looked at and locked for nothing.
    maintenance::refuse_work()?;
    let started = Instant::now();
    let (task, mut loaded) = again(request.stored.name(), || {
        let mut loaded = load::load(request, payload, 0)?;
        let task = begin(request)?;
        let days = effects(request, &task.process_id, None, &mut loaded)?;
        note_landed(request, days.as_slice())?;
        Ok((task, loaded))
    })?;
    let failed = loaded.refusals.len() as u64;
    loaded.notes.extend(refusal::more(&task.process_id, failed));
    let sums = Sums { success: loaded.written.rows, failed, notes: &loaded.notes, took: started.elapsed() };
    finish(request, &task, &sums, refusal::told(&loaded.refusals))
}
