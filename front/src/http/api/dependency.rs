//! GET /api/ai/get/dpc/{shortname}

use crate::db::Columns;
use crate::http::error_answers::ErrorResponses;
use crate::http::path::Name;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::App;
use axum::extract::State;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What reads what.
#[derive(Serialize, ToSchema)]
pub struct Dependency {
    message: String,
    /// By process: its targets, each with its sources.
    processes: BTreeMap<String, Vec<Written>>,
}

/// A table that a process writes.
#[derive(Serialize, ToSchema)]
pub struct Written {
    target: String,
    sources: Vec<String>,
}

/// By process of a table: the table that it writes, and those that it reads.
#[utoipa::path(get, path = "/api/ai/get/dpc/{shortname}", operation_id = "get_dependencies", tag = "catalog",
    params(("shortname" = String, Path, description = "Short name or name of a table")),
    responses((status = 200, body = Dependency), ErrorResponses))]
pub async fn get(State(app): State<App>, Name(shortname): Name) -> Result<Reply, Problem> {
    let mut session = app.database.looks().await?;
    let rows =
        session.query("select process, target, sources from dfa.dependency($1)", &[&shortname]).await?;
    let mut processes: BTreeMap<String, Vec<Written>> = BTreeMap::new();
    for row in &rows {
        let written = Written { target: row.value("target")?, sources: row.value("sources")? };
        processes.entry(row.value("process")?).or_default().push(written);
    }
    let message = format!("Success: Dependencies of '{shortname}'");
    Ok(Reply::ok(json!(Dependency { message, processes })))
}
