//! `/tables`: how far each table is, and whether it is as far as it should be.

use super::address::Address;
use super::asked::{answer, list, Asked};
use super::clock::Moment;
use super::frame::Frame;
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
    address: Address,
    rows: Vec<Row>,
    types: Vec<String>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
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
    total: i64,
}

const SORTS: [&str; 8] = ["name", "-name", "data_date", "-data_date", "size", "-size", "rows", "-rows"];
const PREFIXES: [&str; 6] = ["", "src", "imp", "ai", "ctr", "rpt"];

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    let address = Address::new("/tables", &asked.query);
    let sort = SORTS.iter().find(|known| **known == address.get("sort")).copied().unwrap_or("name");
    let text = |name: &str| Some(address.get(name).to_owned()).filter(|text| !text.is_empty());
    let filters = [text("type"), text("prefix"), text("name"), text("state")];
    let mut session = asked.reads().await?;
    let [kind, prefix, name, state] = &filters;
    let rows = list(&mut session, include_str!("tables.sql"), &[kind, prefix, name, state, &sort]).await?;
    let types = session.query(include_str!("types.sql"), &[]).await?;
    session.commit_and_go_on().await?;
    let types = types.iter().map(|row| row.value("table_type")).collect::<Result<_, _>>()?;
    Ok(answer!(asked.fragment, Tables { frame: asked.frame, address, rows, types }))
}
