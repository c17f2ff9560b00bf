//! `/pipelines/{name}`: what runs, when and by what, and how it went.

use super::asked::{answer, list, Asked};
use super::clock::Moment;
use super::frame::Frame;
use super::number::{Count, Maybe, Seconds};
use super::state::State;
use crate::http::Problem;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pipeline/pipeline.html", blocks = ["main"])]
struct Page {
    frame: Frame,
    pipeline: Pipeline,
    /// Where programs reach this service, as this browser does.
    host: String,
}

#[derive(Deserialize)]
struct Pipeline {
    name: String,
    id: String,
    description: Maybe<String>,
    owner: Maybe<String>,
    active: bool,
    paused: Maybe<String>,
    schedule: Maybe<String>,
    trigger: Maybe<String>,
    deadline: Maybe<String>,
    next_slot: Option<Moment>,
    cause: String,
    sentence: String,
    late_since: Option<Moment>,
    fed_by: Vec<String>,
    nodes: Vec<Node>,
    dates: Vec<String>,
    runs: Vec<Run>,
    versions: Vec<Version>,
}

/// A node and its last days.
#[derive(Deserialize)]
struct Node {
    place: i64,
    node: String,
    reads: Vec<String>,
    active: bool,
    data_date: Maybe<String>,
    run_date: Maybe<String>,
    run_type: Maybe<String>,
    state: State,
    cells: Vec<Option<Cell>>,
}

/// A node on a run date.
#[derive(Deserialize)]
struct Cell {
    process_id: String,
    state: State,
}

#[derive(Deserialize)]
struct Run {
    process_id: String,
    state: State,
    run_dates: String,
    run_mode: String,
    by: String,
    created_at: Moment,
    seconds: Seconds,
    rows: Maybe<Count>,
    done: Count,
    steps: Count,
}

#[derive(Deserialize)]
struct Version {
    version: String,
    loaded_at: Moment,
    loaded_by: String,
    current: bool,
}

impl Pipeline {
    /// The state that its cause stands for.
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
    let found: Vec<Pipeline> = list(&mut session, include_str!("pipeline.sql"), &[&name]).await?;
    session.commit_and_go_on().await?;
    let pipeline = found.into_iter().next().ok_or_else(|| Problem::unknown("pipeline", &name))?;
    let host = asked.host.clone();
    Ok(answer!(asked.fragment, Page { frame: asked.frame, pipeline, host }))
}
