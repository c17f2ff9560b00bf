//! One file: its rows, its line in the ledger and its task in one transaction.

use super::place::{Copied, Found, Place};
use super::Source;
use crate::db::{Ask, Client, Columns};
use crate::failure::{Failure, Result};
use crate::load::{self, Options, Reject, Report};
use crate::read::Input;
use serde_json::{json, Value};
use std::time::Instant;
use tokio_postgres::Transaction;

/// How a file went.
pub enum Outcome {
    Landed,
    /// The ledger has a line of it that holds up nothing: it changed after it had landed.
    Known,
    /// It is refused as it is, and what comes after it waits.
    Refused,
    /// Another replica is at it, or it is not what it was when it was listed.
    Later,
    /// Why no file can be taken; none of the file's doing.
    Fault(String),
}

/// Refused rows that are kept.
const KEPT: usize = 1000;
/// Refused rows that a message names.
const NAMED: usize = 5;

/// What is written down of a file.
struct Note<'file> {
    file: &'file Found,
    checksum: &'file str,
    state: &'static str,
    rows: u64,
    refused: u64,
    message: String,
    started: Instant,
    rejects: Vec<Value>,
}

/// Takes a file, or writes down why not.
///
/// # Errors
/// A database that is gone; then nothing is written down, and the file is as new.
pub async fn take(
    client: &mut Client,
    place: &Place,
    source: &Source,
    file: &Found,
    verdict: &str,
) -> Result<Outcome> {
    let started = Instant::now();
    let transaction = begin(client).await?;
    if !claim(&transaction, source, file).await? {
        return Ok(Outcome::Later);
    }
    let copied = match place.copy(file).await {
        Ok(Some(copied)) => copied,
        Ok(None) => return Ok(Outcome::Later),
        Err(failure) => return Ok(Outcome::Fault(format!("file '{}': {}", file.path, failure.message))),
    };
    let note = |state, message| Note {
        file,
        checksum: &copied.checksum,
        state,
        rows: 0,
        refused: 0,
        message,
        started,
        rejects: Vec::new(),
    };
    if verdict == "changed" {
        let message = format!(
            "Error: file '{}' changed after it had landed; give what is new in it another name",
            file.path
        );
        write(&transaction, source, note("changed", message)).await?;
        transaction.commit().await?;
        return Ok(Outcome::Known);
    }
    let loaded = load(&transaction, source, file, &copied).await;
    let note = match loaded {
        Ok(report) if report.committed => {
            let seconds = started.elapsed().as_secs_f64();
            let message = format!(
                "Success: Load file '{}' to '{}' with logging value (success {} rows, failed {} rows, {seconds:.0} sec)",
                file.path, source.table, report.rows, report.refused
            );
            let (rows, refused, rejects) = (report.rows, report.refused, kept(&report.rejects));
            write(&transaction, source, Note { rows, refused, rejects, ..note("landed", message) }).await?;
            transaction.commit().await?;
            return Ok(Outcome::Landed);
        }
        Ok(report) => Note {
            refused: report.refused,
            rejects: kept(&report.rejects),
            ..note("refused", refusal(file, &report))
        },
        Err(failure) if is_of_file(&failure) => {
            let path = copied.path.display().to_string();
            let told = failure.message.replace(&path, &file.path);
            let detail = failure.detail.map(|detail| format!("; {detail}")).unwrap_or_default();
            note("refused", format!("Error: file '{}': {told}{detail}", file.path))
        }
        Err(failure) => {
            let told = format!("file '{}': {}", file.path, failure.message);
            transaction.rollback().await?;
            return Ok(Outcome::Fault(told));
        }
    };
    transaction.rollback().await?;
    // Nothing of its rows is there; that it is refused is, and those after it wait.
    let transaction = begin(client).await?;
    if !claim(&transaction, source, file).await? {
        return Ok(Outcome::Later);
    }
    tracing::warn!(table = source.table, file = file.path, message = note.message, "a file is refused");
    write(&transaction, source, note).await?;
    transaction.commit().await?;
    Ok(Outcome::Refused)
}

/// A transaction that may wait for the bytes of a file.
async fn begin(client: &mut Client) -> Result<Transaction<'_>> {
    let transaction = client.transaction().await?;
    transaction
        .batch_execute("set local idle_in_transaction_session_timeout = 0; set local dfa.way = 'scheduler'")
        .await?;
    Ok(transaction)
}

async fn claim(transaction: &Transaction<'_>, source: &Source, file: &Found) -> Result<bool> {
    let sql = "select dfa.claim_file($1, $2, $3) as mine";
    let row = transaction.ask_one(sql, &[&source.table, &file.path, &file.version]).await?;
    Ok(row.value("mine")?)
}

async fn load(
    transaction: &Transaction<'_>,
    source: &Source,
    file: &Found,
    copied: &Copied,
) -> Result<Report> {
    let options = Options::of_source(&source.options)?;
    let input = Input::File(copied.path.clone());
    tracing::debug!(table = source.table, file = file.path, "a file is taken");
    load::load_in(transaction, &source.table, &[input], &options).await
}

async fn write(transaction: &Transaction<'_>, source: &Source, note: Note<'_>) -> Result<()> {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    transaction
        .ask(
            include_str!("note.sql"),
            &[
                &source.table,
                &note.file.path,
                &note.file.version,
                &number(note.file.size),
                &note.file.modified,
                &note.checksum,
                &note.state,
                &number(note.rows),
                &number(note.refused),
                &note.message,
                &note.started.elapsed().as_secs_f64(),
                &Value::Array(note.rejects),
            ],
        )
        .await?;
    Ok(())
}

/// A file is to blame for what its rows hold and for what it is, not for what becomes of server and network.
fn is_of_file(failure: &Failure) -> bool {
    match failure.sqlstate.as_deref() {
        // Where the server is gone, so is the transaction that would say it.
        None => true,
        Some(sqlstate) => ["22", "23", "P0"].iter().any(|class| sqlstate.starts_with(class)),
    }
}

fn refusal(file: &Found, report: &Report) -> String {
    let named: Vec<String> = report.rejects.iter().take(NAMED).map(ToString::to_string).collect();
    let s = if report.refused == 1 { "" } else { "s" };
    format!(
        "Error: file '{}': {} row{s} refused, nothing landed: {}",
        file.path,
        report.refused,
        named.join("; ")
    )
}

fn kept(rejects: &[Reject]) -> Vec<Value> {
    let row = |reject: &Reject| {
        let place = reject.to_json();
        let position = place["line"].as_u64().or(place["row"].as_u64());
        json!({ "position": position, "column_name": reject.column, "reason": reject.reason, "value": place })
    };
    rejects.iter().take(KEPT).map(row).collect()
}
