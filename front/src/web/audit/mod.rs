//! `/audit`: who did what, when and by which way; `history` is the same of one object, on its page.

mod change;

use super::address::Address;
use super::asked::{answer, list, Asked};
use super::frame::Frame;
use super::told::Told;
use crate::db::{Parameter, Session};
use crate::http::audit_list::{parameters, OPTIONS, SQL};
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
const KINDS: [&str; 14] = [
    "",
    "table",
    "pipeline",
    "function",
    "view",
    "query",
    "parameter",
    "watermark",
    "schedule",
    "pause",
    "user",
    "key",
    "file",
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
    let filters = parameters(&listing);
    let filters: Vec<&dyn Parameter> = filters.iter().map(|filter| filter as &dyn Parameter).collect();
    let (changes, next) = listing.rows(&mut session, SQL, &filters).await?;
    session.commit_and_go_on().await?;
    Ok(answer!(asked.fragment, Audit { frame: asked.frame, address, changes, next, told: None }))
}

/// The last changes of what has this name and one of these kinds, without its runs.
///
/// # Errors
/// The database.
pub async fn history(session: &mut Session, kinds: &[&str], name: &str) -> Result<Vec<Change>, Problem> {
    let kinds: Vec<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    list(session, include_str!("history.sql"), &[&kinds, &name]).await
}
