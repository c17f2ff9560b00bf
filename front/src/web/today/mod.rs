//! `/`: did last night's work run, what failed and why, is the data fresh, what runs now, what comes next.

use super::asked::{answer, Asked};
use super::clock::Moment;
use super::frame::Frame;
use super::number::{change, Count, Maybe, Seconds};
use super::state::State;
use super::told::Hint;
use crate::http::Problem;
use askama::Template;
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "today/today.html", blocks = ["main"])]
struct Today {
    frame: Frame,
    night: Night,
    /// Of rows, against a week ago.
    change: Option<String>,
    failed: State,
    late: State,
    stale: State,
    paused: State,
}

/// What happened since yesterday.
#[derive(Deserialize)]
struct Night {
    today: String,
    since: Moment,
    /// Pipelines that ran, and those of them whose last run succeeded.
    ran: Count,
    succeeded: Count,
    pipelines: Count,
    rows: Count,
    rows_before: Count,
    failed: Vec<Failed>,
    late: Vec<Late>,
    stale: Vec<Stale>,
    paused: Vec<Paused>,
    running: Vec<Running>,
    next: Vec<Next>,
}

/// A run that failed and was not made good since.
#[derive(Deserialize)]
struct Failed {
    process_id: String,
    name: String,
    finished_at: Option<Moment>,
    node: Maybe<String>,
    run_date: Maybe<String>,
    sqlstate: Maybe<String>,
    message: String,
    hint: Hint,
    /// What somebody says of it.
    note: Maybe<String>,
    blocked: i64,
}

/// A pipeline that missed its deadline.
#[derive(Deserialize)]
struct Late {
    name: String,
    deadline_at: Moment,
    sentence: Maybe<String>,
}

/// A table with intervals that have to be made again.
#[derive(Deserialize)]
struct Stale {
    name: String,
    intervals: Count,
    first: String,
    last: String,
    reason: Maybe<String>,
}

/// What somebody holds.
#[derive(Deserialize)]
struct Paused {
    kind: String,
    name: String,
    sentence: String,
}

/// A task that has not ended.
#[derive(Deserialize)]
struct Running {
    process_id: String,
    name: String,
    state: State,
    percent: f64,
    node: Maybe<String>,
    run_date: Maybe<String>,
    sentence: String,
}

/// A pipeline and its next slot.
#[derive(Deserialize)]
struct Next {
    name: String,
    next_slot: Moment,
    paused: bool,
    seconds: Option<Seconds>,
}

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    let mut session = asked.reads().await?;
    let night: Night = session.one(include_str!("today.sql"), &[]).await?;
    session.commit_and_go_on().await?;
    let change = change(night.rows.0, night.rows_before.0);
    let page = Today {
        frame: asked.frame,
        night,
        change,
        failed: State::of("FAILED"),
        late: State::of("LATE"),
        stale: State::of("stale"),
        paused: State::of("PAUSED"),
    };
    Ok(answer!(asked.fragment, page))
}
