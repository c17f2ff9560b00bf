//! What any request can be answered when it does not succeed, for the document.

use utoipa::{IntoResponses, ToSchema};

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
