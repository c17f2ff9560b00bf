//! An ingest in the background: its chunks are kept as they come, and a worker takes them together, in one transaction.

use super::again::again;
use super::load;
use super::note;
use super::record::{self, Answer, Sums};
use super::refusal;
use super::request::Request;
use crate::error::{DfaError, Result};
use crate::spi;
use crate::task::{wake, Action, StepDone};
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Instant;

/// Keeps a chunk; a number that came before is not kept again.
pub fn keep(process_id: &str, chunk: i32, payload: &str) -> Result<()> {
    let kept = spi::value::<bool>(
        include_str!("sql/keep_payload.sql"),
        &[process_id.into(), chunk.into(), payload.into()],
    )?;
    match kept {
        Some(true) => Ok(()),
        _ => Err(DfaError::KeyReused { what: "chunk", key: chunk.to_string() }),
    }
}

/// The numbers of the chunks that are kept, in their order.
pub fn kept(process_id: &str) -> Result<Vec<i32>> {
    spi::values::<i32>(
        "select chunk from dfa.ingest_payload where process_id = $1 order by chunk",
        &[process_id.into()],
    )
}

/// A chunk that is kept.
pub fn payload(process_id: &str, chunk: i32) -> Result<String> {
    let payload = spi::value::<String>(
        "select payload::text from dfa.ingest_payload where process_id = $1 and chunk = $2",
        &[process_id.into(), chunk.into()],
    )?;
    Ok(payload.unwrap_or_default())
}

/// What was kept has been taken.
pub fn let_go(process_id: &str) -> Result<()> {
    spi::run("delete from dfa.ingest_payload where process_id = $1", &[process_id.into()])
}

/// Hands the chunks to the workers, when the caller's transaction commits.
pub fn submit(request: &Request, process_id: &str) -> Result<Answer> {
    wake::hold_workers()?;
    spi::run(include_str!("sql/submit_ingest.sql"), &[process_id.into()])?;
    wake::at_commit()?;
    Ok(Answer {
        table: request.stored.name().to_owned(),
        success: 0,
        failed: 0,
        message: format!("Start loading to '{}' in background", request.stored.name()),
        rejected: json!([]),
        process_id: process_id.to_owned(),
    })
}

/// Takes the chunks of a task, in their order; what was kept is let go in the same transaction.
pub fn run(process_id: &str, parameters: &serde_json::Value) -> Result<StepDone> {
    let started = Instant::now();
    let request = Request::from_json(parameters)?;
    let chunks = kept(process_id)?;
    let (success, failed, notes) = again(request.stored.name(), || take_all(&request, process_id, &chunks))?;
    let notes = note::first_of(notes);
    let sums = Sums { success, failed, notes: &notes, took: started.elapsed() };
    let message = record::end(&request, &Action::of(process_id, false), &sums)?;
    let_go(process_id)?;
    Ok(StepDone { failed: 0, rows: i64::try_from(success).unwrap_or(i64::MAX), message })
}

/// Rows taken, rows refused, what there is to say.
fn take_all(request: &Request, process_id: &str, chunks: &[i32]) -> Result<(u64, u64, Vec<String>)> {
    let (mut success, mut failed, mut notes, mut before) = (0, 0, Vec::new(), 0);
    let mut landed = BTreeSet::new();
    for &chunk in chunks {
        let payload = payload(process_id, chunk)?;
        let mut loaded = load::load(request, &payload, before)?;
        landed.extend(record::effects(request, process_id, Some(chunk), &mut loaded)?);
        before += loaded.objects;
        success += loaded.written.rows;
        failed += loaded.refusals.len() as u64;
        let place = if chunks.len() > 1 { format!("chunk {chunk}: ") } else { String::new() };
        notes.extend(loaded.notes.iter().map(|note| format!("{place}{note}")));
        notes.extend(refusal::line(&loaded.refusals).map(|line| format!("{place}{line}")));
    }
    record::note_landed(request, &landed.into_iter().collect::<Vec<_>>())?;
    Ok((success, failed, notes))
}
