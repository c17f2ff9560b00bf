//! `/search`: one box for ids of tasks, names, dates, texts of errors and SQLSTATEs. What fits exactly is opened.

use super::asked::{answer, Asked};
use super::frame::Frame;
use super::number::Maybe;
use crate::http::Problem;
use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "search/search.html", blocks = ["main"])]
struct Search {
    frame: Frame,
    text: String,
    hits: Vec<Hit>,
}

#[derive(Deserialize)]
struct Hit {
    kind: String,
    name: String,
    address: String,
    about: Maybe<String>,
    exact: bool,
}

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    let text = asked.get("q").unwrap_or_default().trim().chars().take(200).collect::<String>();
    let mut session = asked.reads().await?;
    let mut hits: Vec<Hit> = match text.is_empty() {
        true => Vec::new(),
        false => session.list(include_str!("search.sql"), &[&text]).await?,
    };
    session.commit_and_go_on().await?;
    for hit in &mut hits {
        let name: String = form_urlencoded::byte_serialize(hit.name.as_bytes()).collect();
        hit.address = format!("{}{}", hit.address, name.replace('+', "%20"));
    }
    let mut exact = hits.iter().filter(|hit| hit.exact);
    if let (Some(hit), None) = (exact.next(), exact.next()) {
        return Ok(Redirect::to(&hit.address).into_response());
    }
    Ok(answer!(asked.fragment, Search { frame: asked.frame, text, hits }))
}
