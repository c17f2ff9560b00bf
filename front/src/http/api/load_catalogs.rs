//! POST /api/ai/load/catalogs

use super::catalog_files::{CatalogText, Files};
use crate::catalog_set::Stored;
use crate::db::Session;
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{fields, Payload, YesNo};
use crate::http::idempotency::{self, IdempotencyKey, Lane};
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::App;
use axum::extract::State;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

fields! {
    /// Catalogs to store.
    pub struct LoadFields {
        /// A file of catalogs, or a list of them.
        data: Vec<CatalogText> = Files,
        /// Y (default): all or nothing. N: what is sound is stored, and the answer says what is not.
        strict: bool = YesNo(true),
        /// Y: take out of force what the database has and these files have not; history and data stay.
        prune: bool = YesNo(false),
    }
}

/// What became of catalogs.
#[derive(Serialize, ToSchema)]
pub struct LoadAnswer {
    message: String,
    definitions: Vec<Stored>,
}

/// Stores catalogs; setup creates what they define.
#[utoipa::path(post, path = "/api/ai/load/catalogs", operation_id = "load_catalogs", tag = "catalog",
    params(IdempotencyKey),
    request_body(content((LoadFields = "application/json"))),
    responses((status = 200, body = LoadAnswer), ErrorResponses))]
pub async fn load(
    State(app): State<App>,
    Payload { fields, asked }: Payload<LoadFields>,
) -> Result<Reply, Problem> {
    let LoadFields { data: files, strict, prune } = fields;
    let (sources, texts): (Vec<String>, Vec<String>) =
        files.into_iter().map(|file| (file.source, file.text)).unzip();
    idempotency::in_transaction(&app, Lane::Work, asked, async |session: &mut Session| {
        let rows =
            session.call(include_str!("sql/load_catalogs.sql"), &[&texts, &sources, &strict, &prune]).await?;
        let definitions: Vec<Stored> = rows.iter().map(Stored::read).collect::<Result<_, _>>()?;
        let count = |action: &str| definitions.iter().filter(|it| it.action == action).count();
        let message = format!(
            "Success: Load {} definitions ({} new, {} changed, {} same, {} older, {} retired, {} refused)",
            definitions.len(),
            count("new"),
            count("changed"),
            count("same"),
            count("older"),
            count("retired"),
            count("refused")
        );
        Ok(Reply::ok(json!(LoadAnswer { message, definitions })))
    })
    .await
}
