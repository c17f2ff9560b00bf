//! `/run`: run, rerun or backfill a pipeline or a table.

use crate::db::Columns;
use crate::http::Problem;
use crate::web::asked::{answer, list, Asked};
use crate::web::form::Form;
use crate::web::frame::Frame;
use crate::web::number::{Count, Maybe, Seconds};
use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "act/run.html", blocks = ["main"])]
struct Ask {
    frame: Frame,
    name: String,
    mode: &'static str,
    today: String,
    nodes: Vec<Node>,
    /// Of all nodes one after another.
    expected: Seconds,
}

/// A node that will run, and what is known of it.
#[derive(Deserialize)]
struct Node {
    today: String,
    node: String,
    data_date: Maybe<String>,
    run_date: Maybe<String>,
    rows: Maybe<Count>,
    seconds: Option<Seconds>,
    open: Count,
}

const MODES: [&str; 3] = ["common", "rerun", "backfill"];

fn mode(text: &str) -> &'static str {
    MODES.into_iter().find(|mode| *mode == text).unwrap_or("common")
}

pub async fn ask(asked: Asked) -> Result<Response, Problem> {
    let name = asked.get("name").unwrap_or_default().to_owned();
    let mut session = asked.reads().await?;
    let nodes: Vec<Node> = list(&mut session, include_str!("nodes.sql"), &[&name]).await?;
    session.commit_and_go_on().await?;
    let first = nodes.first().ok_or_else(|| Problem::unknown("table or pipeline", &name))?;
    let today = asked.get("date").map_or_else(|| first.today.clone(), str::to_owned);
    let expected = Seconds(nodes.iter().filter_map(|node| node.seconds).map(|seconds| seconds.0).sum());
    let mode = mode(asked.get("mode").unwrap_or_default());
    Ok(answer!(asked.fragment, Ask { frame: asked.frame, name, mode, today, nodes, expected }))
}

pub async fn run(asked: Asked, form: Form) -> Result<Response, Problem> {
    let (name, date, to) = (form.get("name"), form.get("date"), form.get("to"));
    let mut session = asked.work().await?;
    const BACKFILL: &str =
        "select dfa.backfill($1, $2::text::date, $3::text::date, only_gaps => $4, downstream => $5) as process_id";
    const SUBMIT: &str = "select dfa.submit('data', $1, array[$2::text::date], $3) as process_id";
    let row = match mode(form.get("mode")) {
        "backfill" => {
            let to = if to.is_empty() { date } else { to };
            let (gaps, downstream) = (form.is_set("gaps"), form.is_set("downstream"));
            session.query_one(BACKFILL, &[&name, &date, &to, &gaps, &downstream]).await?
        }
        mode => session.query_one(SUBMIT, &[&name, &date, &mode]).await?,
    };
    let started: Option<String> = row.value("process_id")?;
    session.commit().await?;
    let place = match started {
        Some(process_id) => format!("/t/{process_id}"),
        // There was no gap to fill.
        None => "/tasks".to_owned(),
    };
    Ok(Redirect::to(&place).into_response())
}
