//! Takes effect once: requests with an `Idempotency-Key`, and the transaction that a request works in.

use super::auth::Caller;
use super::problem::Problem;
use super::reply::Reply;
use super::App;
use crate::db::{Cleanup, Columns, Session};
use axum::http::request::Parts;
use axum::http::StatusCode;
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

/// How long a second request with the same key waits for the first one.
const WAIT_FOR_FIRST: &str = "5s";
/// Gives a key back that has no answer.
const RELEASE: &str = "select dfa.release_request($1, $2)";

/// How a request takes effect once.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)]
pub struct IdempotencyKey {
    /// A retry with the same key takes effect once.
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 255, pattern = "^[ -~]+$")]
    key: Option<String>,
}

/// Who asks for what, as far as it decides whether two requests are the same.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub caller: Caller,
    /// Method and path.
    pub request: String,
    pub key: Option<String>,
    fingerprint: String,
}

impl Asked {
    /// `content` decides, together with `bulk`, which goes in as it is, whether two requests are the same.
    ///
    /// # Errors
    /// An Idempotency-Key that cannot be one.
    pub fn of(parts: &Parts, content: &Value, bulk: &str) -> Result<Self, Problem> {
        let key = match parts.headers.get("idempotency-key") {
            None => None,
            Some(value) => match value.to_str() {
                Ok(text) if (1..=255).contains(&text.len()) && !text.contains('\t') => Some(text.to_owned()),
                _ => {
                    return Err(Problem::malformed(
                        "the header Idempotency-Key is not a text of 1 to 255 characters",
                    ))
                }
            },
        };
        // A large body is hashed only for those who may send it again.
        let fingerprint = key.as_ref().map(|_| fingerprint(content, bulk)).unwrap_or_default();
        Ok(Asked {
            caller: parts.extensions.get::<Caller>().cloned().unwrap_or_default(),
            request: format!("{} {}", parts.method, parts.uri.path()),
            key,
            fingerprint,
        })
    }
}

fn fingerprint(content: &Value, bulk: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(sorted(content).to_string());
    hasher.update([0]);
    hasher.update(bulk);
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The same fields in another order are the same request.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> =
                fields.iter().map(|(name, value)| (name.clone(), sorted(value))).collect();
            fields.sort_by(|one, other| one.0.cmp(&other.0));
            Value::Object(fields.into_iter().collect())
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        value => value.clone(),
    }
}

/// Which connections a request may take: what only writes a row must not wait for what runs a pipeline, and what stops one
/// must be possible while all others are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    Work,
    Quick,
    Control,
}

impl Lane {
    async fn session(self, app: &App) -> Result<Session, Problem> {
        match self {
            Lane::Work => app.database.work().await,
            Lane::Quick => app.database.reads().await,
            Lane::Control => app.database.control().await,
        }
    }
}

/// The transaction of a request, in the name of its caller.
async fn begin(session: &mut Session, asked: &Asked) -> Result<(), Problem> {
    let caller = &asked.caller;
    session.begin_as(&caller.application_name(), &caller.label, caller.way()).await
}

/// Does `work` in one transaction. With a key, its claim and its answer commit together with its effect, so that
/// whatever dies in between leaves either all of it or nothing.
pub async fn in_transaction(
    app: &App,
    lane: Lane,
    asked: Asked,
    work: impl AsyncFnOnce(&mut Session) -> Result<Reply, Problem>,
) -> Result<Reply, Problem> {
    let mut session = lane.session(app).await?;
    begin(&mut session, &asked).await?;
    match attempt(&mut session, &asked, work).await {
        Ok(reply) => {
            session.commit().await?;
            if let Some(process_id) = reply.body["process_id"].as_str() {
                tracing::Span::current().record("process_id", process_id);
            }
            Ok(reply)
        }
        Err(problem) => {
            // What went wrong first is what is told.
            let _ = session.rollback().await;
            Err(problem)
        }
    }
}

async fn attempt(
    session: &mut Session,
    asked: &Asked,
    work: impl AsyncFnOnce(&mut Session) -> Result<Reply, Problem>,
) -> Result<Reply, Problem> {
    if let Some(known) = claim(session, asked).await? {
        return Ok(known);
    }
    let reply = work(session).await?;
    answer(session, asked, &reply).await?;
    Ok(reply)
}

/// Does `work` that commits on its way. With a key, the claim commits first: a request that dies is never run again
/// under its key, and one that is cancelled gives the key back.
pub async fn committing(
    app: &App,
    asked: Asked,
    leftovers: Vec<Cleanup>,
    work: impl AsyncFnOnce(&mut Session) -> Result<Reply, Problem>,
) -> Result<Reply, Problem> {
    let mut session = app.database.work().await?;
    begin(&mut session, &asked).await?;
    match claim(&mut session, &asked).await {
        Ok(None) => session.commit_and_go_on().await?,
        Ok(Some(known)) => {
            session.rollback().await?;
            return Ok(known);
        }
        Err(problem) => {
            let _ = session.rollback().await;
            return Err(problem);
        }
    }
    session.cleanup = leftovers;
    session.cleanup.extend(
        asked
            .key
            .as_ref()
            .map(|key| Cleanup { sql: RELEASE, texts: vec![asked.caller.label.clone(), key.clone()] }),
    );
    let outcome = work(&mut session).await;
    if matches!(&outcome, Err(problem) if problem.is_silence()) {
        // Whether it ended, nobody knows: its key stays taken until that is known.
        return outcome;
    }
    session.cleanup.clear();
    match outcome {
        Ok(reply) => {
            answer(&mut session, &asked, &reply).await?;
            session.forget().await?;
            Ok(reply)
        }
        Err(problem) => {
            if let Some(key) = &asked.key {
                session.query(RELEASE, &[&asked.caller.label, key]).await?;
            }
            session.forget().await?;
            Err(problem)
        }
    }
}

/// Takes the key; returns the answer of the request that had it before, if that was the same one.
async fn claim(session: &mut Session, asked: &Asked) -> Result<Option<Reply>, Problem> {
    let Some(key) = &asked.key else { return Ok(None) };
    session.query("select set_config('lock_timeout', $1, true)", &[&WAIT_FOR_FIRST]).await?;
    let claimed = session
        .query_one(
            "select claimed, same, status, answer::text as answer from dfa.claim_request($1, $2, $3, $4)",
            &[&asked.caller.label, key, &asked.request, &asked.fingerprint],
        )
        .await
        .map_err(|problem| match problem.sqlstate.as_deref() {
            Some("55P03") => under_way(),
            _ => problem,
        })?;
    session.query("set local lock_timeout to default", &[]).await?;
    if claimed.value("claimed")? {
        return Ok(None);
    }
    if claimed.value::<Option<bool>>("same")? != Some(true) {
        return Err(Problem::conflict("this Idempotency-Key was used for another request")
            .hint("A key stands for one request: send a new one."));
    }
    let (Some(status), Some(answer)) =
        (claimed.value::<Option<i32>>("status")?, claimed.value::<Option<String>>("answer")?)
    else {
        return Err(under_way());
    };
    let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let body = serde_json::from_str(&answer).map_err(|error| Problem::internal(&error.to_string()))?;
    let reply = Reply::ok(body);
    Ok(Some(Reply { status: status.unwrap_or(StatusCode::OK), replayed: true, ..reply }))
}

/// Keeps the answer for the retry. What failed for want of a moment is no answer: the retry may run.
async fn answer(session: &mut Session, asked: &Asked, reply: &Reply) -> Result<(), Problem> {
    let Some(key) = &asked.key else { return Ok(()) };
    if reply.passing {
        session.query(RELEASE, &[&asked.caller.label, key]).await?;
        return Ok(());
    }
    session
        .query(
            "select dfa.answer_request($1, $2, $3, $4::text::json)",
            &[&asked.caller.label, key, &i32::from(reply.status.as_u16()), &reply.body.to_string()],
        )
        .await?;
    Ok(())
}

fn under_way() -> Problem {
    let mut problem = Problem::conflict("a request with this Idempotency-Key was begun and is not answered yet")
        .hint("It is not run again. GET /api/ai/tasks shows what it does; if it died with its service, send a new key.");
    problem.retry_after = Some(5);
    problem
}
