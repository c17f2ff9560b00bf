//! The answer of a request that did what it should, or of a run that failed.

use axum::http::{header, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::value::RawValue;
use serde_json::{json, Value};
use utoipa::ToSchema;

/// A task that was done, or that goes on in the background.
#[derive(ToSchema)]
#[allow(dead_code)] // written by the database; tests/http/contract.rs holds it to this type
pub struct TaskAnswer {
    message: String,
    process_id: Option<String>,
    /// 0 success, 1 failed, 2 waiting or processing.
    status: Option<i32>,
    /// Seconds.
    process_time: Option<f64>,
}

/// An answer in JSON.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: StatusCode,
    pub body: Value,
    /// The answer of an earlier request with the same Idempotency-Key.
    pub replayed: bool,
    /// A failure that goes by: the same request may succeed later.
    pub passing: bool,
}

impl Reply {
    pub fn ok(body: Value) -> Self {
        Reply { status: StatusCode::OK, body, replayed: false, passing: false }
    }

    /// The answer of a task: 500 when it failed.
    pub fn of_task(process_id: Option<&str>, status: i32, message: &str, seconds: f64) -> Self {
        let failed = status == 1;
        let body = json!({
            "message": message,
            "process_id": process_id,
            "status": status,
            "process_time": seconds,
        });
        match failed {
            false => Reply::ok(body),
            true => Reply { status: StatusCode::INTERNAL_SERVER_ERROR, ..Reply::ok(body) }.into_problem(),
        }
    }

    /// Where the task of this answer tells how far it is.
    fn location(&self) -> Option<String> {
        self.body["process_id"].as_str().map(|id| format!("/api/ai/get/opt/{id}"))
    }

    /// Adds the fields of RFC 9457. `status` of a task gives way to that of HTTP, and is told as `task_status`.
    pub fn into_problem(mut self) -> Self {
        let title = self.status.canonical_reason().unwrap_or("Error");
        if let Value::Object(body) = &mut self.body {
            let task_status = body.insert("status".to_owned(), json!(self.status.as_u16()));
            body.insert("task_status".to_owned(), task_status.unwrap_or(Value::Null));
            body.insert("type".to_owned(), json!("about:blank"));
            body.insert("title".to_owned(), json!(title));
            let detail = body.get("message").cloned().unwrap_or(Value::Null);
            body.insert("detail".to_owned(), detail);
        }
        self
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let problem = self.status.is_client_error() || self.status.is_server_error();
        let kind = if problem { "application/problem+json" } else { "application/json" };
        let mut response = (self.status, self.body.to_string()).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        if let Some(location) = self.location().and_then(|location| HeaderValue::from_str(&location).ok()) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        if self.replayed {
            response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
        }
        response
    }
}

/// A whole answer that the database has already written as text.
pub struct Document(pub String);

impl IntoResponse for Document {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "application/json")], self.0).into_response()
    }
}

/// A part of an answer that the database has already written as text.
pub fn raw(text: String) -> Box<RawValue> {
    RawValue::from_string(text).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
