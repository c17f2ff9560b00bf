//! `/about`

use super::asked::{answer, Asked};
use super::frame::Frame;
use super::number::{Bytes, Count, Maybe};
use crate::http::Problem;
use askama::Template;
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "about/about.html", blocks = ["main"])]
struct About {
    frame: Frame,
    version: &'static str,
    database: Database,
}

/// What is known of the database.
#[derive(Deserialize)]
struct Database {
    name: String,
    server: String,
    extension: Maybe<String>,
    zone: String,
    schema: Maybe<String>,
    size: Bytes,
    tables: Count,
    pipelines: Count,
}

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    let mut session = asked.reads().await?;
    let database = session.one(include_str!("about.sql"), &[]).await?;
    session.commit_and_go_on().await?;
    let page = About { frame: asked.frame, version: env!("CARGO_PKG_VERSION"), database };
    Ok(answer!(asked.fragment, page))
}
