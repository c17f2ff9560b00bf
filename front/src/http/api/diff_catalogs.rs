//! POST /api/ai/diff/catalogs

use super::catalog_files::{CatalogText, Files};
use crate::catalog_set::{changes, Change, Set, Stated, CURRENT};
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{fields, Payload, YesNo};
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::App;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

fields! {
    /// Catalogs to compare.
    pub struct DiffFields {
        /// A file of catalogs, or a list of them.
        data: Vec<CatalogText> = Files,
        /// Y: they are all that there is, so that what the database has beside them is gone.
        whole: bool = YesNo(false),
    }
}

/// How they compare with what is in force.
#[derive(Serialize, ToSchema)]
pub struct DiffAnswer {
    message: String,
    changes: Vec<Change>,
}

/// Shows what loading these catalogs would change.
#[utoipa::path(post, path = "/api/ai/diff/catalogs", operation_id = "diff_catalogs", tag = "catalog",
    request_body(content((DiffFields = "application/json"))),
    responses((status = 200, body = DiffAnswer), ErrorResponses))]
pub async fn diff_catalogs(
    State(app): State<App>,
    Payload { fields, .. }: Payload<DiffFields>,
) -> Result<Reply, Problem> {
    let rows = app.database.reads().await?.query(CURRENT, &[]).await?;
    let stated = rows.iter().map(Stated::read).collect::<Result<_, _>>()?;
    let work = move || {
        let set = Set::of(fields.data.into_iter().map(|file| (file.source, file.text)), fields.whole);
        changes(&set, stated)
    };
    let compared = tokio::task::spawn_blocking(work).await;
    let compared = compared.map_err(|error| Problem::internal(&error.to_string()))?;
    let changes = compared.map_err(|failure| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, failure.message)
            .hint("POST /api/ai/check/catalogs lists all errors.")
    })?;
    let different = changes.iter().filter(|change| change.is_difference()).count();
    let message = format!("Success: {different} of {} definitions differ", changes.len());
    Ok(Reply::ok(json!(DiffAnswer { message, changes })))
}
