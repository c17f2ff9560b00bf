//! GET /api/ai/catalogs/{name}

use crate::http::openapi::{Catalog, ErrorResponses};
use crate::http::path::Name;
use crate::http::problem::Problem;
use crate::http::reply::Document;
use crate::http::App;
use axum::extract::State;

/// A definition as it was loaded, with its versions.
#[utoipa::path(get, path = "/api/ai/catalogs/{name}", tag = "catalog",
    params(("name" = String, Path, description = "Name or short name of a table, function, view, query or pipeline")),
    responses((status = 200, body = Catalog), ErrorResponses))]
pub async fn get(State(app): State<App>, Name(name): Name) -> Result<Document, Problem> {
    let mut session = app.database.reads().await?;
    let row = session.query_opt(include_str!("sql/catalog.sql"), &[&name]).await?;
    match row {
        Some(row) => Ok(Document(row.get(0))),
        None => Err(Problem::unknown("catalog", &name).hint("GET /api/ai/tables lists the tables.")),
    }
}
