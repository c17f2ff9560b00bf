//! Rows that are not taken, with their reasons.

use crate::error::{DfaError, Result};
use crate::spi;
use serde_json::{json, Value};

/// So many of them are told to the caller; all of them are kept in `dfa.rejected_row`.
const TOLD: usize = 100;

/// Why a row is not taken.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// In the payload, or in the stream that it is a chunk of, from 1.
    pub position: i64,
    pub column: Option<String>,
    pub reason: String,
    /// As it was sent.
    pub row: String,
}

/// The first of the refusals, for the caller: position, column, reason.
pub fn told(refusals: &[Refusal]) -> Value {
    refusals
        .iter()
        .take(TOLD)
        .map(|it| json!({ "position": it.position, "column": it.column, "reason": it.reason }))
        .collect()
}

/// Where all of them are, if the answer has not all.
pub fn more(process_id: &str, refused: u64) -> Option<String> {
    (refused > TOLD as u64).then(|| {
        format!(
            "Warning: the answer has the first {TOLD} of {refused} refused rows; SELECT * FROM dfa.rejected_row \
             WHERE process_id = '{process_id}' ORDER BY position has all"
        )
    })
}

/// The first of the refusals in a sentence, for a task that nobody waits for.
pub fn line(refusals: &[Refusal]) -> Option<String> {
    const SHOWN: usize = 5;
    let lines: Vec<String> = refusals.iter().take(SHOWN).map(sentence).collect();
    let more = if refusals.len() > SHOWN { "; see dfa.rejected_row" } else { "" };
    (!lines.is_empty()).then(|| format!("Refused: {}{more}", lines.join("; ")))
}

fn sentence(it: &Refusal) -> String {
    match &it.column {
        Some(column) => format!("row {}, column \"{column}\": {}", it.position, it.reason),
        None => format!("row {}: {}", it.position, it.reason),
    }
}

/// All or nothing: the whole call is refused.
pub fn error(table: &str, refusals: &[Refusal]) -> DfaError {
    let lines = refusals.iter().take(20).map(sentence);
    DfaError::RowsRefused { table: table.to_owned(), refused: refusals.len(), lines: lines.collect() }
}

/// Keeps the refused rows of a task; `chunk`: the part of a stream that they came in.
pub fn keep(process_id: &str, table: &str, chunk: Option<i32>, refusals: &[Refusal]) -> Result<()> {
    if refusals.is_empty() {
        return Ok(());
    }
    let positions: Vec<i64> = refusals.iter().map(|it| it.position).collect();
    let columns: Vec<Option<String>> = refusals.iter().map(|it| it.column.clone()).collect();
    let reasons: Vec<String> = refusals.iter().map(|it| it.reason.clone()).collect();
    let rows: Vec<String> = refusals.iter().map(|it| kept_row(&it.row)).collect();
    spi::run(
        include_str!("sql/keep_rejected.sql"),
        &[
            process_id.into(),
            table.into(),
            positions.into(),
            columns.into(),
            reasons.into(),
            rows.into(),
            chunk.into(),
        ],
    )
}

/// The row as it was sent. One that nests so deeply that reading it again takes a server's whole stack is kept as the
/// beginning of its text.
fn kept_row(row: &str) -> String {
    const DEEP: usize = 1000;
    let (mut depth, mut deepest, mut in_text, mut is_escaped) = (0_usize, 0, false, false);
    for byte in row.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    if deepest <= DEEP {
        return row.to_owned();
    }
    Value::String(row.chars().take(DEEP).collect()).to_string()
}
