//! `/tables/{name}`: what it is, how far it is, what feeds it and what it feeds, its log, its ledger, its first rows.

use super::asked::{answer, list, Asked};
use super::clock::Moment;
use super::frame::Frame;
use super::number::{Bytes, Count, Maybe, Seconds};
use super::state::State;
use super::task::plain;
use crate::db::{ident, Columns};
use crate::http::Problem;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Template)]
#[template(path = "table/table.html", blocks = ["main"])]
struct Page {
    frame: Frame,
    table: Table,
    rows: Rows,
}

#[derive(Deserialize)]
struct Table {
    name: String,
    shortname: String,
    schema: Maybe<String>,
    is_there: bool,
    may_read: bool,
    description: Maybe<String>,
    owner: Maybe<String>,
    table_type: Maybe<String>,
    data_date: Maybe<String>,
    run_date: Maybe<String>,
    run_type: Maybe<String>,
    quota: Maybe<String>,
    keeps: Maybe<i64>,
    kept_by: Maybe<String>,
    rows: Maybe<Count>,
    size: Maybe<Bytes>,
    partitions: i64,
    cause: String,
    sentence: String,
    pipelines: Vec<String>,
    up: Vec<String>,
    down: Vec<String>,
    columns: Vec<Column>,
    log: Vec<Log>,
    ledger: Vec<Interval>,
}

#[derive(Deserialize)]
struct Column {
    name: String,
    kind: String,
    not_null: bool,
    key: bool,
    usual: Maybe<String>,
    comment: Maybe<String>,
}

#[derive(Deserialize)]
struct Log {
    run_date: Maybe<String>,
    action: String,
    state: State,
    rows: Maybe<Count>,
    seconds: Option<Seconds>,
    update_date: Moment,
    process_id: Maybe<String>,
    message: String,
}

/// An interval of the ledger.
#[derive(Deserialize)]
struct Interval {
    start: String,
    state: State,
    reason: Maybe<String>,
}

/// The first rows, as text.
#[derive(Default)]
struct Rows {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    /// Why there are none.
    problem: Option<String>,
}

impl Table {
    fn state(&self) -> State {
        match self.cause.as_str() {
            "running" => State::of("PROCESSING"),
            "failed" | "blocked" | "lost" | "orphaned" => State::of("FAILED"),
            "cancelled" => State::of("CANCELLED"),
            "paused" => State::of("PAUSED"),
            "inactive" => State::of("OFF"),
            _ => State::of("WAITING"),
        }
    }
}

pub async fn page(asked: Asked, Path(name): Path<String>) -> Result<Response, Problem> {
    let mut session = asked.reads().await?;
    let found: Vec<Table> = list(&mut session, include_str!("table.sql"), &[&name]).await?;
    let table = found.into_iter().next().ok_or_else(|| Problem::unknown("table", &name))?;
    session.commit_and_go_on().await?;
    let rows = match (table.is_there, table.may_read) {
        (true, true) => first_rows(&asked, &table).await,
        (true, false) => Rows { problem: Some("Your role may not read it.".to_owned()), ..Rows::default() },
        (false, _) => {
            Rows { problem: Some("It is not there yet: setup makes it.".to_owned()), ..Rows::default() }
        }
    };
    Ok(answer!(asked.fragment, Page { frame: asked.frame, table, rows }))
}

/// With the rights of the person, for a second at most: the page does not wait for a view of somebody's.
async fn first_rows(asked: &Asked, table: &Table) -> Rows {
    let read = async {
        let mut session = asked.reads().await?;
        session.query("select pg_catalog.set_config('statement_timeout', '1s', true)", &[]).await?;
        let schema = table.schema.0.as_deref().unwrap_or_default();
        let sql = format!(
            "select pg_catalog.to_json(page)::text as row from (select * from {}.{} limit 50) as page",
            ident(schema),
            ident(&table.name)
        );
        let rows = session.query(&sql, &[]).await?;
        session.commit().await?;
        Ok::<_, Problem>(rows)
    };
    match read.await {
        Err(problem) => Rows { problem: Some(problem.message.clone()), ..Rows::default() },
        Ok(rows) => {
            let rows: Vec<Map<String, Value>> = rows
                .iter()
                .filter_map(|row| serde_json::from_str(&row.value::<String>("row").ok()?).ok())
                .collect();
            let columns: Vec<String> =
                table.columns.iter().map(|column| column.name.clone()).take(60).collect();
            let cells = |row: &Map<String, Value>| columns.iter().map(|name| plain(row.get(name))).collect();
            Rows { rows: rows.iter().map(cells).collect(), columns, problem: None }
        }
    }
}
