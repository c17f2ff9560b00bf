//! `/log`: what was done to which table, the newest first.

use super::address::Address;
use super::asked::{answer, Asked};
use super::clock::Moment;
use super::frame::Frame;
use super::number::{Count, Maybe, Seconds};
use super::state::State;
use crate::http::{ListOptions, Listing, Problem};
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

const OPTIONS: ListOptions = ListOptions {
    sorts: &["update_date"],
    descending: true,
    filters: &["table", "action", "status", "from", "to", "message"],
};
const ACTIONS: [&str; 7] = ["common", "rerun", "initial", "retention", "backup", "ingestion", "migrate"];

/// What is asked for, checked.
struct Filters<'a>([Option<&'a str>; 6]);

impl<'a> Filters<'a> {
    fn of(listing: &'a Listing) -> Result<Self, Problem> {
        Ok(Filters([
            listing.filter("table"),
            listing.filter_of("action", &ACTIONS)?,
            listing.filter_of("status", &["0", "1", "2"])?,
            listing.filter_date("from")?,
            listing.filter_date("to")?,
            listing.filter("message"),
        ]))
    }
}

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    let address = Address::new("/log", &asked.query);
    let listing = OPTIONS.read(Some(&asked.query_text()));
    let filters = listing.as_ref().map_err(Clone::clone).and_then(Filters::of);
    let (Ok(listing), Ok(Filters([table, action, status, from, to, message]))) = (&listing, &filters) else {
        let problem = filters.err();
        let status = problem.as_ref().map_or(axum::http::StatusCode::BAD_REQUEST, |problem| problem.status);
        let page = Log { frame: asked.frame, address, rows: Vec::new(), next: None, problem };
        return Ok(answer!(asked.fragment, status, page));
    };
    let mut session = asked.reads().await?;
    let more: [&dyn crate::db::Parameter; 6] = [table, action, status, from, to, message];
    let (rows, next) = listing.rows(&mut session, include_str!("log.sql"), &more).await?;
    session.commit_and_go_on().await?;
    Ok(answer!(asked.fragment, Log { frame: asked.frame, address, rows, next, problem: None }))
}
