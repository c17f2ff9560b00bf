//! Who may ask: the header `APIKEY`.

use super::client::Client;
use super::limits::told;
use super::problem::Problem;
use super::request_log::RequestId;
use super::App;
use axum::extract::{Request, State};
use axum::http::{header, HeaderMap};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use subtle::ConstantTimeEq;

/// Who asks, as logs and sessions of the database call him.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// Part of the hash of his key; `local` without keys.
    pub label: String,
    /// The trace of W3C that the request belongs to, else its own id.
    pub trace: String,
}

impl Caller {
    /// Makes the name one that no other request has, whatever trace its callers gave it.
    pub fn make_unique(&mut self) {
        self.trace = format!("{:08x} {}", fastrand::u32(..), self.trace);
    }

    /// What `pg_stat_activity` and the server's log show; at most 63 bytes.
    pub fn application_name(&self) -> String {
        format!("dfa {} {}", self.label, self.trace).chars().take(63).collect()
    }
}

/// Lets a request through that has a key, and counts the wrong ones of an address.
pub async fn require_key(State(app): State<App>, mut request: Request, next: Next) -> Response {
    // Of two, the order would decide which counts.
    if request.headers().get_all("apikey").iter().count() > 1 {
        return Problem::malformed("the header APIKEY is given twice").into_response();
    }
    let Some(label) = label_of(&app, request.headers()) else {
        let client = request.extensions().get::<Client>().copied();
        return match client.map(|Client(address)| app.limits.wrong_key(address)) {
            Some(Err(refused)) => refused.into_response(),
            _ => Problem::unauthorised().into_response(),
        };
    };
    let rate = match app.limits.key(&label) {
        Ok(rate) => rate,
        Err(refused) => return refused.into_response(),
    };
    let trace = request.extensions().get::<RequestId>().map(|id| id.trace.clone()).unwrap_or_default();
    tracing::Span::current().record("caller", label.as_str());
    request.extensions_mut().insert(Caller { label, trace });
    told(next.run(request).await, rate)
}

fn label_of(app: &App, headers: &HeaderMap) -> Option<String> {
    let keys = &app.settings.service.keys;
    if keys.is_empty() {
        return is_local(headers).then(|| "local".to_owned());
    }
    let given = headers.get("apikey")?.as_bytes();
    // Every key is compared, whichever fits: the time tells nothing.
    let fitting = keys.iter().fold(None, |found, key| {
        let equal: bool = key.secret.as_bytes().ct_eq(given).into();
        if equal {
            Some(key)
        } else {
            found
        }
    });
    fitting.map(|key| key.label.clone())
}

/// Without keys the service listens on this machine alone. A page in a browser of this machine could still send it
/// something, under its own origin or under a name that it makes point here.
fn is_local(headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let foreign = headers.contains_key(header::ORIGIN)
        || headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none");
    ["localhost", "127.0.0.1", "[::1]"].contains(&name) && !foreign
}
