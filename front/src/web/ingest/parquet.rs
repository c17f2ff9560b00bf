//! Rows of a Parquet file. Its end says how it is to be read, so it is kept, as a file without a name, until that is there.

use super::upload::{body, feed};
use crate::http::{Piece, Problem};
use crate::read::parquet::{is_readable, object, Rows};
use axum::extract::multipart::Field;
use axum::http::StatusCode;
use futures_util::TryStreamExt;
use std::fs::File;
use std::io::{self, Seek};
use tokio::sync::mpsc;
use tokio_util::io::{StreamReader, SyncIoBridge};

/// Rows that are taken at once.
const ROWS: usize = 2000;

/// All of the file, as it comes in.
pub async fn keep(file: Field<'_>) -> Result<File, Problem> {
    let (sender, body) = body();
    let stream = Box::pin(body.into_data_stream().map_err(io::Error::other));
    let mut reader = SyncIoBridge::new(StreamReader::new(stream));
    let kept = tokio::task::spawn_blocking(move || -> io::Result<File> {
        let mut kept = tempfile::tempfile()?;
        io::copy(&mut reader, &mut kept)?;
        kept.rewind()?;
        Ok(kept)
    });
    let (fed, kept) = tokio::join!(feed(file, Some(sender)), kept);
    fed?;
    let kept = kept.map_err(|error| Problem::internal(&error.to_string()))?;
    kept.map_err(|error| Problem::internal(&format!("the file cannot be kept: {error}")))
}

/// Its rows as lists of objects; their lines are their numbers.
pub fn pieces(file: File) -> mpsc::Receiver<Result<Piece, Problem>> {
    let (sender, receiver) = mpsc::channel(1);
    tokio::task::spawn_blocking(move || {
        if let Err(problem) = read(file, &sender) {
            let _ = sender.blocking_send(Err(problem));
        }
    });
    receiver
}

fn read(file: File, sender: &mpsc::Sender<Result<Piece, Problem>>) -> Result<(), Problem> {
    let mut rows = Rows::open(file, ROWS).map_err(|error| unreadable(error.to_string()))?;
    if let Some(field) = rows.schema.fields().iter().find(|field| !is_readable(field.data_type())) {
        let what = format!("column '{}' is {}, which is no value of a row", field.name(), field.data_type());
        return Err(unreadable(what));
    }
    while let Some(batch) = rows.next().map_err(unreadable)? {
        let objects: Vec<String> = (0..batch.num_rows()).map(|index| object(&batch, index)).collect();
        let first = rows.read - batch.num_rows() as u64;
        let piece =
            Piece { text: format!("[{}]", objects.join(",")), lines: (first + 1..=rows.read).collect() };
        if sender.blocking_send(Ok(piece)).is_err() {
            return Ok(()); // nobody takes them any more
        }
    }
    Ok(())
}

fn unreadable(what: String) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "the file is not sound Parquet").detail(what)
}
