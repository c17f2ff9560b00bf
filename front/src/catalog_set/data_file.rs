//! A data file as a JSON list of objects, which is how the database keeps the first rows of a table.

use crate::failure::{Failure, Result};
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::{Map, Value};
use std::path::Path;

/// Reads JSON (an object or a list), NDJSON, CSV with a header, or Parquet, by the file's extension.
pub fn read(path: &Path) -> Result<Value> {
    let wrong = |error: &dyn std::fmt::Display| Failure::work(format!("{}: {error}", path.display()));
    let extension =
        path.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default();
    let rows = match extension.as_str() {
        "parquet" => parquet_rows(path),
        "csv" => csv_rows(path),
        _ => json_rows(path),
    };
    let rows = rows.map_err(|error| wrong(&error))?;
    if let Some(position) = rows.iter().position(|row| !row.is_object()) {
        return Err(wrong(&format!("row {} is no object", position + 1)));
    }
    Ok(Value::Array(rows))
}

type Rows = std::result::Result<Vec<Value>, Box<dyn std::error::Error>>;

/// One document, or one per line.
fn json_rows(path: &Path) -> Rows {
    let text = std::fs::read_to_string(path)?;
    let documents = serde_json::Deserializer::from_str(&text)
        .into_iter::<Value>()
        .collect::<std::result::Result<Vec<_>, _>>()?;
    Ok(documents
        .into_iter()
        .flat_map(|document| match document {
            Value::Array(rows) => rows,
            row => vec![row],
        })
        .collect())
}

/// Each value as text; an empty one is null.
fn csv_rows(path: &Path) -> Rows {
    let mut reader = csv::Reader::from_path(path)?;
    let header = reader.headers()?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        let value = |text: &str| {
            if text.is_empty() {
                Value::Null
            } else {
                Value::String(text.to_owned())
            }
        };
        let row: Map<String, Value> =
            header.iter().map(str::to_owned).zip(record.iter().map(value)).collect();
        rows.push(Value::Object(row));
    }
    Ok(rows)
}

fn parquet_rows(path: &Path) -> Rows {
    let reader = SerializedFileReader::new(std::fs::File::open(path)?)?;
    let mut rows = Vec::new();
    for row in reader.get_row_iter(None)? {
        rows.push(row?.to_json_value());
    }
    Ok(rows)
}
