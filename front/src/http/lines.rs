//! Bodies of NDJSON and CSV, taken apart into chunks of JSON as they come in.

use super::body;
use super::coding::Coding;
use super::problem::Problem;
use crate::read::json::Documents;
use crate::read::{Decode, Malformed, Objects};
use axum::body::Body;
use encoding_rs::UTF_8;
use futures_util::StreamExt;
use serde::de::IgnoredAny;
use std::io::{self, BufReader, Read};
use tokio::sync::mpsc;
use tokio_util::io::{StreamReader, SyncIoBridge};

/// A chunk ends with so many rows …
const ROWS: usize = 10_000;
/// … or so many bytes, whichever comes first.
const BYTES: usize = 4 * 1024 * 1024;

/// How the rows stand in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineFormat {
    /// An object on each line.
    Ndjson,
    /// A heading, then a row on each line; an empty value without quotes is null.
    Csv,
}

impl LineFormat {
    pub fn of(content_type: &str) -> Option<Self> {
        match content_type {
            "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Some(LineFormat::Ndjson),
            "text/csv" => Some(LineFormat::Csv),
            _ => None,
        }
    }
}

/// A body that is taken line by line.
pub struct Lines {
    pub shape: LineFormat,
    pub coding: Coding,
    pub body: Body,
}

/// Some rows, as a list of objects, and the line of the body on which each begins.
#[derive(Default)]
pub struct Piece {
    pub text: String,
    pub lines: Vec<u64>,
}

/// The rows as lists of objects, in text. A client is read no faster than its rows are taken. `json`: columns whose values
/// are JSON, in CSV, too.
pub fn chunks(lines: Lines, json: Vec<String>) -> mpsc::Receiver<Result<Piece, Problem>> {
    let Lines { shape, coding, body } = lines;
    let (sender, receiver) = mpsc::channel(1);
    let stream = futures_util::stream::unfold(body.into_data_stream(), |mut stream| async {
        let next = body::next(&mut stream).await.transpose()?;
        Some((next.map_err(io::Error::other), stream))
    });
    let reader = SyncIoBridge::new(StreamReader::new(stream.boxed()));
    // Parsing holds its thread: beside the threads that answer.
    tokio::task::spawn_blocking(move || {
        let mut send = |chunk| sender.blocking_send(Ok(chunk)).map_err(|_| gone());
        let plain = coding.plain(reader).map_err(|error| unreadable(&error));
        let done = plain.and_then(|plain| rows(shape, plain, json, &mut send));
        if let Err(problem) = done {
            let _ = sender.blocking_send(Err(problem));
        }
    });
    receiver
}

/// Nobody takes the chunks any more.
fn gone() -> Problem {
    Problem::malformed("the request was given up")
}

type Take<'a> = dyn FnMut(Piece) -> Result<(), Problem> + 'a;

/// Rows on their way into a chunk.
struct Chunk<'a, 'b> {
    piece: Piece,
    sent: bool,
    send: &'a mut Take<'b>,
}

impl Chunk<'_, '_> {
    fn push(&mut self, row: &str, line: u64) -> Result<(), Problem> {
        let Piece { text, lines } = &mut self.piece;
        text.push(if lines.is_empty() { '[' } else { ',' });
        text.push_str(row);
        lines.push(line);
        if lines.len() >= ROWS || text.len() >= BYTES {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Problem> {
        self.piece.text.push(']');
        self.sent = true;
        (self.send)(std::mem::take(&mut self.piece))
    }

    /// A body without a row is told as a list without one is.
    fn finish(mut self) -> Result<(), Problem> {
        match (self.piece.lines.len(), self.sent) {
            (0, true) => Ok(()),
            (0, false) => {
                self.piece.text.push('[');
                self.flush()
            }
            _ => self.flush(),
        }
    }
}

fn rows(shape: LineFormat, body: impl Read, json: Vec<String>, send: &mut Take<'_>) -> Result<(), Problem> {
    let mut chunk = Chunk { piece: Piece::default(), sent: false, send };
    let text = Decode::new(body, UTF_8);
    match shape {
        LineFormat::Ndjson => ndjson(text, &mut chunk)?,
        LineFormat::Csv => csv(text, json, &mut chunk)?,
    }
    chunk.finish()
}

fn ndjson(text: impl Read, chunk: &mut Chunk<'_, '_>) -> Result<(), Problem> {
    let mut documents = Documents::new(BufReader::new(text));
    while let Some(document) = documents.next().map_err(|error| unreadable(&error))? {
        serde_json::from_str::<IgnoredAny>(document.text).map_err(|error| {
            Problem::malformed(format!("line {} is not JSON", document.line)).detail(error.to_string())
        })?;
        chunk.push(document.text, document.line)?;
    }
    Ok(())
}

fn csv(text: impl Read, json: Vec<String>, chunk: &mut Chunk<'_, '_>) -> Result<(), Problem> {
    let mut objects = Objects::new(text, json);
    let mut row = String::new();
    while objects.next(&mut row).map_err(|error| unreadable(&error))? {
        chunk.push(&row, objects.line())?;
    }
    Ok(())
}

/// What [`body::next`] said of it, or what is wrong with its text.
fn unreadable(error: &io::Error) -> Problem {
    if let Some(malformed) = Malformed::of(error) {
        return Problem::malformed(malformed.to_string());
    }
    let said = error.get_ref().and_then(|inner| inner.downcast_ref::<Problem>()).cloned();
    said.unwrap_or_else(|| Problem::malformed("the body ends before its time").detail(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(shape: LineFormat, body: &str) -> Result<Vec<String>, Problem> {
        let mut chunks = Vec::new();
        let mut send = |piece: Piece| {
            chunks.push(piece.text);
            Ok(())
        };
        rows(shape, body.as_bytes(), vec!["j".to_owned()], &mut send)?;
        Ok(chunks)
    }

    #[test]
    fn lines_become_lists_whatever_ends_them() {
        let found = taken(LineFormat::Ndjson, "{\"a\": 1}\r\n\n{\"a\": 2}").unwrap();
        assert_eq!(found, ["[{\"a\": 1},{\"a\": 2}]"]);
        assert_eq!(
            taken(LineFormat::Csv, "\u{feff}a, b\n1,\n\"x,y\",\"\"\n").unwrap(),
            [r#"[{"a":"1","b":null},{"a":"x,y","b":""}]"#]
        );
    }

    #[test]
    fn a_column_of_json_has_json_in_csv_too() {
        assert_eq!(
            taken(LineFormat::Csv, "j,t\n\"{\"\"a\"\": 1.10}\",\"{}\"\n,\n").unwrap(),
            [r#"[{"j":{"a": 1.10},"t":"{}"},{"j":null,"t":null}]"#]
        );
        let problem = taken(LineFormat::Csv, "j\nhello\n").unwrap_err();
        assert!(problem.message.starts_with("line 2: column \"j\": 'hello' is not JSON"));
    }

    #[test]
    fn a_body_without_a_row_is_an_empty_list() {
        for (shape, body) in
            [(LineFormat::Ndjson, ""), (LineFormat::Ndjson, "\n \n"), (LineFormat::Csv, "a,b\n")]
        {
            assert_eq!(taken(shape, body).unwrap(), ["[]"]);
        }
    }

    #[test]
    fn a_line_that_is_no_json_is_named() {
        let problem = taken(LineFormat::Ndjson, "{}\n{},{}\n").unwrap_err();
        assert_eq!(problem.message, "line 2 is not JSON");
        let problem = taken(LineFormat::Csv, "a,b\n1\n").unwrap_err();
        assert_eq!(problem.message, "line 2: has 1 value, and the heading has 2");
        let problem = taken(LineFormat::Csv, "a,b ,b\n1,2,3\n").unwrap_err();
        assert_eq!(problem.message, "line 1: the heading has two columns 'b'");
    }

    #[test]
    fn each_row_has_the_line_on_which_it_begins() {
        let lines = |shape, body: &str| {
            let mut lines = Vec::new();
            let mut send = |piece: Piece| {
                lines.extend(piece.lines);
                Ok(())
            };
            rows(shape, body.as_bytes(), Vec::new(), &mut send).unwrap();
            lines
        };
        assert_eq!(lines(LineFormat::Csv, "a,b\n1,\"x\ny\"\n2,z\n"), [2, 4]);
        assert_eq!(lines(LineFormat::Ndjson, "{\"a\": 1}\n\n{\"a\": 2}\n"), [1, 3]);
    }

    #[test]
    fn many_rows_are_many_chunks() {
        let body = "{\"a\": 1}\n".repeat(ROWS * 2 + 1);
        let chunks = taken(LineFormat::Ndjson, &body).unwrap();
        assert_eq!(chunks.len(), 3);
        assert_eq!(chunks[2], "[{\"a\": 1}]");
    }
}
