//! Reads a body that may be slow, endless or cut off.

use super::coding::Coding;
use super::problem::Problem;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode};
use futures_util::StreamExt;
use std::io::Read;
use std::time::Duration;

/// How long a client may send nothing.
pub const PAUSE: Duration = Duration::from_secs(30);
/// How long a body may take in all that is kept in memory.
const WHOLE: Duration = Duration::from_secs(120);

/// So much more than the limit is still read, for so long at most, and thrown away: a client that is cut off while it
/// writes does not see why.
const REST: usize = 16 << 20;
const REST_TIME: Duration = Duration::from_secs(5);

/// A whole body of at most `limit` bytes, compressed or not.
pub async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, Problem> {
    let coding = Coding::of(headers)?;
    let sent = tokio::time::timeout(WHOLE, collect(body, limit)).await.unwrap_or_else(|_| Err(slow()))?;
    if coding == Coding::Identity || sent.is_empty() {
        return Ok(sent);
    }
    // Few bytes may stand for many, and unpacking holds its thread.
    let unpacked = tokio::task::spawn_blocking(move || {
        let mut whole = Vec::new();
        let plain = coding.plain(std::io::Cursor::new(sent))?;
        plain.take(limit as u64 + 1).read_to_end(&mut whole)?;
        Ok::<_, std::io::Error>(whole)
    });
    let unpacked = unpacked.await.map_err(|error| Problem::internal(&error.to_string()))?;
    let whole = unpacked
        .map_err(|error| Problem::malformed("the body cannot be unpacked").detail(error.to_string()))?;
    match whole.len() > limit {
        true => Err(too_large(limit)),
        false => Ok(whole.into()),
    }
}

async fn collect(body: Body, limit: usize) -> Result<Bytes, Problem> {
    let mut stream = body.into_data_stream();
    let mut whole = Vec::new();
    while let Some(chunk) = next(&mut stream).await? {
        if whole.len() + chunk.len() > limit {
            let _ = tokio::time::timeout(REST_TIME, discard(&mut stream)).await;
            return Err(too_large(limit));
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.into())
}

async fn discard(stream: &mut axum::body::BodyDataStream) {
    let mut left = REST;
    while let Ok(Some(chunk)) = next(stream).await {
        left = left.saturating_sub(chunk.len());
        if left == 0 {
            break;
        }
    }
}

/// The next piece of a body; `None` at its end.
pub async fn next(stream: &mut axum::body::BodyDataStream) -> Result<Option<Bytes>, Problem> {
    match tokio::time::timeout(PAUSE, stream.next()).await {
        Err(_) => Err(slow()),
        Ok(None) => Ok(None),
        Ok(Some(Ok(chunk))) => Ok(Some(chunk)),
        Ok(Some(Err(error))) => {
            Err(Problem::malformed("the body ends before its time").detail(error.to_string()))
        }
    }
}

/// 413.
pub fn too_large(limit: usize) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body has more than {limit} bytes"))
}

fn slow() -> Problem {
    Problem::new(StatusCode::REQUEST_TIMEOUT, "the body took too long")
}
