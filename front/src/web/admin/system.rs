//! `/admin`: what holds all of it: workers and queue, limits, parameters, settings, what reports from outside.

use crate::http::Problem;
use crate::web::asked::{answer, Asked};
use crate::web::clock::Moment;
use crate::web::frame::Frame;
use crate::web::number::{Bytes, Count, Maybe, Seconds};
use crate::web::state::State;
use askama::Template;
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "admin/admin.html", blocks = ["main"])]
struct Page {
    frame: Frame,
    admin: Admin,
}

#[derive(Deserialize)]
struct Admin {
    workers: Vec<Worker>,
    greatest: Maybe<String>,
    queue: Vec<Task>,
    parameters: Vec<Parameter>,
    settings: Vec<Setting>,
    sources: Vec<Source>,
    refused: Vec<Refused>,
    limits: Vec<Limit>,
    /// How the workers are paused.
    workers_held: Maybe<String>,
    size: Bytes,
    connections: Count,
}

#[derive(Deserialize)]
struct Worker {
    number: i64,
    pid: i64,
    role: Maybe<String>,
    node: Maybe<String>,
    run_date: Maybe<String>,
    process_id: Maybe<String>,
    seconds: Option<Seconds>,
}

#[derive(Deserialize)]
struct Task {
    process_id: String,
    name: String,
    state: State,
    percent: f64,
    sentence: String,
}

#[derive(Deserialize)]
struct Parameter {
    name: String,
    kind: String,
    value: String,
    active: bool,
    update_date: Moment,
}

#[derive(Deserialize)]
struct Setting {
    name: String,
    value: String,
    about: Maybe<String>,
}

#[derive(Deserialize)]
struct Source {
    id: String,
    tracking: String,
    update_date: Option<Moment>,
    run_date: Maybe<String>,
    starts: Vec<String>,
}

#[derive(Deserialize)]
struct Refused {
    process_id: String,
    table_name: String,
    position: i64,
    column_name: Maybe<String>,
    reason: String,
    at: Moment,
}

/// At most so many steps at once.
#[derive(Deserialize)]
struct Limit {
    name: String,
    most: Count,
    steps: Count,
    /// Kind and name of what names it.
    named_by: Vec<(String, String)>,
}

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    let mut session = asked.reads().await?;
    let admin = session.one(include_str!("sql/admin.sql"), &[]).await?;
    session.commit_and_go_on().await?;
    Ok(answer!(asked.fragment, Page { frame: asked.frame, admin }))
}
