//! `/catalog`: all definitions; `/catalog/{kind}/{name}`: one of them.

mod definition;
mod text;

pub use definition::page as definition;
pub use text::yaml;

use super::asked::{answer, Asked};
use super::clock::Moment;
use super::frame::Frame;
use super::listed::{download, Base, Column, Format, List, Shown};
use super::number::{Count, Maybe};
use crate::http::Problem;
use askama::Template;
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "catalog/catalog.html", blocks = ["main"])]
struct Catalog {
    frame: Frame,
    list: Shown,
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
}

static LIST: List = List {
    path: "/catalog",
    columns: &[
        Column::new("name", "Name").sorts("text").known(),
        Column::new("shortname", "Short").sorts("text").known(),
        Column::new("kind", "Kind").sorts("text").known(),
        Column::new("version", "Version").sorts("date").known(),
        Column::new("versions", "Versions").sorts("bigint").known().late().extra().class("num"),
        Column::new("description", "Description"),
        Column::new("tags", "Tags").class("less"),
        Column::new("owner", "Owner").sorts("text").class("less"),
        Column::new("source", "File").sorts("text").known().class("less"),
        Column::new("loaded_at", "Loaded").sorts("timestamptz").known(),
        Column::new("loaded_by", "By").sorts("text").known().class("less"),
    ],
    usual: "kind,name",
    key: &["kind", "name"],
    window: None,
};

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    let mut list = Shown::read(&LIST, &asked.query)?;
    let mut base = Base::new(include_str!("catalog.sql"), include_str!("versions.sql"));
    base.only("kind = $?", list.address.get("kind"));
    base.only("split_part(name, '_', 1) = $?", list.address.get("prefix"));
    base.only("(strpos(name, $?) > 0 or shortname = $?)", list.address.get("name"));
    base.only("tags::jsonb ? $?", list.address.get("tag"));
    base.only("owner = $?", list.address.get("owner"));
    if list.format != Format::Page {
        return download(&asked, list, base).await;
    }
    let mut session = asked.reads().await?;
    let kinds = session.list(include_str!("kinds.sql"), &[]).await?;
    let rows = list.rows(&mut session, &base).await?;
    session.commit_and_go_on().await?;
    Ok(answer!(asked.fragment, Catalog { frame: asked.frame, list, kinds, rows }))
}
