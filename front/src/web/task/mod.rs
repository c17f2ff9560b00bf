//! `/t/{id}`: a task, opened at what failed.

use super::asked::{answer, Asked};
use super::clock::Moment;
use super::frame::Frame;
use super::note::Notes;
use super::number::{Count, Maybe, Seconds};
use super::state::State;
use super::statement::Statement;
use super::told::Hint;
use crate::http::Problem;
use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;

#[derive(Template)]
#[template(path = "task/task.html", blocks = ["main"])]
struct Page {
    frame: Frame,
    task: Task,
    /// The statement that failed, by line.
    statement: Option<Statement>,
    /// What an audit found, as columns and rows.
    found: Found,
    notes: Notes,
}

#[derive(Deserialize)]
struct Task {
    process_id: String,
    name: String,
    is_pipeline: bool,
    way: String,
    module: String,
    run_mode: String,
    run_dates: String,
    by: String,
    run_as: String,
    program: Maybe<String>,
    created_at: Moment,
    finished_at: Option<Moment>,
    seconds: Seconds,
    state: State,
    sentence: Maybe<String>,
    message: String,
    /// The message is longer: this is its end.
    is_cut: Maybe<bool>,
    steps: Count,
    done: Count,
    undone: Count,
    rows: Maybe<Count>,
    percent: i64,
    failure: Option<Failure>,
    good: Option<Good>,
    list: Vec<Step>,
}

/// The first step that failed.
#[derive(Deserialize)]
struct Failure {
    node: String,
    run_date: String,
    told: Maybe<String>,
    message: Maybe<String>,
    sqlstate: Maybe<String>,
    detail: Maybe<String>,
    hint: Hint,
    process: Maybe<String>,
    statement: Maybe<String>,
    line: Option<usize>,
    audit: Maybe<String>,
    rows: Option<Value>,
}

/// The last run of the same name that succeeded.
#[derive(Deserialize)]
struct Good {
    process_id: String,
    created_at: Moment,
    seconds: Seconds,
    run_date: Maybe<String>,
    rows: Maybe<Count>,
}

#[derive(Deserialize)]
struct Step {
    place: i64,
    node: String,
    run_date: String,
    state: State,
    attempts: i64,
    rows: Maybe<Count>,
    seconds: Option<Seconds>,
    started_at: Option<Moment>,
    message: String,
    worker: Maybe<i64>,
    retry_at: Option<Moment>,
}

/// Rows that an audit found.
#[derive(Default)]
struct Found {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Found {
    fn of(rows: Option<&Value>) -> Self {
        let Some(Value::Array(rows)) = rows else { return Found::default() };
        let mut found = Found::default();
        for row in rows.iter().filter_map(Value::as_object) {
            for name in row.keys().filter(|name| !found.columns.contains(name)).cloned().collect::<Vec<_>>() {
                found.columns.push(name);
            }
        }
        found.rows = rows
            .iter()
            .filter_map(Value::as_object)
            .map(|row| found.columns.iter().map(|name| plain(row.get(name))).collect())
            .collect();
        found
    }
}

/// A value of JSON as a reader expects it in a cell.
pub fn plain(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.chars().take(300).collect(),
        Some(other) => other.to_string().chars().take(300).collect(),
    }
}

pub async fn page(asked: Asked, Path(id): Path<String>) -> Result<Response, Problem> {
    let mut session = asked.reads().await?;
    let whole = asked.get("format") == Some("text");
    let found: Vec<Task> = session.list(include_str!("task.sql"), &[&id, &whole]).await?;
    let notes = Notes::on(&mut session, "task", &id).await?;
    session.commit_and_go_on().await?;
    let task = found.into_iter().next().ok_or_else(|| Problem::unknown("task", &id))?;
    if whole {
        return Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], task.message).into_response());
    }
    let failure = task.failure.as_ref();
    let statement = failure.and_then(|failure| Statement::of(failure.statement.0.as_deref()?, failure.line));
    let found = Found::of(failure.and_then(|failure| failure.rows.as_ref()));
    Ok(answer!(asked.fragment, Page { frame: asked.frame, task, statement, found, notes }))
}
