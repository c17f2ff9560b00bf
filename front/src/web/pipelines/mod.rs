//! `/pipelines`: all pipelines, with their last run, what comes next, and how the last thirty went.

use super::address::Address;
use super::asked::{answer, list, Asked};
use super::clock::Moment;
use super::frame::Frame;
use super::number::{Count, Maybe, Seconds};
use super::state::State;
use super::strip::{Run, Strip};
use crate::http::Problem;
use askama::Template;
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pipelines/pipelines.html", blocks = ["main"])]
struct Pipelines {
    frame: Frame,
    address: Address,
    rows: Vec<Row>,
    states: &'static [(&'static str, &'static str)],
}

#[derive(Deserialize)]
struct Row {
    name: String,
    id: String,
    description: Maybe<String>,
    owner: Maybe<String>,
    state: State,
    paused: Maybe<String>,
    active: bool,
    schedule: Maybe<String>,
    trigger: Maybe<String>,
    next_slot: Option<Moment>,
    last: Option<Last>,
    nodes: Vec<String>,
    recent: Vec<Run>,
}

#[derive(Deserialize)]
struct Last {
    process_id: String,
    created_at: Moment,
    seconds: Seconds,
    rows: Maybe<Count>,
}

impl Row {
    fn strip(&self) -> Strip {
        Strip::of(&self.recent)
    }
}

const STATES: [(&str, &str); 5] = [
    ("", "all"),
    ("PROCESSING", "running"),
    ("FAILED", "failed"),
    ("SUCCESS", "succeeded"),
    ("PAUSED", "paused"),
];
const SORTS: [&str; 8] = ["name", "-name", "last", "-last", "next", "-next", "seconds", "-seconds"];

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    let address = Address::new("/pipelines", &asked.query);
    let sort = SORTS.iter().find(|known| **known == address.get("sort")).copied().unwrap_or("name");
    let text = |name: &str| Some(address.get(name).to_owned()).filter(|text| !text.is_empty());
    let mut session = asked.reads().await?;
    let sql = include_str!("pipelines.sql");
    let rows = list(&mut session, sql, &[&text("name"), &text("state"), &sort]).await?;
    session.commit_and_go_on().await?;
    Ok(answer!(asked.fragment, Pipelines { frame: asked.frame, address, rows, states: &STATES }))
}
