//! `/tables/{name}/refused?task=…`: the rows that a load refused as CSV, with the reason, to be mended and loaded again.

use crate::http::Problem;
use crate::web::asked::Asked;
use crate::web::listed::csv;
use crate::web::number::Maybe;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value};

/// So many are in one file.
const MOST: i64 = 100_000;

#[derive(Deserialize)]
struct Row {
    row: Option<Value>,
    reason: String,
    column_name: Maybe<String>,
}

pub async fn download(asked: Asked, Path(name): Path<String>) -> Result<Response, Problem> {
    const REFUSED: &str = "select row, reason, column_name from dfa.rejected_row
         where table_name = $1 and ($2::text is null or process_id = $2) order by id limit $3";
    let task = asked.get("task").map(str::to_owned);
    let mut session = asked.reads().await?;
    let rows: Vec<Row> = session.list(REFUSED, &[&name, &task, &MOST]).await?;
    session.commit_and_go_on().await?;
    let mut names: Vec<&str> = Vec::new();
    for key in rows.iter().filter_map(|row| row.row.as_ref()?.as_object()).flat_map(Map::keys) {
        if !names.contains(&key.as_str()) {
            names.push(key);
        }
    }
    let text = |text: &str| csv(Some(&Value::from(text)));
    let heads: Vec<String> = names.iter().map(|name| text(name)).collect();
    let mut file = format!(
        "{}\r\n",
        [heads, vec!["refused_column".to_owned(), "refused_reason".to_owned()]].concat().join(",")
    );
    for row in &rows {
        let values = row.row.as_ref().and_then(Value::as_object);
        let mut cells: Vec<String> =
            names.iter().map(|name| csv(values.and_then(|row| row.get(*name)))).collect();
        cells.push(text(row.column_name.0.as_deref().unwrap_or_default()));
        cells.push(text(&row.reason));
        file.push_str(&cells.join(","));
        file.push_str("\r\n");
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"refused.csv\""),
    ];
    Ok((headers, file).into_response())
}
