//! `/tables/{name}`: what it is, how far it is, what feeds it and what it feeds, its log, its ledger, its first rows.

mod history;
mod lineage;
mod rows;

use super::address::Address;
use super::asked::{answer, Asked};
use super::audit::{self, Change};
use super::clock::Moment;
use super::frame::Frame;
use super::note::Notes;
use super::number::{Bytes, Count, Maybe, Seconds};
use super::state::State;
use crate::http::Problem;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use history::{History, PERIODS};
use lineage::Lineage;
use rows::{Rows, COLUMNS};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "table/table.html", blocks = ["main"])]
struct Page {
    frame: Frame,
    address: Address,
    table: Table,
    history: History,
    lineage: Lineage,
    /// The first column that is shown, from 1.
    from: usize,
    rows: Rows,
    notes: Notes,
    changes: Vec<Change>,
    /// Whose changes these are.
    of: String,
}

#[derive(Deserialize)]
struct Table {
    name: String,
    shortname: String,
    schema: Maybe<String>,
    is_there: bool,
    may_read: bool,
    description: Maybe<String>,
    owner: Maybe<String>,
    table_type: Maybe<String>,
    data_date: Maybe<String>,
    run_date: Maybe<String>,
    run_type: Maybe<String>,
    quota: Maybe<String>,
    keeps: Maybe<i64>,
    kept_by: Maybe<String>,
    rows: Maybe<Count>,
    size: Maybe<Bytes>,
    partitions: i64,
    cause: String,
    sentence: String,
    fresh: State,
    expected_by: Option<Moment>,
    published_at: Option<Moment>,
    late_since: Option<Moment>,
    blocked_by: Maybe<String>,
    /// Why it is not fresh, the nearest first.
    causes: Vec<String>,
    pipelines: Vec<String>,
    columns: Vec<Column>,
    log: Vec<Log>,
    ledger: Vec<Interval>,
}

#[derive(Deserialize)]
struct Column {
    name: String,
    kind: String,
    not_null: bool,
    key: bool,
    usual: Maybe<String>,
    comment: Maybe<String>,
}

#[derive(Deserialize)]
struct Log {
    run_date: Maybe<String>,
    action: String,
    state: State,
    rows: Maybe<Count>,
    seconds: Option<Seconds>,
    update_date: Moment,
    process_id: Maybe<String>,
    message: String,
}

/// An interval of the ledger.
#[derive(Deserialize)]
struct Interval {
    start: String,
    state: State,
    reason: Maybe<String>,
}

impl Table {
    fn state(&self) -> State {
        State::of_cause(&self.cause)
    }
}

pub async fn page(asked: Asked, Path(name): Path<String>) -> Result<Response, Problem> {
    let address = Address::of_page(&asked);
    let mut session = asked.reads().await?;
    let found: Vec<Table> = session.list(include_str!("table.sql"), &[&name]).await?;
    let table = found.into_iter().next().ok_or_else(|| Problem::unknown("table", &name))?;
    let history = History::read(&mut session, &name, &address).await?;
    let lineage = Lineage::read(&mut session, &name, &address).await?;
    let notes = Notes::on(&mut session, "table", &name).await?;
    let changes = audit::history(&mut session, &["table", "watermark"], &name).await?;
    session.commit_and_go_on().await?;
    let from = address.get("column").parse::<usize>().unwrap_or(1).clamp(1, table.columns.len().max(1));
    let rows = Rows::read(&asked, &table, from).await;
    Ok(answer!(
        asked.fragment,
        Page { frame: asked.frame, address, table, history, lineage, from, rows, notes, changes, of: name }
    ))
}
