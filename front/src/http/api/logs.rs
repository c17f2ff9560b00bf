//! GET /api/ai/tables/{name}/logs

use crate::http::form::Target;
use crate::http::listing::{Page, Shape};
use crate::http::openapi::{ErrorResponses, Logs};
use crate::http::path::Name;
use crate::http::problem::Problem;
use crate::http::App;
use axum::extract::{RawQuery, State};

const SHAPE: Shape =
    Shape { sorts: &["run_date"], descending: true, filters: &["status", "action", "from", "to"] };

/// What was done to a table, the newest run date first.
#[utoipa::path(get, path = "/api/ai/tables/{name}/logs", tag = "tasks",
    params(("name" = String, Path, description = "Name or short name of a table"), crate::http::openapi::Paging,
        ("sort" = Option<String>, Query, pattern = "^(-?(run_date))?$",
            description = "Column, with - before it for the other direction"),
        ("status" = Option<String>, Query, pattern = "^[012]?$", description = "0 success, 1 failed, 2 processing"),
        ("action" = Option<String>, Query,
            pattern = "^(|common|rerun|initial|retention|backup|ingestion|migrate)$", description = "common, rerun, initial, retention, backup, ingestion or migrate"),
        ("from" = Option<String>, Query, format = Date, description = "First run date"),
        ("to" = Option<String>, Query, format = Date, description = "Last run date")),
    responses((status = 200, body = Logs), ErrorResponses))]
pub async fn list(
    State(app): State<App>,
    Name(name): Name,
    RawQuery(query): RawQuery,
) -> Result<Page, Problem> {
    let listing = SHAPE.read(query.as_deref())?;
    let status = listing.filter_of("status", &["0", "1", "2"])?;
    let actions = ["common", "rerun", "initial", "retention", "backup", "ingestion", "migrate"];
    let action = listing.filter_of("action", &actions)?;
    let (from, to) = (listing.filter_date("from")?, listing.filter_date("to")?);
    let mut session = app.database.reads().await?;
    let name = super::target::resolve(&mut session, &Target { kind: "table", name }).await?;
    listing
        .page(&mut session, include_str!("sql/logs.sql"), "logs", &[&name, &status, &action, &from, &to])
        .await
}
