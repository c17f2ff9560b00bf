//! `/tasks`: all tasks, the newest first. It takes what `GET /api/ai/tasks` takes.

use super::address::Address;
use super::asked::{answer, Asked};
use super::clock::Moment;
use super::frame::Frame;
use super::number::{Count, Seconds};
use super::state::State;
use crate::http::task_list;
use crate::http::Problem;
use askama::Template;
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "tasks/tasks.html", blocks = ["main"])]
struct Tasks {
    frame: Frame,
    address: Address,
    rows: Vec<Task>,
    next: Option<String>,
    /// What was wrong with a filter.
    problem: Option<Problem>,
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
    created_at: Moment,
}

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    let address = Address::new("/tasks", &asked.query);
    let made = task_list::OPTIONS.read(Some(&asked.query_text())).map(|listing| {
        let statement = task_list::filled(&listing, include_str!("tasks.sql"));
        (listing, statement)
    });
    let (listing, statement) = match made {
        Ok(made) => made,
        Err(problem) => {
            let status = problem.status;
            let page =
                Tasks { frame: asked.frame, address, rows: Vec::new(), next: None, problem: Some(problem) };
            return Ok(answer!(asked.fragment, status, page));
        }
    };
    let mut session = asked.reads().await?;
    let (rows, next) = listing.rows(&mut session, &statement.sql, &statement.values()).await?;
    session.commit_and_go_on().await?;
    Ok(answer!(asked.fragment, Tasks { frame: asked.frame, address, rows, next, problem: None }))
}
