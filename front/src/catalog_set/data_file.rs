//! A data file as a JSON list of objects, which is how the database keeps the first rows of a table.

use crate::failure::{Failure, Result};
use crate::read::json::Documents;
use crate::read::parquet::{is_readable, object, Rows};
use crate::read::{self, Compression, Content, Format, Input, Objects};
use dfa_catalog::json::fields;
use indicatif::ProgressBar;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// Reads JSON (an object or a list), NDJSON, CSV with a header, or Parquet: the text of a JSON list.
///
/// `json`: columns whose values are JSON, in CSV, too.
pub fn read(path: &Path, json: Vec<String>) -> Result<String> {
    let input = Input::File(path.to_owned());
    let content =
        read::open(&input, Compression::Infer, Format::Infer, encoding_rs::UTF_8, &ProgressBar::hidden())?;
    let rows = match content {
        Content::Csv(text) => csv_rows(text, json),
        Content::Json(text) => json_rows(text),
        Content::Parquet(file) => parquet_rows(file),
    };
    let rows = rows.map_err(|failure| Failure {
        message: format!("{}: {}", path.display(), failure.message),
        ..failure
    })?;
    Ok(format!("[{}]", rows.join(",")))
}

/// The objects as they stand in the file, so that numbers keep their digits.
fn json_rows(text: impl Read) -> Result<Vec<String>> {
    let mut documents = Documents::new(BufReader::new(text));
    let mut rows = Vec::new();
    while let Some(document) = documents.next()? {
        fields(document.text).map_err(|reason| Failure::work(format!("line {}: {reason}", document.line)))?;
        rows.push(document.text.to_owned());
    }
    Ok(rows)
}

fn csv_rows(text: impl Read, json: Vec<String>) -> Result<Vec<String>> {
    let mut objects = Objects::new(text, json);
    let (mut row, mut rows) = (String::new(), Vec::new());
    while objects.next(&mut row)? {
        rows.push(row.clone());
    }
    Ok(rows)
}

fn parquet_rows(file: File) -> Result<Vec<String>> {
    const BATCH: usize = 1024;
    let mut file = Rows::open(file, BATCH).map_err(|error| Failure::work(error.to_string()))?;
    if let Some(field) = file.schema.fields().iter().find(|field| !is_readable(field.data_type())) {
        let what = format!("column '{}' is {}, which is no value of a row", field.name(), field.data_type());
        return Err(Failure::work(what));
    }
    let mut rows = Vec::new();
    while let Some(batch) = file.next().map_err(Failure::work)? {
        rows.extend((0..batch.num_rows()).map(|index| object(&batch, index)));
    }
    Ok(rows)
}
