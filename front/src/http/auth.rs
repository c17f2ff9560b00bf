//! Who may ask: the header `APIKEY`.

use super::client::Client;
use super::limits::told;
use super::problem::Problem;
use super::request_log::RequestId;
use super::App;
use crate::db::{self, Columns, Rights};
use axum::extract::{Request, State};
use axum::http::{header, HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Who asks where no key is asked for.
const LOCAL: &str = "local";

/// Who asks, as logs and sessions of the database call them.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// Part of the hash of their key, or `key:` and its name; `local` without keys.
    pub label: String,
    /// The trace of W3C that the request belongs to, else its own id.
    pub trace: String,
    /// By which way he came, as the audit has it: empty is rest.
    pub way: &'static str,
}

impl Caller {
    /// By which way he came, as the audit has it.
    pub fn way(&self) -> &'static str {
        if self.way.is_empty() {
            "rest"
        } else {
            self.way
        }
    }

    /// Makes the name one that no other request has, whatever trace its callers gave it.
    pub fn make_unique(&mut self) {
        self.trace = format!("{:08x} {}", fastrand::u32(..), self.trace);
    }

    /// What `pg_stat_activity` and the server's log show; at most 63 bytes.
    pub fn application_name(&self) -> String {
        format!("dfa {} {}", self.label, self.trace).chars().take(63).collect()
    }
}

/// What keys of the database begin with; nothing else is looked up.
const OF_DATABASE: &str = "dfa_";

/// Whom a key stands for.
struct Known {
    label: String,
    /// None: those of the service.
    rights: Option<Rights>,
}

/// Lets a request through that has a key, with its rights, and counts the wrong ones of an address.
pub async fn require_key(State(app): State<App>, mut request: Request, next: Next) -> Response {
    // Of two, the order would decide which counts.
    if request.headers().get_all("apikey").iter().count() > 1 {
        return Problem::malformed("the header APIKEY is given twice").into_response();
    }
    let known = match known(&app, request.headers()).await {
        Ok(known) => known,
        Err(problem) if problem.status != StatusCode::UNAUTHORIZED => return problem.into_response(),
        Err(problem) => {
            let client = request.extensions().get::<Client>().copied();
            return match client.map(|Client(address)| app.limits.wrong_key(address)) {
                Some(Err(refused)) => refused.into_response(),
                _ => problem.into_response(),
            };
        }
    };
    let rate = match app.limits.key(&known.label) {
        Ok(rate) => rate,
        Err(refused) => return refused.into_response(),
    };
    let trace = request.extensions().get::<RequestId>().map(|id| id.trace.clone()).unwrap_or_default();
    tracing::Span::current().record("caller", known.label.as_str());
    request.extensions_mut().insert(Caller { label: known.label, trace, ..Caller::default() });
    told(db::within(known.rights, next.run(request)).await, rate)
}

/// A key of the environment, which has the rights of the service; else one of the database, which has its own.
async fn known(app: &App, headers: &HeaderMap) -> Result<Known, Problem> {
    let given = headers.get("apikey").map(|value| value.as_bytes()).unwrap_or_default();
    match label_of(app, headers) {
        // Without a key of the environment, one of the database still means what it says.
        Some(label) if label != LOCAL || !given.starts_with(OF_DATABASE.as_bytes()) => {
            Ok(Known { label, rights: None })
        }
        _ if given.starts_with(OF_DATABASE.as_bytes()) => of_database(app, given).await,
        _ => Err(Problem::unauthorised()),
    }
}

/// Found by its hash: how long that takes says nothing of the key.
async fn of_database(app: &App, given: &[u8]) -> Result<Known, Problem> {
    let hash: String = Sha256::digest(given).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut session = app.database.control().await?;
    let found = session
        .query_opt("select key_name, role, patterns, refusal from dfa.use_key(decode($1, 'hex'))", &[&hash])
        .await;
    // A service that may not look has no such keys, and neither has an extension that is not there yet.
    let row = match found {
        Ok(row) => row.ok_or_else(Problem::unauthorised)?,
        Err(problem) if problem.sqlstate.as_deref().is_some_and(|state| state.starts_with("42")) => {
            return Err(Problem::unauthorised())
        }
        Err(problem) => return Err(problem),
    };
    if let Some(why) = row.value::<Option<String>>("refusal")? {
        return Err(Problem::key_refused(&why));
    }
    let key: String = row.value("key_name")?;
    let patterns = row.value::<Option<String>>("patterns")?.unwrap_or_default();
    Ok(Known {
        label: format!("key:{key}"),
        rights: Some(Rights { key, role: row.value("role")?, patterns }),
    })
}

fn label_of(app: &App, headers: &HeaderMap) -> Option<String> {
    let keys = &app.settings.service.keys;
    if keys.is_empty() {
        return is_local(headers).then(|| LOCAL.to_owned());
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
