//! What a request that does not succeed is told: `message`, and the fields of RFC 9457.

use crate::failure::{causes, Failure};
use axum::http::{header, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{json, Map, Value};
use std::fmt;
use std::ops::{Deref, DerefMut};

/// Seconds after which a client may try again what failed for want of a database or of a free connection.
const COME_AGAIN: u32 = 2;

/// Why a request did not succeed. Nothing of it happened, unless `members` say otherwise.
#[derive(Debug, Clone)]
pub struct Problem(Box<Parts>);

/// Boxed, since a result is as large as the larger of its two sides.
#[derive(Debug, Clone)]
pub struct Parts {
    pub status: StatusCode,
    /// One sentence, without the `Error: ` that clients see before it.
    pub message: String,
    pub detail: Option<String>,
    pub hint: Option<String>,
    /// The hint as the database gave it; `hint` is the same for programs, and pages have words of their own.
    pub said: Option<String>,
    pub sqlstate: Option<String>,
    /// By field: its name and what is wrong with it.
    pub errors: Vec<(String, String)>,
    /// Seconds.
    pub retry_after: Option<u32>,
    /// Nobody knows what became of it.
    silence: bool,
    /// Further members of the answer, such as process_id.
    pub members: Map<String, Value>,
}

impl Problem {
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Problem(Box::new(Parts {
            status,
            message: message.into(),
            detail: None,
            hint: None,
            said: None,
            sqlstate: None,
            errors: Vec::new(),
            retry_after: None,
            silence: false,
            members: Map::new(),
        }))
    }

    fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    fn sqlstate(mut self, sqlstate: &str) -> Self {
        self.sqlstate = Some(sqlstate.to_owned());
        self
    }

    /// 400: the request cannot be read at all.
    pub fn malformed(message: impl Into<String>) -> Self {
        Problem::new(StatusCode::BAD_REQUEST, message)
    }

    /// 401, in the words that clients know.
    pub fn unauthorised() -> Self {
        Problem::new(StatusCode::UNAUTHORIZED, "Unauthorised with 'APIKEY'")
            .hint("Send one of the service's keys in the header APIKEY.")
    }

    /// 401 for a key that was good once.
    pub fn key_refused(why: &str) -> Self {
        Problem::new(StatusCode::UNAUTHORIZED, why).hint("An admin makes another one: dfa key add.")
    }

    /// 501: a run whose nodes commit one by one has the rights of its session, and behind a pooler there is none.
    pub fn not_behind_a_pooler() -> Self {
        Problem::new(
            StatusCode::NOT_IMPLEMENTED,
            "behind a pooler a key with rights of its own runs nothing in the foreground",
        )
        .hint("Leave background out, and ask GET /api/ai/get/opt/{process_id}?wait=60.")
    }

    /// Says whose rights did not suffice.
    pub fn of_key(self, key: &str, role: &str) -> Self {
        match self.status {
            StatusCode::FORBIDDEN if self.hint.is_none() => {
                self.hint(format!("Key '{key}' has the rights of dfa_{role}."))
            }
            _ => self,
        }
    }

    /// 404 for an address that nothing is at.
    pub fn no_such_page(path: &str) -> Self {
        Problem::new(StatusCode::NOT_FOUND, format!("there is nothing at '{}'", shown(path)))
            .hint("GET /openapi.json lists the requests.")
    }

    /// 404 for a name that the database does not know.
    pub fn unknown(what: &str, name: &str) -> Self {
        Problem::new(StatusCode::NOT_FOUND, format!("{what} '{}' is not known", shown(name)))
    }

    /// 409: it clashes with something that is going on.
    pub fn conflict(message: impl Into<String>) -> Self {
        Problem::new(StatusCode::CONFLICT, message)
    }

    /// 422: fields whose values cannot be used.
    pub fn invalid(errors: Vec<(String, String)>) -> Self {
        let message = match errors.as_slice() {
            [(field, what)] => format!("{field}: {what}"),
            several => format!("{} fields cannot be used", several.len()),
        };
        let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, message);
        problem.errors = errors;
        problem
    }

    /// 429, with the seconds after which the next request is taken.
    pub fn too_many(seconds: u32) -> Self {
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many requests").retry_after(seconds)
    }

    /// 503: a look-up that was given up.
    pub fn too_slow(limit: std::time::Duration) -> Self {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            format!("the database has not answered within {} seconds", limit.as_secs()),
        )
        .retry_after(COME_AGAIN)
        .hint("Ask for a shorter page, or try again when the database has less to do.")
    }

    /// 503: every connection is in use.
    pub fn busy() -> Self {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "all connections to the database are in use")
            .retry_after(COME_AGAIN)
            .hint("Try again soon, or raise DFA_POOL_SIZE.")
    }

    /// 503: the database cannot be reached. The cause is for the log alone.
    pub fn no_database(cause: &str) -> Self {
        tracing::warn!(cause, "the connection to the database is lost");
        Problem::not_reached()
    }

    /// 503: there is no connection. Whoever looked for one has told the log why.
    pub fn not_reached() -> Self {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the database cannot be reached")
            .retry_after(COME_AGAIN)
            .hint("Try again soon; the service goes on by itself when the database is back.")
    }

    /// 503: the database is connected and says nothing. What it was asked to do may have happened, or still happen.
    pub fn silent() -> Self {
        tracing::warn!("the database does not answer");
        let mut problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer");
        problem.silence = true;
        problem
            .retry_after(COME_AGAIN)
            .hint("What was begun may have been done: GET /api/ai/tasks tells, and the same Idempotency-Key does nothing twice.")
    }

    /// Whether this is [`Problem::silent`].
    pub fn is_silence(&self) -> bool {
        self.silence
    }

    /// 503: a standby, or a database that was made read-only.
    pub fn read_only() -> Self {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the database is read-only")
            .retry_after(COME_AGAIN)
            .hint(
            "Try again soon; the service looks for the server that takes writes with each new connection.",
        )
    }

    /// 503: the service stops, and has waited as long as it was told to.
    pub fn stopped() -> Self {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the service stops: what was under way is cancelled")
            .retry_after(COME_AGAIN)
            .hint("Nodes that had finished stay. Send it again, with the same Idempotency-Key if it had one.")
    }

    /// 500 for a fault of ours. The cause is for the log alone.
    pub fn internal(cause: &str) -> Self {
        tracing::error!(cause, "a request met a fault of the service");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the service met a fault")
            .hint("The log of the service has more under this X-Request-Id.")
    }

    /// For a command that was called with such values.
    pub fn into_usage(self) -> Failure {
        let fields = self.errors.iter().map(|(field, what)| format!("{field} {what}"));
        match self.errors.is_empty() {
            true => Failure::usage(self.message.clone()),
            false => Failure::usage(fields.collect::<Vec<_>>().join("; ")),
        }
    }

    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The body of the answer.
    pub fn to_json(&self) -> Value {
        let title = self.status.canonical_reason().unwrap_or("Error");
        let mut body = Map::new();
        body.insert("message".to_owned(), json!(format!("Error: {}", self.message)));
        body.insert("type".to_owned(), json!("about:blank"));
        body.insert("title".to_owned(), json!(title));
        body.insert("status".to_owned(), json!(self.status.as_u16()));
        body.insert("detail".to_owned(), json!(self.detail.as_deref().unwrap_or(&self.message)));
        if !self.errors.is_empty() {
            let errors =
                self.errors.iter().map(|(field, message)| json!({ "field": field, "message": message }));
            body.insert("errors".to_owned(), errors.collect());
        }
        if let Some(hint) = &self.hint {
            body.insert("hint".to_owned(), json!(hint));
        }
        if let Some(sqlstate) = &self.sqlstate {
            body.insert("sqlstate".to_owned(), json!(sqlstate));
        }
        body.extend(self.members.clone());
        body.into()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.to_json().to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("APIKEY realm=\"dfa\""));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        // For a browser it becomes a page: see web/error_page.
        response.extensions_mut().insert(self);
        response
    }
}

/// The one place where an error of the database becomes an answer.
impl From<tokio_postgres::Error> for Problem {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(reported) = error.as_db_error() else {
            // A parameter that cannot be sent is no loss of the connection.
            return match error.is_closed()
                || std::error::Error::source(&error).is_some_and(|it| it.is::<std::io::Error>())
            {
                true => Problem::no_database(&format!("{error}: {}", causes(&error))),
                false => Problem::internal(&format!("{error:?}")),
            };
        };
        let sqlstate = reported.code().code();
        if sqlstate == "25006" {
            return Problem::read_only().sqlstate(sqlstate);
        }
        let Some(status) = status_of(sqlstate, reported.message()) else {
            return Problem::internal(&reported.to_string()).sqlstate(sqlstate);
        };
        let again = status == StatusCode::SERVICE_UNAVAILABLE;
        if again && !sqlstate.starts_with("40") && sqlstate != PAUSED {
            return Problem::no_database(reported.message()).sqlstate(sqlstate);
        }
        let mut problem = Problem::new(status, bounded(reported.message())).sqlstate(sqlstate);
        problem.detail = reported.detail().map(bounded);
        problem.hint = for_rest(reported.hint(), reported.message());
        problem.said = reported.hint().map(bounded);
        problem.retry_after = again.then_some(if sqlstate == PAUSED { PAUSE_LASTS } else { COME_AGAIN });
        problem
    }
}

impl Deref for Problem {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl DerefMut for Problem {
    fn deref_mut(&mut self) -> &mut Parts {
        &mut self.0
    }
}

/// The words of the database as far as anybody reads them: a name in them may be as long as the request was.
fn bounded(text: &str) -> String {
    const ENOUGH: usize = 4000;
    match text.char_indices().nth(ENOUGH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A hint for who calls by REST: what it says to do by SQL is said as the request that does it, or not at all.
fn for_rest(hint: Option<&str>, message: &str) -> Option<String> {
    let unknown = |what: &str| message.starts_with(what) && message.ends_with("is not known");
    if unknown("task ") {
        return Some("GET /api/ai/tasks lists the tasks.".to_owned());
    }
    if message.starts_with("file ") && message.contains(" is not known as one that is refused or changed") {
        return Some("GET /api/ai/files?state=refused lists those that are refused.".to_owned());
    }
    if unknown("note ") {
        return Some("GET /api/ai/notes lists the notes.".to_owned());
    }
    if unknown("source ") && hint.is_none_or(|hint| hint.contains("dfa.")) {
        return Some("GET /api/ai/pipelines lists the pipelines with their triggers.".to_owned());
    }
    let hint = hint?;
    let request = match hint {
        _ if hint.contains("dfa.catalog ") || hint.contains("FROM dfa.catalog") => {
            "GET /api/ai/tables and /api/ai/pipelines list what is loaded."
        }
        _ if hint.contains("dfa.wait") => {
            "GET /api/ai/get/opt/{process_id}?wait=30 answers when it has ended."
        }
        _ if hint.contains("dfa.preview") => {
            "GET /api/ai/preview shows what there is to do by now, with its token."
        }
        _ if hint.contains("dfa.resume") => "POST /api/ai/tasks/{process_id}/resume does what is left.",
        _ if hint.contains("dfa.setup(") => "POST /api/ai/run/setup with its table_name makes it.",
        _ if hint.contains("dfa.task_schedule") || hint.contains("trigger") => hint,
        _ if ["SELECT ", "CALL ", "UPDATE ", "dfa."].iter().any(|sql| hint.contains(sql)) => return None,
        _ => hint,
    };
    Some(bounded(request))
}

/// Seconds after which one looks again whether a maintenance is over.
const PAUSE_LASTS: u32 = 60;

/// A maintenance: see dfa.pause.
pub const PAUSED: &str = "DF014";

/// What an SQLSTATE means to a caller; `None`: nothing that they could do about it.
fn status_of(sqlstate: &str, message: &str) -> Option<StatusCode> {
    Some(match sqlstate {
        // Class DF is the extension's own: see pg_dfa_ext/src/error.
        "DF002" => StatusCode::NOT_FOUND,
        "DF006" | "DF012" | "DF015" => StatusCode::CONFLICT,
        // Everything is paused: the same request is taken when the pause has ended.
        PAUSED => StatusCode::SERVICE_UNAVAILABLE,
        // A lock, a dependent object, a state in which this cannot be done.
        "55P03" | "55006" | "55000" | "2BP01" | "57014" => StatusCode::CONFLICT,
        "42501" => StatusCode::FORBIDDEN,
        "42883" if message.contains("dfa.") => StatusCode::NOT_IMPLEMENTED,
        "3F000" | "42P01" if message.contains("\"dfa") => StatusCode::SERVICE_UNAVAILABLE,
        _ => match sqlstate.get(..2) {
            Some("DF" | "22" | "23" | "0A") => StatusCode::UNPROCESSABLE_ENTITY,
            // Serialization failures and deadlocks: the same request succeeds when it is sent again.
            Some("40" | "08" | "57" | "53") => StatusCode::SERVICE_UNAVAILABLE,
            // The SQL of a catalog, which its owner can correct.
            Some("42" | "P0" | "54" | "25") => StatusCode::INTERNAL_SERVER_ERROR,
            _ => return None,
        },
    })
}

/// A value as a message shows it: not without end.
pub fn shown(text: &str) -> String {
    const ENOUGH: usize = 60;
    match text.char_indices().nth(ENOUGH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
