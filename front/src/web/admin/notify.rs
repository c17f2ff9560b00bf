//! `/admin/notify`: who is told of what went wrong, and how that went.

mod channel;
mod rule;

use crate::http::Problem;
use crate::web::asked::{answer, Asked};
use crate::web::clock::Moment;
use crate::web::frame::Frame;
use crate::web::number::{Count, Maybe};
use crate::web::session::Role;
use crate::web::state::State;
use askama::Template;
use axum::response::Response;
pub use channel::{AddChannel, RemoveChannel, TestChannel};
pub use rule::{AddRule, RemoveRule};
use serde::Deserialize;

const NOTIFY: &str = "/admin/notify";

#[derive(Template)]
#[template(path = "admin/notify.html", blocks = ["main"])]
struct Page {
    frame: Frame,
    told: Told,
}

#[derive(Deserialize)]
struct Told {
    channels: Vec<Channel>,
    rules: Vec<Rule>,
    incidents: Vec<Incident>,
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Channel {
    name: String,
    kind: String,
    target: String,
    secret_env: Maybe<String>,
    rules: Count,
}

#[derive(Deserialize)]
struct Rule {
    name: String,
    events: String,
    channels: String,
    patterns: Maybe<String>,
    tags: Maybe<String>,
    owners: Maybe<String>,
    quiet: Maybe<String>,
    tell_recovered: bool,
}

#[derive(Deserialize)]
struct Incident {
    event: String,
    name: String,
    opened_at: Moment,
    closed_at: Option<Moment>,
    process_id: Maybe<String>,
    cause: String,
}

#[derive(Deserialize)]
struct Message {
    about: String,
    channel: String,
    rule: Maybe<String>,
    attempts: i64,
    error: Maybe<String>,
    created_at: Moment,
    ended_at: Option<Moment>,
    due_at: Option<Moment>,
    state: State,
    event: Maybe<String>,
    name: Maybe<String>,
}

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    asked.needs(Role::Admin)?;
    let told = told(&asked).await?;
    Ok(answer!(asked.fragment, Page { frame: asked.frame, told }))
}

async fn told(asked: &Asked) -> Result<Told, Problem> {
    let mut session = asked.reads().await?;
    let told = session.one(include_str!("sql/notify.sql"), &[]).await?;
    session.commit_and_go_on().await?;
    Ok(told)
}

/// The channel that a dialog is about.
async fn find_channel(asked: &Asked, name: &str) -> Result<Channel, Problem> {
    asked.needs(Role::Admin)?;
    let found = told(asked).await?.channels.into_iter().find(|channel| channel.name == name);
    found.ok_or_else(|| Problem::unknown("channel", name))
}
