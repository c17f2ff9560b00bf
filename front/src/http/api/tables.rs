//! GET /api/ai/tables

use crate::http::error_answers::ErrorResponses;
use crate::http::pagination::{ListOptions, Page};
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
    filters: &["type", "prefix", "search"],
};

/// Tables with their watermarks.
#[utoipa::path(get, path = "/api/ai/tables", operation_id = "list_tables", tag = "catalog",
    params(crate::http::pagination::Paging,
        ("sort" = Option<String>, Query, pattern = "^(-?(name|data_date|run_date|update_date))?$",
            description = "Column, with - before it for the other direction"),
        ("type" = Option<String>, Query, pattern = "^(|master|transaction|report|adjustment|undefined)$", description = "master, transaction, report, adjustment or undefined"),
        ("prefix" = Option<String>, Query, description = "ai, src, imp, ctr, …"),
        ("search" = Option<String>, Query, description = "Part of a name")),
    responses((status = 200, body = Tables), ErrorResponses))]
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Page, Problem> {
    let listing = OPTIONS.read(query.as_deref())?;
    let types = ["master", "transaction", "report", "adjustment", "undefined"];
    let table_type = listing.filter_of("type", &types)?;
    let mut session = app.database.reads().await?;
    listing
        .page(
            &mut session,
            include_str!("sql/tables.sql"),
            "tables",
            &[&table_type, &listing.filter("prefix"), &listing.filter("search")],
        )
        .await
}
