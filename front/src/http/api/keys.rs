//! GET and POST /api/ai/keys, POST /api/ai/keys/{name}/revoke

use crate::db::{Columns, Session};
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{fields, Form, List, Moment, Needed, NoFields, OneOf, Pattern};
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

/// A page of keys.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Keys {
    message: String,
    /// What `after` takes to go on; null on the last page.
    next: Option<String>,
    keys: Vec<Key>,
}

/// A key, without what opens.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct Key {
    name: String,
    /// reader, operator or admin.
    role: String,
    /// Tables, pipelines and sources that it is for; null: all.
    patterns: Option<Vec<String>>,
    expires_at: Option<String>,
    created_at: String,
    created_by: String,
    revoked_at: Option<String>,
    revoked_by: Option<String>,
    /// To the minute.
    last_used_at: Option<String>,
    /// active, expired or revoked.
    state: String,
}

fields! {
    /// A key to be made.
    pub struct AddKeyFields {
        /// What logs call it.
        name: String = Needed(Pattern("^[A-Za-z0-9][A-Za-z0-9._@-]{0,39}$")),
        /// reader (default), operator or admin, in any case.
        role: &'static str = OneOf(&["reader", "operator", "admin"]),
        /// Tables, pipelines and sources that it is for, such as src_*, separated by commas (default: all).
        patterns: Option<Vec<String>> = List,
        /// Until when it is good (default: until it is revoked).
        expires: Option<String> = Moment,
    }
}

/// A new key.
#[derive(Serialize, ToSchema)]
pub struct KeyAnswer {
    message: String,
    name: String,
    /// The key itself: it is never shown again.
    key: String,
}

/// A key that opens nothing any more.
#[derive(Serialize, ToSchema)]
pub struct RevokeAnswer {
    message: String,
    name: String,
}

const OPTIONS: ListOptions = ListOptions {
    sorts: &["name"],
    descending: false,
    filters: &[Filter {
        name: "state",
        takes: Takes::OneOf(&["active", "expired", "revoked"]),
        words: "active, expired or revoked",
    }],
};
query_of!(OPTIONS, KeysQuery);

/// The keys of the service, without what opens.
#[utoipa::path(get, path = "/api/ai/keys", operation_id = "list_keys", tag = "keys",
    params(KeysQuery),
    responses((status = 200, body = Keys), ErrorResponses))]
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Page, Problem> {
    let listing = OPTIONS.read(query.as_deref())?;
    let mut session = app.database.looks().await?;
    listing.page(&mut session, include_str!("sql/keys.sql"), "keys", &[&listing.filter("state")]).await
}

/// Makes a key. Its answer is kept nowhere, so it takes no Idempotency-Key.
#[utoipa::path(post, path = "/api/ai/keys", operation_id = "add_key", tag = "keys",
    request_body(content((AddKeyFields = "application/json"), (AddKeyFields = "application/x-www-form-urlencoded"),
        (AddKeyFields = "multipart/form-data"))),
    responses((status = 200, body = KeyAnswer), ErrorResponses))]
pub async fn add(
    State(app): State<App>,
    Form { fields, asked }: Form<AddKeyFields>,
) -> Result<Reply, Problem> {
    let AddKeyFields { name, role, patterns, expires } = fields;
    if asked.key.is_some() {
        return Err(Problem::malformed(
            "an Idempotency-Key keeps the answer, and that of this request is a secret",
        )
        .hint("Leave it out; a key whose answer was lost is revoked, and another one made."));
    }
    idempotency::in_transaction(&app, Lane::Quick, asked, async |session: &mut Session| {
        let row = session
            .query_one(
                "select dfa.add_key($1, $2::text::dfa.key_role, $3, $4::text::timestamptz) as key",
                &[&name, &role, &patterns, &expires],
            )
            .await?;
        let message = format!("Success: Key '{name}' is made, and shown this once");
        let key = row.value("key")?;
        Ok(Reply::ok(json!(KeyAnswer { message, name, key })))
    })
    .await
}

/// Takes a key out of force, at once.
#[utoipa::path(post, path = "/api/ai/keys/{name}/revoke", operation_id = "revoke_key", tag = "keys",
    params(("name" = String, Path, description = "Name of the key"), crate::http::idempotency::IdempotencyKey),
    responses((status = 200, body = RevokeAnswer), ErrorResponses))]
pub async fn revoke(
    State(app): State<App>,
    Name(name): Name,
    Form { asked, .. }: Form<NoFields>,
) -> Result<Reply, Problem> {
    idempotency::in_transaction(&app, Lane::Control, asked, async |session: &mut Session| {
        session.query("select dfa.revoke_key($1)::text", &[&name]).await?;
        let message = format!("Success: Key '{name}' is revoked");
        Ok(Reply::ok(json!(RevokeAnswer { message, name })))
    })
    .await
}
