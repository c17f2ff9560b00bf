//! Sessions and passwords in the database, with the rights of the service: nobody else may read hashes.

use super::{Attempts, Role, Token, Visitor};
use crate::db::{Columns, Session};
use crate::http::Problem;
use crate::web::clock::Moment;
use crate::web::number::Maybe;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordVerifier};
use serde::Deserialize;
use std::sync::LazyLock;
use std::time::Duration;

/// How long a session lasts: after the last request, and in all.
const OF_A_DAY: (Duration, Duration) = (hours(12), hours(24));
const REMEMBERED: (Duration, Duration) = (hours(24 * 14), hours(24 * 90));

const fn hours(number: u64) -> Duration {
    Duration::from_secs(number * 3600)
}

/// What is compared when there is no such user, so that the answer takes as long.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| crate::user::hash("a password that nobody has").unwrap_or_default());

/// A session as its person sees it.
#[derive(Deserialize)]
pub struct Kept {
    pub id: i64,
    pub created_at: Moment,
    pub seen_at: Moment,
    pub address: Maybe<String>,
    pub agent: Maybe<String>,
}

/// The person whose token this is, if the session has not ended.
pub async fn find(session: &mut Session, token: Token) -> Result<Option<Visitor>, Problem> {
    let row = session.query_opt(include_str!("sql/find.sql"), &[&token.hash()]).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Visitor {
        name: row.value("user_name")?,
        role: Role::read(row.value("role")?),
        session: row.value("id")?,
        token,
        zone: row.value("zone")?,
        maintenance: row.value("maintenance")?,
    }))
}

/// Begins a session with a new token; and how long the browser keeps it.
pub async fn begin(
    session: &mut Session,
    user: &str,
    remember: bool,
    address: Option<String>,
    agent: &str,
) -> Result<(Token, Option<Duration>), Problem> {
    let token = Token::new()?;
    let (idle, whole) = if remember { REMEMBERED } else { OF_A_DAY };
    let agent: String = agent.chars().take(200).collect();
    let (idle, whole) = (idle.as_secs_f64(), whole.as_secs_f64());
    session
        .query(include_str!("sql/begin.sql"), &[&user, &token.hash(), &idle, &whole, &address, &agent])
        .await?;
    Ok((token, remember.then_some(REMEMBERED.1)))
}

pub async fn end(session: &mut Session, visitor: &Visitor) -> Result<(), Problem> {
    session.query("delete from dfa.web_session where id = $1", &[&visitor.session]).await?;
    Ok(())
}

/// Ends the sessions of a person but this one.
pub async fn end_others(session: &mut Session, visitor: &Visitor) -> Result<(), Problem> {
    const OTHERS: &str = "delete from dfa.web_session where user_name = $1 and id <> $2";
    session.query(OTHERS, &[&visitor.name, &visitor.session]).await?;
    Ok(())
}

pub async fn list(session: &mut Session, visitor: &Visitor) -> Result<Vec<Kept>, Problem> {
    session.list(include_str!("sql/list.sql"), &[&visitor.name]).await
}

/// Gives a person another password, which ends all his sessions.
pub async fn change_password(session: &mut Session, user: &str, hash: &str) -> Result<(), Problem> {
    session.query("select dfa.set_password($1, $2)", &[&user, &hash]).await?;
    Ok(())
}

/// The name of the user whose password this is, as it is written in the database. One who is not there, or may not sign in,
/// takes as long and is told the same.
pub async fn check_password(
    session: &mut Session,
    attempts: &Attempts,
    user: &str,
    password: &str,
) -> Result<Option<String>, Problem> {
    let row = session.query_opt(include_str!("sql/password.sql"), &[&user]).await?;
    let (name, hash) = match row {
        Some(row) => (Some(row.value::<String>("user_name")?), row.value::<String>("password_hash")?),
        None => (None, NOBODY.clone()),
    };
    let _turn = attempts.hashing.acquire().await.map_err(|error| Problem::internal(&error.to_string()))?;
    let password = password.to_owned();
    let right = tokio::task::spawn_blocking(move || {
        PasswordHash::new(&hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    });
    let right = right.await.map_err(|error| Problem::internal(&error.to_string()))?;
    Ok(name.filter(|_| right))
}
