//! `/admin`: what holds all of it: workers and queue, parameters, settings, what reports from outside; for admins, people.

use super::asked::{answer, list, one, Asked};
use super::clock::Moment;
use super::frame::Frame;
use super::number::{Bytes, Count, Maybe, Seconds};
use super::state::State;
use crate::http::Problem;
use askama::Template;
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "admin/admin.html", blocks = ["main"])]
struct Page {
    frame: Frame,
    admin: Admin,
    /// For admins alone.
    people: Vec<Person>,
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

#[derive(Deserialize)]
struct Person {
    name: String,
    role: String,
    active: bool,
    created_at: Moment,
    sessions: Count,
    seen_at: Option<Moment>,
}

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    let mut session = asked.reads().await?;
    let admin = one(&mut session, include_str!("admin.sql"), &[]).await?;
    let people = match asked.frame.administers() {
        true => list(&mut session, include_str!("people.sql"), &[]).await?,
        false => Vec::new(),
    };
    session.commit_and_go_on().await?;
    Ok(answer!(asked.fragment, Page { frame: asked.frame, admin, people }))
}
