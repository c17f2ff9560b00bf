//! POST /api/ai/check/catalogs

use super::catalog_files::{CatalogText, Files};
use crate::catalog_set::{check, Set};
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{fields, Payload};
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

fields! {
    /// Catalogs to check.
    pub struct CheckFields {
        /// A file of catalogs, or a list of them: a whole set.
        data: Vec<CatalogText> = Files,
    }
}

/// What was found.
#[derive(Serialize, ToSchema)]
pub struct CheckAnswer {
    message: String,
    definitions: usize,
    /// What keeps them from being loaded; file, line and column first.
    errors: Vec<String>,
    warnings: Vec<String>,
}

/// Checks catalogs as a whole set, without the database; files of first rows are not looked at.
#[utoipa::path(post, path = "/api/ai/check/catalogs", operation_id = "check_catalogs", tag = "catalog",
    request_body(content((CheckFields = "application/json"))),
    responses((status = 200, body = CheckAnswer), ErrorResponses))]
pub async fn check_catalogs(Payload { fields, .. }: Payload<CheckFields>) -> Result<Reply, Problem> {
    let work = move || {
        let found = check(&Set::of(fields.data.into_iter().map(|file| (file.source, file.text)), true));
        CheckAnswer {
            message: match found.errors.len() {
                0 => format!("Success: {} definitions are sound", found.definitions),
                errors => format!("Warning: {errors} errors in {} definitions", found.definitions),
            },
            definitions: found.definitions,
            errors: found.errors.iter().map(ToString::to_string).collect(),
            warnings: found.warnings.iter().map(ToString::to_string).collect(),
        }
    };
    // A large set takes a while, and others are answered meanwhile.
    let answer = tokio::task::spawn_blocking(work).await;
    let answer = answer.map_err(|error| Problem::internal(&error.to_string()))?;
    Ok(Reply::ok(json!(answer)))
}
