//! An idempotency key: the same request sent twice takes effect once and is answered alike.

use super::record::Answer;
use crate::error::{DfaError, Result};
use crate::spi;
use serde_json::Value;

/// What is known of a key.
pub enum Receipt {
    /// Ours to answer: whoever else comes with the key waits for the end of this transaction.
    New,
    /// Answered before.
    Answered(Answer),
    /// An ingest in chunks that is still open.
    Open { process_id: String },
}

/// Takes the key for a request.
///
/// # Errors
/// A key that came with another request.
pub fn take(key: &str, request: &str) -> Result<Receipt> {
    if key.trim().is_empty() || key.len() > 255 {
        return Err(DfaError::InvalidArgument {
            argument: "idempotency_key",
            value: key.chars().take(60).collect(),
            allowed: "A key has 1 to 255 characters.".to_owned(),
        });
    }
    let new = spi::query_one(
        "insert into dfa.ingest_receipt (idempotency_key, request, process_id) values ($1, md5($2), '')
         on conflict do nothing returning true",
        &[key.into(), request.into()],
        |_| Ok(true),
    )?;
    if new.is_some() {
        return Ok(Receipt::New);
    }
    let known = spi::query_one(
        "select request = md5($2) as is_same, answer::text, process_id from dfa.ingest_receipt where idempotency_key = $1",
        &[key.into(), request.into()],
        |row| {
            Ok((
                row.get::<bool>("is_same")?,
                row.get::<Option<String>>("answer")?,
                row.get::<String>("process_id")?,
            ))
        },
    )?;
    match known {
        Some((true, Some(answer), _)) => {
            let answer: Value = serde_json::from_str(&answer).unwrap_or(Value::Null);
            Ok(Receipt::Answered(Answer::from_json(&answer)))
        }
        Some((true, None, process_id)) => Ok(Receipt::Open { process_id }),
        _ => Err(DfaError::KeyReused { what: "idempotency_key", key: key.to_owned() }),
    }
}

/// Keeps the answer of a key; `None`: it is still to come.
pub fn answer(key: &str, process_id: &str, answer: Option<&Answer>) -> Result<()> {
    let answer = answer.map(|answer| answer.to_json().to_string());
    spi::run(
        "update dfa.ingest_receipt set process_id = $2, answer = $3::json where idempotency_key = $1",
        &[key.into(), process_id.into(), answer.into()],
    )
}

/// Does `work` once for a key, or each time without one.
pub fn once(
    key: Option<&str>,
    request: impl FnOnce() -> String,
    work: impl FnOnce() -> Result<Answer>,
) -> Result<Answer> {
    let Some(key) = key else { return work() };
    match take(key, &request())? {
        Receipt::Answered(answer) => Ok(answer),
        Receipt::Open { process_id } => Err(DfaError::TaskState {
            process_id,
            state: "is an ingest in chunks, which has the key and is still open".to_owned(),
            wanted: "End it by dfa.ingest_end, or use another key",
        }),
        Receipt::New => {
            let done = work()?;
            answer(key, &done.process_id, Some(&done))?;
            Ok(done)
        }
    }
}
