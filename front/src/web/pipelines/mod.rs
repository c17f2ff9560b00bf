//! `/pipelines`: all pipelines, with their last run, what comes next, and how the last thirty went.

use super::asked::{answer, Asked};
use super::clock::Moment;
use super::frame::Frame;
use super::listed::{download, Base, Column, Format, List, Shown};
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
    list: Shown,
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
    process_id: Maybe<String>,
    last: Option<Moment>,
    seconds: Option<Seconds>,
    rows: Maybe<Count>,
    nodes: Vec<String>,
    recent: Vec<Run>,
}

impl Row {
    fn strip(&self) -> Strip {
        Strip::of(&self.recent)
    }
}

static LIST: List = List {
    path: "/pipelines",
    columns: &[
        Column::new("name", "Name").sorts("text").known(),
        Column::new("id", "Id").sorts("text").known(),
        Column::new("state", "State").sorts("text").known(),
        Column::new("last", "Last run").sorts("timestamptz"),
        Column::new("seconds", "Took").sorts("double precision").class("num"),
        Column::new("rows", "Rows").sorts("bigint").late().class("num"),
        Column::new("recent", "Last 30 runs"),
        Column::new("next_slot", "Next slot").sorts("timestamptz"),
        Column::new("starts", "Starts by"),
        Column::new("description", "Description").extra(),
        Column::new("owner", "Owner").sorts("text").extra(),
    ],
    usual: "name",
    key: &["name"],
    window: None,
};
const STATES: [(&str, &str); 5] = [
    ("", "all"),
    ("PROCESSING", "running"),
    ("FAILED", "failed"),
    ("SUCCESS", "succeeded"),
    ("PAUSED", "paused"),
];

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    let mut list = Shown::read(&LIST, &asked.query)?;
    let mut base = Base::new(include_str!("pipelines.sql"), include_str!("shown.sql"));
    base.parameter(list.address.get("open"));
    base.only("(strpos(name, $?) > 0 or strpos(id, $?) > 0)", list.address.get("name"));
    match list.address.get("state") {
        "PAUSED" => base.where_("paused is not null"),
        other => base.only("state = $?", other),
    }
    if list.format != Format::Page {
        return download(&asked, list, base).await;
    }
    let mut session = asked.reads().await?;
    let rows = list.rows(&mut session, &base).await?;
    session.commit_and_go_on().await?;
    Ok(answer!(asked.fragment, Pipelines { frame: asked.frame, list, rows, states: &STATES }))
}
