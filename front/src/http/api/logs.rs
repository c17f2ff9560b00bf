//! GET /api/ai/tables/{name}/logs

use crate::http::error_answers::ErrorResponses;
use crate::http::form::Target;
use crate::http::pagination::{query_of, Filter, ListOptions, Page, Takes};
use crate::http::path::Name;
use crate::http::problem::Problem;
use crate::http::App;
use axum::extract::{RawQuery, State};
use utoipa::ToSchema;

/// A page of a table's log.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Logs {
    message: String,
    /// What `after` takes to go on; null on the last page.
    next: Option<String>,
    logs: Vec<Log>,
}

/// What an action did to a table on a run date.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Log {
    id: i64,
    table_name: String,
    data_date: Option<String>,
    run_date: Option<String>,
    update_date: String,
    row_record: Option<i64>,
    process_time: Option<f64>,
    action_type: String,
    status: i32,
    process_id: Option<String>,
    message: Option<String>,
    by: Option<String>,
}

const OPTIONS: ListOptions = ListOptions {
    sorts: &["run_date"],
    descending: true,
    filters: &[
        Filter {
            name: "status",
            takes: Takes::OneOf(&["0", "1", "2"]),
            words: "0 success, 1 failed, 2 processing",
        },
        Filter {
            name: "action",
            takes: Takes::OneOf(&[
                "common",
                "rerun",
                "initial",
                "retention",
                "backup",
                "ingestion",
                "migrate",
            ]),
            words: "common, rerun, initial, retention, backup, ingestion or migrate",
        },
        Filter { name: "from", takes: Takes::Date, words: "First run date" },
        Filter { name: "to", takes: Takes::Date, words: "Last run date" },
    ],
};
query_of!(OPTIONS, LogsQuery);

/// What was done to a table, the newest run date first.
#[utoipa::path(get, path = "/api/ai/tables/{name}/logs", operation_id = "list_logs", tag = "tasks",
    params(("name" = String, Path, description = "Name or short name of a table"), LogsQuery),
    responses((status = 200, body = Logs), ErrorResponses))]
pub async fn list(
    State(app): State<App>,
    Name(name): Name,
    RawQuery(query): RawQuery,
) -> Result<Page, Problem> {
    let listing = OPTIONS.read(query.as_deref())?;
    let mut session = app.database.looks().await?;
    let name = super::target::resolve(&mut session, &Target { kind: "table", name }).await?;
    listing
        .page(
            &mut session,
            include_str!("sql/logs.sql"),
            "logs",
            &[
                &name,
                &listing.filter("status"),
                &listing.filter("action"),
                &listing.filter("from"),
                &listing.filter("to"),
            ],
        )
        .await
}
