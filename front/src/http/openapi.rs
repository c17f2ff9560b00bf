//! `/openapi.json`, made from the code, and `/docs`, which shows it.

use super::api::CatalogText;
use super::error_answers::FieldError;
use super::{schema, App};
use axum::http::header;
use axum::routing::get;
use axum::Router;
use serde_json::Value;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::OpenApi as OpenApiDocument;
use utoipa::{Modify, OpenApi};
use utoipa_swagger_ui::{Config, SwaggerUi};

#[derive(OpenApi)]
#[openapi(
    info(title = "DFA", description = "Data pipelines that run inside PostgreSQL"),
    components(schemas(FieldError, CatalogText)),
    modifiers(&Key),
    security(("APIKEY" = []))
)]
struct Document;

/// The header that proves who asks.
struct Key;

impl Modify for Key {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let key = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("APIKEY")));
        components.add_security_scheme("APIKEY", key);
    }
}

/// The document and its viewer, which is part of this program.
pub fn docs(document: OpenApiDocument) -> Router<App> {
    let text = completed(document).to_string();
    let document = get(move || async move { ([(header::CONTENT_TYPE, "application/json")], text) });
    let viewer = SwaggerUi::new("/docs").config(Config::new(["/openapi.json"]));
    Router::new().route("/openapi.json", document).merge(Router::from(viewer))
}

/// What the document says beside its requests, each of which says its own.
pub fn base() -> OpenApiDocument {
    Document::openapi()
}

fn completed(document: OpenApiDocument) -> Value {
    let mut document = serde_json::to_value(document).unwrap_or_default();
    schema::complete(&mut document);
    document
}
