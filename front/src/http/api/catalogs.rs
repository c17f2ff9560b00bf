//! GET /api/ai/catalogs/{name}

use crate::db::Columns;
use crate::http::error_answers::ErrorResponses;
use crate::http::path::Name;
use crate::http::problem::Problem;
use crate::http::reply::Document;
use crate::http::App;
use axum::extract::State;
use serde_json::Value;
use utoipa::ToSchema;

/// A definition.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Catalog {
    message: String,
    /// table, function, view, query or pipeline.
    kind: String,
    name: String,
    shortname: Option<String>,
    version: String,
    source: Option<String>,
    loaded_at: String,
    loaded_by: String,
    set_up_at: Option<String>,
    #[schema(value_type = Object)]
    document: Value,
    versions: Vec<Version>,
}

/// A version of a definition.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Version {
    version: String,
    current: bool,
    source: Option<String>,
    loaded_at: String,
    loaded_by: String,
}

/// A definition as it was loaded, with its versions.
#[utoipa::path(get, path = "/api/ai/catalogs/{name}", operation_id = "get_catalog", tag = "catalog",
    params(("name" = String, Path, description = "Name or short name of a table, function, view, query or pipeline")),
    responses((status = 200, body = Catalog), ErrorResponses))]
pub async fn get(State(app): State<App>, Name(name): Name) -> Result<Document, Problem> {
    let mut session = app.database.looks().await?;
    let row = session.query_opt(include_str!("sql/catalog.sql"), &[&name]).await?;
    match row {
        Some(row) => Ok(Document(row.value("answer")?)),
        None => Err(Problem::unknown("catalog", &name).hint("GET /api/ai/tables lists the tables.")),
    }
}
