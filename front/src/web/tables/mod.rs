//! `/tables`: how far each table is, and whether it is as far as it should be.

use super::asked::{answer, Asked};
use super::clock::Moment;
use super::frame::Frame;
use super::listed::{download, Base, Column, Format, List, Shown};
use super::number::{Bytes, Count, Maybe, Seconds};
use super::state::State;
use crate::db::Columns;
use crate::http::Problem;
use askama::Template;
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "tables/tables.html", blocks = ["main"])]
struct Tables {
    frame: Frame,
    list: Shown,
    rows: Vec<Row>,
    types: Vec<String>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    shortname: String,
    description: Maybe<String>,
    table_type: Maybe<String>,
    owner: Maybe<String>,
    active: bool,
    state: State,
    data_date: Maybe<String>,
    run_date: Maybe<String>,
    run_type: Maybe<String>,
    age: Maybe<i64>,
    stale: i64,
    quota: Maybe<String>,
    keeps: Maybe<i64>,
    update_date: Option<Moment>,
    seconds: Option<Seconds>,
    rows: Maybe<Count>,
    size: Maybe<Bytes>,
}

static LIST: List = List {
    path: "/tables",
    columns: &[
        Column::new("name", "Name").sorts("text").known(),
        Column::new("shortname", "Short").sorts("text").known().extra(),
        Column::new("description", "Description").extra(),
        Column::new("state", "State").sorts("text").known(),
        Column::new("stale", "Stale").sorts("bigint").known().extra().class("num"),
        Column::new("table_type", "Type").sorts("text").class("less"),
        Column::new("data_date", "Has data to").sorts("date"),
        Column::new("age", "Age, days").sorts("integer").class("num"),
        Column::new("run_date", "Last run date").sorts("date").class("less"),
        Column::new("run_type", "Every").sorts("text").class("less"),
        Column::new("quota", "Runs today").class("num less"),
        Column::new("update_date", "Last run").sorts("timestamptz"),
        Column::new("seconds", "Took").sorts("double precision").class("num"),
        Column::new("rows", "Rows, about").sorts("bigint").late().class("num"),
        Column::new("size", "Size").sorts("bigint").late().class("num"),
        Column::new("keeps", "Keeps, months").sorts("integer").class("num less"),
        Column::new("owner", "Owner").sorts("text").class("less"),
    ],
    usual: "name",
    key: &["name"],
    window: None,
};
const PREFIXES: [&str; 6] = ["", "src", "imp", "ai", "ctr", "rpt"];

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    let mut list = Shown::read(&LIST, &asked.query)?;
    let mut base = Base::new(include_str!("tables.sql"), include_str!("stored.sql"));
    base.only("table_type = $?", list.address.get("type"));
    base.only("split_part(name, '_', 1) = $?", list.address.get("prefix"));
    base.only("strpos(name, $?) > 0", list.address.get("name"));
    match list.address.get("state") {
        "stale" => base.where_("stale > 0"),
        "failed" => base.where_("state in ('FAILED', 'BLOCKED')"),
        other => base.only("state = $?", other),
    }
    if list.format != Format::Page {
        return download(&asked, list, base).await;
    }
    let mut session = asked.reads().await?;
    let rows = list.rows(&mut session, &base).await?;
    let types = session.query(include_str!("types.sql"), &[]).await?;
    session.commit_and_go_on().await?;
    let types = types.iter().map(|row| row.value("table_type")).collect::<Result<_, _>>()?;
    Ok(answer!(asked.fragment, Tables { frame: asked.frame, list, rows, types }))
}
