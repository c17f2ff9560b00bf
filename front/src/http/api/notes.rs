//! GET and POST /api/ai/notes, DELETE /api/ai/notes/{id}

use crate::db::{Columns, Session};
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{fields, Form, Moment, Needed, NoFields, OneOf, Text};
use crate::http::idempotency::{self, Lane};
use crate::http::pagination::{query_of, Filter, ListOptions, Page, Takes};
use crate::http::path::Name;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::App;
use axum::extract::{RawQuery, State};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// What notes can be on.
const KINDS: &[&str] = &["table", "pipeline", "view", "function", "query", "task"];

/// A page of notes.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Notes {
    message: String,
    /// What `after` takes to go on; null on the last page.
    next: Option<String>,
    notes: Vec<Note>,
}

/// What somebody left for the others.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Note {
    id: i64,
    /// table, pipeline, view, function, query or task.
    kind: String,
    /// The name of that; of a task its process_id.
    name: String,
    text: String,
    person: String,
    created_at: String,
    /// null: it stands until it is removed.
    until: Option<String>,
}

fields! {
    /// A note to be left.
    pub struct AddNoteFields {
        /// What it is on: table (default), pipeline, view, function, query or task.
        kind: &'static str = OneOf(KINDS),
        /// The name or short name of that; of a task its process_id.
        name: String = Needed(Text),
        /// What it says, 10,000 characters at most.
        text: String = Needed(Text),
        /// When it is over (default: when it is removed).
        until: Option<String> = Moment,
    }
}

/// A note by its number.
#[derive(Serialize, ToSchema)]
pub struct NoteAnswer {
    message: String,
    id: i64,
}

const OPTIONS: ListOptions = ListOptions {
    sorts: &["created_at"],
    descending: true,
    filters: &[
        Filter { name: "kind", takes: Takes::OneOf(KINDS), words: "What they are on" },
        Filter { name: "name", takes: Takes::Text, words: "The name of that; of a task its process_id" },
    ],
};
query_of!(OPTIONS, NotesQuery);

/// The notes that stand, the newest first.
#[utoipa::path(get, path = "/api/ai/notes", operation_id = "list_notes", tag = "notes",
    params(NotesQuery),
    responses((status = 200, body = Notes), ErrorResponses))]
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Page, Problem> {
    let listing = OPTIONS.read(query.as_deref())?;
    let mut session = app.database.looks().await?;
    let more: [&dyn crate::db::Parameter; 2] = [&listing.filter("kind"), &listing.filter("name")];
    listing.page(&mut session, include_str!("sql/notes.sql"), "notes", &more).await
}

/// Leaves a note on a table, pipeline, task and so on.
#[utoipa::path(post, path = "/api/ai/notes", operation_id = "add_note", tag = "notes",
    params(crate::http::idempotency::IdempotencyKey),
    request_body(content((AddNoteFields = "application/json"), (AddNoteFields = "application/x-www-form-urlencoded"),
        (AddNoteFields = "multipart/form-data"))),
    responses((status = 200, body = NoteAnswer), ErrorResponses))]
pub async fn add(
    State(app): State<App>,
    Form { fields, asked }: Form<AddNoteFields>,
) -> Result<Reply, Problem> {
    let AddNoteFields { kind, name, text, until } = fields;
    idempotency::in_transaction(&app, Lane::Quick, asked, async |session: &mut Session| {
        let row = session
            .query_one(
                "select dfa.add_note($1, $2, $3, $4::text::timestamptz) as id",
                &[&kind, &name, &text, &until],
            )
            .await?;
        let message = format!("Success: Note on {kind} '{name}'");
        Ok(Reply::ok(json!(NoteAnswer { message, id: row.value("id")? })))
    })
    .await
}

/// Removes a note; the audit keeps it. Who wrote it may, and admins.
#[utoipa::path(delete, path = "/api/ai/notes/{id}", operation_id = "remove_note", tag = "notes",
    params(("id" = i64, Path, description = "Number of the note"), crate::http::idempotency::IdempotencyKey),
    responses((status = 200, body = NoteAnswer), ErrorResponses))]
pub async fn remove(
    State(app): State<App>,
    Name(id): Name,
    Form { asked, .. }: Form<NoFields>,
) -> Result<Reply, Problem> {
    let id: i64 = id.parse().map_err(|_| Problem::unknown("note", &id))?;
    idempotency::in_transaction(&app, Lane::Quick, asked, async |session: &mut Session| {
        session.query("select dfa.remove_note($1)::text", &[&id]).await?;
        let message = format!("Success: Note {id} is removed");
        Ok(Reply::ok(json!(NoteAnswer { message, id })))
    })
    .await
}
