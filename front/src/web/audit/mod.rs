//! `/audit`: who did what, when and by which way; `history` is the same of one object, on its page.

mod change;

use super::address::Address;
use super::asked::{answer, Asked};
use super::frame::Frame;
use super::told::Told;
use crate::db::Session;
use crate::http::audit_list::{statement, OPTIONS};
use crate::http::Problem;
use askama::Template;
use axum::response::Response;
pub use change::Change;

#[derive(Template)]
#[template(path = "audit/audit.html", blocks = ["main"])]
struct Audit {
    frame: Frame,
    address: Address,
    changes: Vec<Change>,
    next: Option<String>,
    /// What was wrong with a filter.
    told: Option<Told>,
}

const WAYS: [&str; 7] = ["", "web", "rest", "cli", "sql", "scheduler", "trigger"];
const KINDS: [&str; 19] = [
    "",
    "table",
    "pipeline",
    "function",
    "view",
    "query",
    "parameter",
    "watermark",
    "schedule",
    "schema",
    "pause",
    "note",
    "user",
    "key",
    "channel",
    "rule",
    "file",
    "data file",
    "task",
];

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    let address = Address::new("/audit", &asked.query);
    let listing = match OPTIONS.read(Some(&asked.query_text())) {
        Ok(listing) => listing,
        Err(problem) => {
            let status = problem.status;
            let page = Audit {
                frame: asked.frame,
                address,
                changes: Vec::new(),
                next: None,
                told: Some(Told::of(&problem)),
            };
            return Ok(answer!(asked.fragment, status, page));
        }
    };
    let mut session = asked.reads().await?;
    let made = statement(&listing);
    let (changes, next) = listing.rows(&mut session, &made.sql, &made.values()).await?;
    session.commit_and_go_on().await?;
    Ok(answer!(asked.fragment, Audit { frame: asked.frame, address, changes, next, told: None }))
}

/// The last changes of what has this name and one of these kinds, without its runs.
///
/// # Errors
/// The database.
pub async fn history(session: &mut Session, kinds: &[&str], name: &str) -> Result<Vec<Change>, Problem> {
    let kinds: Vec<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    session.list(include_str!("history.sql"), &[&kinds, &name]).await
}
