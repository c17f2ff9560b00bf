//! A form with a file. The file comes last, so that who sends it, and what for, is known before a byte of it is read.

use crate::http::{App, Coding, LineFormat, Problem};
use crate::web::form::Form;
use axum::body::{Body, Bytes};
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{header, StatusCode};
use std::io;
use tokio::sync::mpsc;

/// Fields beside the file are words.
const LONGEST: usize = 10_000;

/// What came before the file.
#[derive(Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a field that is no file.
    pub async fn add(&mut self, mut field: Field<'_>) -> Result<(), Problem> {
        let name = field.name().unwrap_or_default().to_owned();
        let mut bytes = Vec::new();
        while let Some(piece) = next(&mut field).await? {
            bytes.extend_from_slice(&piece);
            if bytes.len() > LONGEST {
                let what = format!("field '{name}' is too long");
                return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, what));
            }
        }
        let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
        let text = text.ok_or_else(|| Problem::malformed(format!("field '{name}' is no text")))?;
        self.0.push((name, text));
        Ok(())
    }

    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// How the rows stand in a file.
#[derive(Clone, Copy)]
pub enum FileFormat {
    Lines(LineFormat, Coding),
    Parquet,
}

/// A form that may hold a file; one of another kind can hold none, and its token is looked at all the same.
pub async fn open(app: &App, request: Request) -> Result<Multipart, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        let _: Form = Form::from_request(request, app).await?;
        return Err(no_file());
    }
    Multipart::from_request(request, app).await.map_err(|error| Problem::malformed(error.body_text()))
}

/// What comes next of a form; without anything there was no file.
pub async fn next_field(multipart: &mut Multipart) -> Result<Field<'_>, Problem> {
    let field = multipart.next_field().await.map_err(|error| unreadable(&error.body_text()))?;
    field.ok_or_else(no_file)
}

/// Whether it is the file; one without a name was not chosen.
pub fn is_file(field: &Field<'_>) -> Result<bool, Problem> {
    match (field.name(), field.file_name()) {
        (Some("file"), Some(name)) if !name.is_empty() => Ok(true),
        (Some("file"), _) => Err(no_file()),
        _ => Ok(false),
    }
}

impl FileFormat {
    /// By the ending of its name.
    pub fn of(name: &str) -> Result<FileFormat, Problem> {
        let lower = name.to_lowercase();
        let (bare, coding) = match (lower.strip_suffix(".gz"), lower.strip_suffix(".zst")) {
            (Some(bare), _) => (bare, Coding::Gzip),
            (_, Some(bare)) => (bare, Coding::Zstd),
            (None, None) => (lower.as_str(), Coding::Identity),
        };
        let shape = match bare.rsplit('.').next() {
            Some("csv") => LineFormat::Csv,
            Some("json" | "ndjson" | "jsonl") => LineFormat::Ndjson,
            Some("parquet") if coding == Coding::Identity => return Ok(FileFormat::Parquet),
            _ => {
                let what = format!("'{name}' is neither CSV nor JSON nor Parquet by its name");
                return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, what)
                    .hint("Names end in .parquet, or in .csv, .ndjson, .jsonl or .json, and .gz or .zst behind that."));
            }
        };
        Ok(FileFormat::Lines(shape, coding))
    }
}

/// A body that is fed from elsewhere.
pub fn body() -> (mpsc::Sender<io::Result<Bytes>>, Body) {
    let (sender, receiver) = mpsc::channel(4);
    let stream = futures_util::stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|piece| (piece, receiver))
    });
    (sender, Body::from_stream(stream))
}

/// Feeds a file into a body, or into none. Whatever becomes of that, the file is read to its end: a browser that is cut off while it sends
/// does not see why. A file that ends before its time is none, not even as far as it came.
pub async fn feed(
    mut file: Field<'_>,
    mut sender: Option<mpsc::Sender<io::Result<Bytes>>>,
) -> Result<(), Problem> {
    loop {
        let (piece, fault) = match next(&mut file).await {
            Ok(None) => return Ok(()),
            Ok(Some(piece)) => (Ok(piece), None),
            Err(problem) => (Err(io::Error::other(problem.message.clone())), Some(problem)),
        };
        if let Some(to) = &sender {
            if to.send(piece).await.is_err() {
                sender = None;
            }
        }
        if let Some(problem) = fault {
            return Err(problem);
        }
    }
}

async fn next(field: &mut Field<'_>) -> Result<Option<Bytes>, Problem> {
    field.chunk().await.map_err(|error| unreadable(&error.body_text()))
}

fn unreadable(what: &str) -> Problem {
    Problem::malformed("the form ends before its time").detail(what.to_owned())
}

fn no_file() -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "there is no file")
        .hint("Choose a file of CSV, NDJSON, JSON or Parquet.")
}
