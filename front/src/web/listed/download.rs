//! A whole list as CSV or JSON, in pages as the screen has them, so that it holds no memory and no long statement.

use super::base::Base;
use super::shown::{Format, Shown};
use crate::http::Problem;
use crate::web::asked::Asked;
use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use std::io;
use tokio::sync::mpsc;

/// Rows that are fetched at once.
const ROWS: i64 = 2000;

/// All rows in their order, from the first on, with the columns that are chosen; else with all.
pub async fn download(asked: &Asked, shown: Shown, base: Base) -> Result<Response, Problem> {
    let mut session = asked.reads().await?;
    // What is wrong with it is told by a status, before anything is sent.
    let mut found = shown.fetch(&mut session, &base, None, ROWS).await?;
    let names: Vec<&'static str> = match &shown.columns {
        Some(columns) => columns.clone(),
        None => shown.list.columns.iter().map(|column| column.name).collect(),
    };
    let file = shown.list.path.trim_start_matches('/').to_owned();
    let format = shown.format;
    let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(2);
    tokio::spawn(async move {
        let mut first = true;
        loop {
            let text = written(format, &names, &found.rows, first, found.last.is_none());
            if sender.send(text.map(Bytes::from)).await.is_err() {
                return; // nobody reads it any more
            }
            first = false;
            let Some(last) = found.last.take() else { break };
            found = match shown.fetch(&mut session, &base, Some(&last), ROWS).await {
                Ok(found) => found,
                Err(problem) => {
                    let _ = sender.send(Err(io::Error::other(problem.message.clone()))).await;
                    return;
                }
            };
        }
        if let Err(problem) = session.commit_and_go_on().await {
            tracing::warn!(problem = %problem.message, "the transaction of a download did not end");
        }
    });
    let stream = futures_util::stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|piece| (piece, receiver))
    });
    let (kind, name) = match format {
        Format::Json => ("application/json", format!("inline; filename=\"{file}.json\"")),
        _ => ("text/csv; charset=utf-8", format!("attachment; filename=\"{file}.csv\"")),
    };
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(stream)).into_response())
}

fn written(format: Format, names: &[&str], rows: &[String], first: bool, last: bool) -> io::Result<String> {
    let mut text = String::new();
    if first {
        match format {
            Format::Json => text.push('['),
            _ => text.push_str(&format!("{}\r\n", names.join(","))),
        }
    }
    for (place, row) in rows.iter().enumerate() {
        let row: Map<String, Value> = serde_json::from_str(row)?;
        match format {
            Format::Json => {
                text.push_str(if first && place == 0 { "\n" } else { ",\n" });
                let chosen: Map<String, Value> = names
                    .iter()
                    .map(|name| ((*name).to_owned(), row.get(*name).cloned().unwrap_or_default()))
                    .collect();
                text.push_str(&serde_json::to_string(&chosen)?);
            }
            _ => {
                let values: Vec<String> = names.iter().map(|name| csv(row.get(*name))).collect();
                text.push_str(&values.join(","));
                text.push_str("\r\n");
            }
        }
    }
    if last && format == Format::Json {
        text.push_str("\n]\n");
    }
    Ok(text)
}

/// A value as RFC 4180 has it; an empty text is told from none.
pub fn csv(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => return String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    match text.is_empty() || text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_csv_and_json_across_pages() {
        let rows =
            ["{\"a\":\"x,\\\"y\\\"\",\"b\":1,\"c\":null}".to_owned(), "{\"a\":\"\",\"b\":[1]}".to_owned()];
        let csv = written(Format::Csv, &["a", "b", "c"], &rows, true, true).unwrap();
        assert_eq!(csv, "a,b,c\r\n\"x,\"\"y\"\"\",1,\r\n\"\",[1],\r\n");
        let pages = [
            written(Format::Json, &["b"], &rows[..1], true, false).unwrap(),
            written(Format::Json, &["b"], &rows[1..], false, true).unwrap(),
        ];
        assert_eq!(pages.concat(), "[\n{\"b\":1},\n{\"b\":[1]}\n]\n");
        assert_eq!(written(Format::Json, &["b"], &[], true, true).unwrap(), "[\n]\n");
    }
}
