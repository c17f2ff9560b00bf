//! `/log`: what was done to which table, the newest first.

use super::asked::{answer, Asked};
use super::clock::Moment;
use super::frame::Frame;
use super::listed::{download, Base, Column, Format, List, Shown, OF_SHOWING};
use super::number::{Count, Maybe, Seconds};
use super::state::State;
use super::told::Told;
use crate::http::{Filter, ListOptions, Problem, Takes};
use askama::Template;
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "log/log.html", blocks = ["main"])]
struct Log {
    frame: Frame,
    list: Shown,
    rows: Vec<Row>,
    told: Option<Told>,
}

#[derive(Deserialize)]
struct Row {
    id: i64,
    table_name: String,
    run_date: Maybe<String>,
    action: String,
    state: State,
    rows: Maybe<Count>,
    seconds: Option<Seconds>,
    update_date: Moment,
    process_id: Maybe<String>,
    by: String,
    said: String,
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
        Filter { name: "error", takes: Takes::Text, words: "Part of the message of what failed" },
    ],
};

/// The filters that the form has fields for.
const FIELDS: [&str; 5] = ["table", "action", "from", "to", "error"];

static LIST: List = List {
    path: "/log",
    columns: &[
        Column::new("update_date", "At").sorts("timestamptz").known(),
        Column::new("id", "Id").sorts("bigint").known().extra().class("num"),
        Column::new("table_name", "Table").sorts("text").known(),
        Column::new("run_date", "Run date").sorts("date"),
        Column::new("action", "Action").sorts("text").known(),
        Column::new("state", "State").sorts("text").known(),
        Column::new("rows", "Rows").sorts("bigint").class("num"),
        Column::new("seconds", "Took").sorts("double precision").class("num"),
        Column::new("by", "By").class("less"),
        Column::new("message", "Message"),
    ],
    usual: "-update_date",
    key: &["id"],
    window: Some(10_000),
};

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    let mut list = Shown::read(&LIST, &asked.query)?;
    let mut base = Base::new(include_str!("log.sql"), include_str!("shown.sql"));
    let filters = asked.query.iter().filter(|(name, _)| !OF_SHOWING.contains(&name.as_str()));
    let filters = form_urlencoded::Serializer::new(String::new()).extend_pairs(filters).finish();
    let listing = match OPTIONS.read(Some(&filters)) {
        Ok(listing) => listing,
        Err(problem) => {
            let status = problem.status;
            let page = Log { frame: asked.frame, list, rows: Vec::new(), told: Some(Told::of(&problem)) };
            return Ok(answer!(asked.fragment, status, page));
        }
    };
    for (name, condition) in [
        ("table", "table_name = $?"),
        ("action", "action_type::text = $?"),
        ("from", "run_date >= $?::date"),
        ("to", "run_date <= $?::date"),
        ("error", "status = 1 and strpos(lower(message), lower($?)) > 0"),
    ] {
        base.only(condition, listing.filter(name).unwrap_or_default());
    }
    // As words, for which the index of what failed is found.
    match listing.filter("status") {
        Some("0") => base.where_("status = 0"),
        Some("1") => base.where_("status = 1"),
        Some(_) => base.where_("status = 2"),
        None => {}
    }
    if list.format != Format::Page {
        return download(&asked, list, base).await;
    }
    let mut session = asked.reads().await?;
    let rows = list.rows(&mut session, &base).await?;
    session.commit_and_go_on().await?;
    Ok(answer!(asked.fragment, Log { frame: asked.frame, list, rows, told: None }))
}
