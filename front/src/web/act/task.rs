//! `/t/{id}/cancel`, `/t/{id}/resume`

use crate::http::Problem;
use crate::web::asked::{answer, list, Asked};
use crate::web::form::Form;
use crate::web::frame::Frame;
use crate::web::number::Count;
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "act/task.html", blocks = ["main"])]
struct Ask {
    frame: Frame,
    /// cancel or resume.
    act: &'static str,
    id: String,
    task: Task,
}

/// What would become of the steps of a task.
#[derive(Deserialize)]
struct Task {
    name: String,
    is_over: bool,
    steps: Count,
    done: Count,
    left: Count,
    under_way: Vec<String>,
}

pub async fn ask_cancel(asked: Asked, Path(id): Path<String>) -> Result<Response, Problem> {
    ask(asked, id, "cancel").await
}

pub async fn ask_resume(asked: Asked, Path(id): Path<String>) -> Result<Response, Problem> {
    ask(asked, id, "resume").await
}

async fn ask(asked: Asked, id: String, act: &'static str) -> Result<Response, Problem> {
    let mut session = asked.reads().await?;
    let found: Vec<Task> = list(&mut session, include_str!("task.sql"), &[&id]).await?;
    session.commit_and_go_on().await?;
    let task = found.into_iter().next().ok_or_else(|| Problem::unknown("task", &id))?;
    Ok(answer!(asked.fragment, Ask { frame: asked.frame, act, id, task }))
}

pub async fn cancel(asked: Asked, Path(id): Path<String>, _: Form) -> Result<Response, Problem> {
    done(asked, id, "select dfa.cancel($1)::text").await
}

pub async fn resume(asked: Asked, Path(id): Path<String>, _: Form) -> Result<Response, Problem> {
    done(asked, id, "select dfa.resume($1)::text").await
}

async fn done(asked: Asked, id: String, sql: &str) -> Result<Response, Problem> {
    let mut session = asked.work().await?;
    session.query(sql, &[&id]).await?;
    session.commit().await?;
    Ok(Redirect::to(&format!("/t/{id}")).into_response())
}
