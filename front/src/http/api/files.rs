//! GET /api/ai/files, POST /api/ai/files/skip

use crate::db::Session;
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{fields, Form, Needed, Text};
use crate::http::idempotency::{self, Lane};
use crate::http::pagination::{query_of, Filter, ListOptions, Page, Takes};
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::App;
use axum::extract::{RawQuery, State};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// A page of files.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Files {
    message: String,
    /// What `after` takes to go on; null on the last page.
    next: Option<String>,
    files: Vec<File>,
}

/// A file that landed by itself, or did not.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct File {
    table: String,
    path: String,
    /// landed, refused, changed or skipped.
    state: String,
    size: i64,
    modified_at: String,
    /// SHA-256.
    checksum: Option<String>,
    rows: i64,
    refused_rows: i64,
    message: String,
    process_id: Option<String>,
    noted_at: String,
}

fields! {
    /// A file that is to be left as it is.
    pub struct SkipFileFields {
        /// The table, by its name.
        table: String = Needed(Text),
        /// As the list has it.
        path: String = Needed(Text),
        /// Why, for those who miss its rows.
        reason: String = Needed(Text),
    }
}

/// A file that holds up nothing any more.
#[derive(Serialize, ToSchema)]
pub struct SkipFileAnswer {
    message: String,
    table: String,
    path: String,
}

const OPTIONS: ListOptions = ListOptions {
    sorts: &["noted_at"],
    descending: true,
    filters: &[
        Filter { name: "table", takes: Takes::Text, words: "The table, by its name" },
        Filter {
            name: "state",
            takes: Takes::OneOf(&["landed", "refused", "changed", "skipped"]),
            words: "landed, refused, changed or skipped",
        },
    ],
};
query_of!(OPTIONS, FilesQuery);

/// The files that the service took by itself, or why it did not, the newest first.
#[utoipa::path(get, path = "/api/ai/files", operation_id = "list_files", tag = "rows",
    params(FilesQuery),
    responses((status = 200, body = Files), ErrorResponses))]
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Page, Problem> {
    let listing = OPTIONS.read(query.as_deref())?;
    let mut session = app.database.looks().await?;
    let more: [&dyn crate::db::Parameter; 2] = [&listing.filter("table"), &listing.filter("state")];
    listing.page(&mut session, include_str!("sql/files.sql"), "files", &more).await
}

/// Leaves a refused file as it is, so that those after it land, or one that changed after it had landed.
#[utoipa::path(post, path = "/api/ai/files/skip", operation_id = "skip_file", tag = "rows",
    params(crate::http::idempotency::IdempotencyKey),
    request_body(content((SkipFileFields = "application/json"), (SkipFileFields = "application/x-www-form-urlencoded"),
        (SkipFileFields = "multipart/form-data"))),
    responses((status = 200, body = SkipFileAnswer), ErrorResponses))]
pub async fn skip(
    State(app): State<App>,
    Form { fields, asked }: Form<SkipFileFields>,
) -> Result<Reply, Problem> {
    let SkipFileFields { table, path, reason } = fields;
    idempotency::in_transaction(&app, Lane::Quick, asked, async |session: &mut Session| {
        session.query("select dfa.skip_file($1, $2, $3)::text", &[&table, &path, &reason]).await?;
        let message = format!("Success: File '{path}' of '{table}' is skipped");
        Ok(Reply::ok(json!(SkipFileAnswer { message, table, path })))
    })
    .await
}
