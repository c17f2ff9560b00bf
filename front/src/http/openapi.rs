//! `/openapi.json`, made from the code, and `/docs`, which shows it.

use super::{api, events, health, metrics, schema, App};
use axum::http::header;
use axum::routing::get;
use axum::Router;
use serde::Serialize;
use serde_json::Value;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::{IntoParams, IntoResponses, Modify, OpenApi, ToSchema};
use utoipa_swagger_ui::{Config, SwaggerUi};

#[derive(OpenApi)]
#[openapi(
    info(title = "DFA", description = "Data pipelines that run inside PostgreSQL"),
    paths(
        health::running, health::key, health::health, health::ready, metrics::metrics,
        api::setup::run, api::data::run, api::retention::run, api::backfill::run,
        api::put::put, api::delete::delete,
        api::process::get, api::dependency::get, api::pipelines::list, api::tables::list, api::logs::list,
        api::catalogs::get, api::tasks::list, api::rejected::list, api::cancel::cancel, api::resume::resume, api::notify::notify,
        events::stream,
    ),
    components(schemas(FieldError)),
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
pub fn docs() -> Router<App> {
    let text = document().to_string();
    let document = get(move || async move { ([(header::CONTENT_TYPE, "application/json")], text) });
    let viewer = SwaggerUi::new("/docs").config(Config::new(["/openapi.json"]));
    Router::new().route("/openapi.json", document).merge(Router::from(viewer))
}

fn document() -> Value {
    let mut document = serde_json::to_value(Document::openapi()).unwrap_or_default();
    schema::complete(&mut document);
    document
}

pub use super::answers::*;

/// One sentence.
#[derive(Serialize, ToSchema)]
pub struct Message {
    pub message: &'static str,
}

/// How a list is paged.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)]
pub struct Paging {
    /// Rows of a page.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

/// How a request takes effect once.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)]
pub struct Once {
    /// A retry with the same key takes effect once.
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 255, pattern = "^[ -~]+$")]
    key: Option<String>,
}

/// An error, by RFC 9457, with `message` as every answer has.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct ProblemAnswer {
    message: String,
    r#type: String,
    title: String,
    status: u16,
    detail: String,
    /// By field.
    errors: Option<Vec<FieldError>>,
    hint: Option<String>,
    sqlstate: Option<String>,
}

/// What is wrong with a field.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct FieldError {
    field: String,
    message: String,
}

/// What any request can be answered when it does not succeed.
#[derive(IntoResponses)]
#[allow(dead_code)]
pub enum ErrorResponses {
    /// It cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(#[to_schema] ProblemAnswer),
    /// The key is missing or wrong.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorised(#[to_schema] ProblemAnswer),
    /// The service's role may not do this.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(#[to_schema] ProblemAnswer),
    /// The name is not known.
    #[response(status = 404, content_type = "application/problem+json")]
    Unknown(#[to_schema] ProblemAnswer),
    /// The address is there, and takes another method: see Allow.
    #[response(status = 405, content_type = "application/problem+json")]
    NotAllowed(#[to_schema] ProblemAnswer),
    /// It takes too long to arrive.
    #[response(status = 408, content_type = "application/problem+json")]
    Slow(#[to_schema] ProblemAnswer),
    /// It clashes with something under way.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(#[to_schema] ProblemAnswer),
    /// It is too large.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(#[to_schema] ProblemAnswer),
    /// Its media type is not taken.
    #[response(status = 415, content_type = "application/problem+json")]
    Unsupported(#[to_schema] ProblemAnswer),
    /// A value cannot be used.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(#[to_schema] ProblemAnswer),
    /// Too many requests: see Retry-After.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(#[to_schema] ProblemAnswer),
    /// A run that failed, with its message, or a fault of the service.
    #[response(status = 500, content_type = "application/problem+json")]
    Failed(#[to_schema] ProblemAnswer),
    /// This version of the extension cannot do it.
    #[response(status = 501, content_type = "application/problem+json")]
    Missing(#[to_schema] ProblemAnswer),
    /// No database: see Retry-After.
    #[response(status = 503, content_type = "application/problem+json")]
    NoDatabase(#[to_schema] ProblemAnswer),
}
