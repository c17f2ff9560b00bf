//! `/tasks`: all tasks, the newest first. It is filtered by what `GET /api/ai/tasks` takes.

use super::asked::{answer, Asked};
use super::clock::Moment;
use super::frame::Frame;
use super::listed::{download, Base, Column, Format, List, Shown, OF_SHOWING};
use super::number::{Count, Maybe, Seconds};
use super::state::State;
use super::told::Told;
use crate::http::task_list;
use crate::http::Problem;
use askama::Template;
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "tasks/tasks.html", blocks = ["main"])]
struct Tasks {
    frame: Frame,
    list: Shown,
    rows: Vec<Task>,
    /// What was wrong with a filter.
    told: Option<Told>,
}

/// A task as lists show it.
#[derive(Deserialize)]
pub struct Task {
    process_id: String,
    name: String,
    module: String,
    run_mode: String,
    run_dates: String,
    dates: i64,
    state: State,
    message: String,
    seconds: Seconds,
    done: Count,
    steps: Count,
    by: String,
    person: String,
    way: Maybe<String>,
    created_at: Moment,
    finished_at: Option<Moment>,
}

static LIST: List = List {
    path: "/tasks",
    columns: &[
        Column::new("name", "Name").sorts("text").known(),
        Column::new("process_id", "Id").sorts("text").known().extra(),
        Column::new("state", "State").sorts("text").known(),
        Column::new("module", "Module").sorts("text").known(),
        Column::new("run_dates", "Run dates"),
        Column::new("run_mode", "Mode").sorts("text").known().class("less"),
        Column::new("created_at", "Began").sorts("timestamptz").known(),
        Column::new("finished_at", "Ended").sorts("timestamptz").extra(),
        Column::new("seconds", "Took").sorts("double precision").class("num"),
        Column::new("steps", "Steps").sorts("bigint").known().class("num"),
        Column::new("by", "By").class("less"),
        Column::new("person", "Person").sorts("text").known().extra(),
        Column::new("way", "Way").sorts("text").extra(),
        Column::new("message", "Message"),
    ],
    usual: "-created_at",
    key: &["process_id"],
    window: Some(10_000),
};

/// The filters that the form has fields for.
const FIELDS: [&str; 8] = ["name", "id", "module", "by", "from", "to", "error", "sqlstate"];

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    let mut list = Shown::read(&LIST, &asked.query)?;
    let mut base = Base::new(include_str!("tasks.sql"), include_str!("shown.sql"));
    let filters = asked.query.iter().filter(|(name, _)| !OF_SHOWING.contains(&name.as_str()));
    let filters = form_urlencoded::Serializer::new(String::new()).extend_pairs(filters).finish();
    match task_list::OPTIONS.read(Some(&filters)) {
        Ok(listing) => {
            for (condition, value) in task_list::conditions(&listing) {
                match value {
                    Some(value) => base.only(condition, &value),
                    None => base.where_(condition),
                }
            }
        }
        Err(problem) => {
            let status = problem.status;
            let told = Some(Told::of(&problem));
            let page = Tasks { frame: asked.frame, list, rows: Vec::new(), told };
            return Ok(answer!(asked.fragment, status, page));
        }
    }
    if list.format != Format::Page {
        return download(&asked, list, base).await;
    }
    let mut session = asked.reads().await?;
    let rows = list.rows(&mut session, &base).await?;
    session.commit_and_go_on().await?;
    Ok(answer!(asked.fragment, Tasks { frame: asked.frame, list, rows, told: None }))
}
