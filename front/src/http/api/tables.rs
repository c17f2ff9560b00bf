//! GET /api/ai/tables

use crate::http::error_answers::ErrorResponses;
use crate::http::pagination::{query_of, Filter, ListOptions, Page, Takes};
use crate::http::problem::Problem;
use crate::http::App;
use axum::extract::{RawQuery, State};
use utoipa::ToSchema;

/// A page of tables.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Tables {
    message: String,
    /// What `after` takes to go on; null on the last page.
    next: Option<String>,
    tables: Vec<Table>,
}

/// A table with its watermark; without one it is not set up.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Table {
    name: String,
    shortname: Option<String>,
    version: String,
    system_type: Option<String>,
    table_type: Option<String>,
    data_date: Option<String>,
    run_date: Option<String>,
    run_type: Option<String>,
    update_date: Option<String>,
    run_count_now: Option<i64>,
    run_count_max: Option<i64>,
    rtt_value: Option<f64>,
    rtt_column: Option<String>,
    active_flg: Option<String>,
    set_up_at: Option<String>,
}

const OPTIONS: ListOptions = ListOptions {
    sorts: &["name", "data_date", "run_date", "update_date"],
    descending: false,
    filters: &[
        Filter {
            name: "type",
            takes: Takes::OneOf(&["master", "transaction", "report", "adjustment", "undefined"]),
            words: "master, transaction, report, adjustment or undefined",
        },
        Filter { name: "prefix", takes: Takes::Text, words: "ai, src, imp, ctr, …" },
        Filter { name: "search", takes: Takes::Text, words: "Part of a name" },
    ],
};
query_of!(OPTIONS, TablesQuery);

/// Tables with their watermarks.
#[utoipa::path(get, path = "/api/ai/tables", operation_id = "list_tables", tag = "catalog",
    params(TablesQuery),
    responses((status = 200, body = Tables), ErrorResponses))]
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Page, Problem> {
    let listing = OPTIONS.read(query.as_deref())?;
    let mut session = app.database.looks().await?;
    listing
        .page(
            &mut session,
            include_str!("sql/tables.sql"),
            "tables",
            &[&listing.filter("type"), &listing.filter("prefix"), &listing.filter("search")],
        )
        .await
}
