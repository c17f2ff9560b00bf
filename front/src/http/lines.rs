//! Bodies of NDJSON and CSV, taken apart into chunks of JSON as they come in.

use super::body;
use super::problem::Problem;
use axum::body::Body;
use futures_util::StreamExt;
use serde::de::IgnoredAny;
use serde_json::{json, Map, Value};
use std::io::{self, BufRead, BufReader, Read};
use tokio::sync::mpsc;
use tokio_util::io::{StreamReader, SyncIoBridge};

/// A chunk ends with so many rows …
const ROWS: usize = 10_000;
/// … or so many bytes, whichever comes first.
const BYTES: usize = 4 * 1024 * 1024;
/// The longest line.
const LINE: usize = 16 * 1024 * 1024;

/// How the rows stand in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// An object on each line.
    Ndjson,
    /// A heading, then a row on each line; an empty value is null.
    Csv,
}

impl Shape {
    pub fn of(content_type: &str) -> Option<Self> {
        match content_type {
            "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Some(Shape::Ndjson),
            "text/csv" => Some(Shape::Csv),
            _ => None,
        }
    }
}

/// The rows as lists of objects, in text. A client is read no faster than its rows are taken.
pub fn chunks(shape: Shape, body: Body) -> mpsc::Receiver<Result<String, Problem>> {
    let (sender, receiver) = mpsc::channel(1);
    let stream = futures_util::stream::unfold(body.into_data_stream(), |mut stream| async {
        let next = body::next(&mut stream).await.transpose()?;
        Some((next.map_err(io::Error::other), stream))
    });
    let reader = SyncIoBridge::new(StreamReader::new(stream.boxed()));
    // Parsing holds its thread: beside the threads that answer.
    tokio::task::spawn_blocking(move || {
        let mut send = |chunk| sender.blocking_send(Ok(chunk)).map_err(|_| gone());
        let done = match shape {
            Shape::Ndjson => ndjson(BufReader::new(reader), &mut send),
            Shape::Csv => csv(reader, &mut send),
        };
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

type Send<'a> = dyn FnMut(String) -> Result<(), Problem> + 'a;

/// Rows on their way into a chunk.
struct Chunk<'a, 'b> {
    text: String,
    rows: usize,
    sent: bool,
    send: &'a mut Send<'b>,
}

impl Chunk<'_, '_> {
    fn push(&mut self, row: &str) -> Result<(), Problem> {
        self.text.push(if self.rows == 0 { '[' } else { ',' });
        self.text.push_str(row);
        self.rows += 1;
        if self.rows >= ROWS || self.text.len() >= BYTES {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Problem> {
        self.text.push(']');
        self.rows = 0;
        self.sent = true;
        (self.send)(std::mem::take(&mut self.text))
    }

    /// A body without a row is told as a list without one is.
    fn finish(mut self) -> Result<(), Problem> {
        match (self.rows, self.sent) {
            (0, true) => Ok(()),
            (0, false) => {
                self.text.push('[');
                self.flush()
            }
            _ => self.flush(),
        }
    }
}

fn ndjson(mut reader: impl BufRead, send: &mut Send<'_>) -> Result<(), Problem> {
    let mut chunk = Chunk { text: String::new(), rows: 0, sent: false, send };
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let read = (&mut reader)
            .take(LINE as u64 + 1)
            .read_until(b'\n', &mut line)
            .map_err(|error| cut_off(&error))?;
        if read == 0 {
            break;
        }
        if line.len() > LINE {
            return Err(Problem::malformed(format!("line {number} is longer than {LINE} bytes")));
        }
        let text = std::str::from_utf8(&line)
            .map_err(|_| Problem::malformed(format!("line {number} is not UTF-8")))?
            .trim();
        if text.is_empty() {
            continue;
        }
        serde_json::from_str::<IgnoredAny>(text).map_err(|error| {
            Problem::malformed(format!("line {number} is no JSON")).detail(error.to_string())
        })?;
        chunk.push(text)?;
    }
    chunk.finish()
}

fn csv(reader: impl Read, send: &mut Send<'_>) -> Result<(), Problem> {
    let mut chunk = Chunk { text: String::new(), rows: 0, sent: false, send };
    let mut reader = csv::ReaderBuilder::new().from_reader(reader);
    let malformed = |error: csv::Error| match error.kind() {
        csv::ErrorKind::Io(error) => cut_off(error),
        _ => Problem::malformed("the body is no CSV with a heading").detail(error.to_string()),
    };
    let columns = reader.headers().map_err(malformed)?.clone();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(malformed)? {
        let value = |text: &str| if text.is_empty() { Value::Null } else { json!(text) };
        let row: Map<String, Value> =
            columns.iter().zip(&record).map(|(column, text)| (column.to_owned(), value(text))).collect();
        chunk.push(&Value::Object(row).to_string())?;
    }
    chunk.finish()
}

/// What [`body::next`] said of it.
fn cut_off(error: &io::Error) -> Problem {
    let said = error.get_ref().and_then(|inner| inner.downcast_ref::<Problem>()).cloned();
    said.unwrap_or_else(|| Problem::malformed("the body ends before its time").detail(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(shape: Shape, body: &str) -> Result<Vec<String>, Problem> {
        let mut chunks = Vec::new();
        let mut send = |chunk| {
            chunks.push(chunk);
            Ok(())
        };
        match shape {
            Shape::Ndjson => ndjson(body.as_bytes(), &mut send)?,
            Shape::Csv => csv(body.as_bytes(), &mut send)?,
        }
        Ok(chunks)
    }

    #[test]
    fn lines_become_lists_whatever_ends_them() {
        let found = taken(Shape::Ndjson, "{\"a\": 1}\r\n\n{\"a\": 2}").unwrap();
        assert_eq!(found, ["[{\"a\": 1},{\"a\": 2}]"]);
        assert_eq!(
            taken(Shape::Csv, "a,b\n1,\n\"x,y\",2\n").unwrap(),
            [r#"[{"a":"1","b":null},{"a":"x,y","b":"2"}]"#]
        );
    }

    #[test]
    fn a_body_without_a_row_is_an_empty_list() {
        for (shape, body) in [(Shape::Ndjson, ""), (Shape::Ndjson, "\n \n"), (Shape::Csv, "a,b\n")] {
            assert_eq!(taken(shape, body).unwrap(), ["[]"]);
        }
    }

    #[test]
    fn a_line_that_is_no_json_is_named() {
        let problem = taken(Shape::Ndjson, "{}\n{},{}\n").unwrap_err();
        assert_eq!(problem.message, "line 2 is no JSON");
        assert!(taken(Shape::Csv, "a,b\n1\n").is_err());
    }

    #[test]
    fn many_rows_are_many_chunks() {
        let body = "{\"a\": 1}\n".repeat(ROWS * 2 + 1);
        let chunks = taken(Shape::Ndjson, &body).unwrap();
        assert_eq!(chunks.len(), 3);
        assert_eq!(chunks[2], "[{\"a\": 1}]");
    }
}
