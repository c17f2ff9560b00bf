//! `/freshness`: which tables are not as new as they should be, since when, and because of what.

use super::address::Address;
use super::asked::{answer, Asked};
use super::clock::Moment;
use super::frame::Frame;
use super::number::Maybe;
use super::state::State;
use crate::http::Problem;
use askama::Template;
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "freshness/freshness.html", blocks = ["main"])]
struct Page {
    frame: Frame,
    address: Address,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    owner: Maybe<String>,
    data_date: Maybe<String>,
    published_at: Option<Moment>,
    expected_by: Option<Moment>,
    late_since: Option<Moment>,
    state: State,
    blocked_by: Maybe<String>,
    /// The nearest first.
    causes: Vec<String>,
    /// Of all that are like this.
    total: i64,
}

const STATES: [(&str, &str); 4] =
    [("", "late, due or blocked"), ("late", "late"), ("blocked", "blocked"), ("all", "all")];

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    let address = Address::new("/freshness", &asked.query);
    let text = |name: &str| Some(address.get(name).to_owned()).filter(|text| !text.is_empty());
    let [state, name, owner] = ["state", "name", "owner"].map(text);
    let mut session = asked.reads().await?;
    let rows = session.list(include_str!("freshness.sql"), &[&state, &name, &owner]).await?;
    session.commit_and_go_on().await?;
    Ok(answer!(asked.fragment, Page { frame: asked.frame, address, rows }))
}
