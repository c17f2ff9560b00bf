//! `/catalog`: all definitions; `/catalog/{kind}/{name}`: one of them.

mod definition;

pub use definition::page as definition;

use super::address::Address;
use super::asked::{answer, list, Asked};
use super::clock::Moment;
use super::frame::Frame;
use super::number::{Count, Maybe};
use crate::http::Problem;
use askama::Template;
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "catalog/catalog.html", blocks = ["main"])]
struct Catalog {
    frame: Frame,
    address: Address,
    kinds: Vec<Kind>,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Kind {
    kind: String,
    number: Count,
}

#[derive(Deserialize)]
struct Row {
    kind: String,
    name: String,
    shortname: String,
    version: String,
    versions: i64,
    description: Maybe<String>,
    owner: Maybe<String>,
    tags: Vec<String>,
    source: String,
    loaded_at: Moment,
    loaded_by: String,
    total: i64,
}

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    let address = Address::new("/catalog", &asked.query);
    let text = |name: &str| Some(address.get(name).to_owned()).filter(|text| !text.is_empty());
    let filters = [text("kind"), text("prefix"), text("name"), text("tag"), text("owner")];
    let [kind, prefix, name, tag, owner] = &filters;
    let mut session = asked.reads().await?;
    let kinds = list(&mut session, include_str!("kinds.sql"), &[]).await?;
    let sql = include_str!("catalog.sql");
    let rows = list(&mut session, sql, &[kind, prefix, name, tag, owner]).await?;
    session.commit_and_go_on().await?;
    Ok(answer!(asked.fragment, Catalog { frame: asked.frame, address, kinds, rows }))
}
