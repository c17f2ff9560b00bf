//! `/log`: what was done to which table, the newest first.

use super::address::Address;
use super::asked::{answer, Asked};
use super::clock::Moment;
use super::frame::Frame;
use super::number::{Count, Maybe, Seconds};
use super::state::State;
use crate::http::{Filter, ListOptions, Problem, Takes};
use askama::Template;
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "log/log.html", blocks = ["main"])]
struct Log {
    frame: Frame,
    address: Address,
    rows: Vec<Row>,
    next: Option<String>,
    problem: Option<Problem>,
}

#[derive(Deserialize)]
struct Row {
    table_name: String,
    run_date: Maybe<String>,
    action: String,
    state: State,
    rows: Maybe<Count>,
    seconds: Option<Seconds>,
    update_date: Moment,
    process_id: Maybe<String>,
    by: String,
    message: String,
}

const ACTIONS: [&str; 7] = ["common", "rerun", "initial", "retention", "backup", "ingestion", "migrate"];
const OPTIONS: ListOptions = ListOptions {
    sorts: &["update_date"],
    descending: true,
    filters: &[
        Filter { name: "table", takes: Takes::Text, words: "Name of a table" },
        Filter { name: "action", takes: Takes::OneOf(&ACTIONS), words: "What was done" },
        Filter {
            name: "status",
            takes: Takes::OneOf(&["0", "1", "2"]),
            words: "0 success, 1 failed, 2 processing",
        },
        Filter { name: "from", takes: Takes::Date, words: "First run date" },
        Filter { name: "to", takes: Takes::Date, words: "Last run date" },
        Filter { name: "message", takes: Takes::Text, words: "Part of the message" },
    ],
};

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    let address = Address::new("/log", &asked.query);
    let listing = match OPTIONS.read(Some(&asked.query_text())) {
        Ok(listing) => listing,
        Err(problem) => {
            let status = problem.status;
            let page =
                Log { frame: asked.frame, address, rows: Vec::new(), next: None, problem: Some(problem) };
            return Ok(answer!(asked.fragment, status, page));
        }
    };
    let mut session = asked.reads().await?;
    let [table, action, status, from, to, message] =
        ["table", "action", "status", "from", "to", "message"].map(|name| listing.filter(name));
    let more: [&dyn crate::db::Parameter; 6] = [&table, &action, &status, &from, &to, &message];
    let (rows, next) = listing.rows(&mut session, include_str!("log.sql"), &more).await?;
    session.commit_and_go_on().await?;
    Ok(answer!(asked.fragment, Log { frame: asked.frame, address, rows, next, problem: None }))
}
