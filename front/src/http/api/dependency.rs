//! GET /api/ai/get/dpc/{shortname}

use crate::http::openapi::{Dependency, ErrorResponses};
use crate::http::path::Name;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::App;
use axum::extract::State;
use serde_json::{json, Map, Value};

/// By process of a table: the table that it writes, and those that it reads.
#[utoipa::path(get, path = "/api/ai/get/dpc/{shortname}", tag = "catalog",
    params(("shortname" = String, Path, description = "Short name or name of a table")),
    responses((status = 200, body = Dependency), ErrorResponses))]
pub async fn get(State(app): State<App>, Name(shortname): Name) -> Result<Reply, Problem> {
    let mut session = app.database.reads().await?;
    let rows =
        session.query("select process, target, sources from dfa.dependency($1)", &[&shortname]).await?;
    let mut processes: Map<String, Value> = Map::new();
    for row in &rows {
        let (target, sources): (String, Vec<String>) = (row.get(1), row.get(2));
        let process = processes.entry(row.get::<_, String>(0)).or_insert_with(|| json!([]));
        if let Value::Array(targets) = process {
            targets.push(json!({ "target": target, "sources": sources }));
        }
    }
    Ok(Reply::ok(
        json!({ "message": format!("Success: Dependencies of '{shortname}'"), "processes": processes }),
    ))
}
