//! `/tables/{name}/ingest`: rows of a file into a table, by the door that REST has. First they are looked at: read, put in and
//! taken back.

mod parquet;
mod refused;
mod take;
mod upload;

pub use refused::download as refused;

use super::asked::{answer, Asked};
use super::form::foreign;
use super::frame::Frame;
use super::told::Told;
use crate::http::{App, Problem};
use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use take::Taken;

#[derive(Template)]
#[template(path = "ingest/ingest.html", blocks = ["main"])]
struct Page {
    frame: Frame,
    table: Table,
    mode: &'static str,
    skip: bool,
    taken: Option<Taken>,
    told: Option<Told>,
}

/// The table, as far as a file has to know it.
#[derive(Deserialize)]
struct Table {
    name: String,
    columns: Vec<Column>,
    json_columns: Vec<String>,
}

#[derive(Deserialize)]
struct Column {
    name: String,
    kind: String,
    /// It may not be left out.
    needed: bool,
    key: bool,
}

const MODES: [(&str, &str); 2] = [
    ("insert", "new rows, and rows whose key is there"),
    ("update", "the columns given, of rows that are there"),
];

impl Table {
    async fn read(asked: &Asked, name: &str) -> Result<Table, Problem> {
        let mut session = asked.reads().await?;
        let found = session.list(include_str!("table.sql"), &[&name]).await?;
        session.commit_and_go_on().await?;
        found.into_iter().next().ok_or_else(|| Problem::unknown("table", name))
    }
}

pub async fn page(asked: Asked, Path(name): Path<String>) -> Result<Response, Problem> {
    let table = Table::read(&asked, &name).await?;
    let page = Page { frame: asked.frame, table, mode: MODES[0].0, skip: false, taken: None, told: None };
    Ok(answer!(asked.fragment, page))
}

pub async fn act(
    State(app): State<App>,
    Path(name): Path<String>,
    asked: Asked,
    request: Request,
) -> Result<Response, Problem> {
    let mut multipart = upload::open(&app, request).await?;
    let mut fields = upload::Fields::default();
    let file = loop {
        let field = upload::next_field(&mut multipart).await?;
        if upload::is_file(&field)? {
            break field;
        }
        fields.add(field).await?;
    };
    if !asked.visitor.token.proves(fields.get("token")) {
        return Err(foreign());
    }
    let table = Table::read(&asked, &name).await?;
    let mode = MODES.into_iter().map(|(mode, _)| mode).find(|mode| *mode == fields.get("mode"));
    let mode = mode.unwrap_or(MODES[0].0);
    let (skip, load) = (fields.get("on_error") == "skip", fields.get("do") == "load");
    let done = take::take(&asked, &table, file, take::How { mode, skip, load }).await;
    let (status, taken, told) = match done {
        Ok(taken) => (StatusCode::OK, Some(taken), None),
        Err(problem) => (problem.status, None, Some(Told::of(&problem))),
    };
    Ok(answer!(asked.fragment, status, Page { frame: asked.frame, table, mode, skip, taken, told }))
}
