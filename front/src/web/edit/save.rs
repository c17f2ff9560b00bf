//! Storing a text, if what it was made of is still what is in force.

use super::stored::Stored;
use super::{Diff, Edited, Language};
use crate::db::{Columns, Session};
use crate::http::Problem;
use crate::web::address::escaped;
use crate::web::asked::Asked;
use crate::web::clock::Moment;
use axum::http::StatusCode;
use serde::Deserialize;

/// What became of a definition.
#[derive(Deserialize)]
pub struct Loaded {
    pub kind: String,
    pub name: String,
    pub version: Option<String>,
    pub action: String,
}

pub enum Saved {
    /// Its page.
    As(String),
    Not(Box<Conflict>),
}

/// Somebody saved another version meanwhile.
pub struct Conflict {
    pub by: String,
    pub at: Moment,
    /// The id of the version that is in force.
    pub current: String,
    /// What they changed, and what this text would change of that.
    pub theirs: Diff,
    pub yours: Diff,
}

/// Stores the text in the transaction of the session.
pub async fn load(session: &mut Session, edited: &Edited) -> Result<Vec<Loaded>, Problem> {
    const LOAD: &str =
        "select kind, name, version::pg_catalog.text as version, action from dfa.load_catalog($1, $2)";
    session.call_list(LOAD, &[&edited.text, &edited.source()]).await
}

/// All or nothing. A load holds the catalog until the end of its transaction, so what is found of the versions before it
/// stays so.
pub async fn save(asked: &Asked, edited: &Edited, expected: &str, apply: bool) -> Result<Saved, Problem> {
    let mut session = asked.work().await?;
    match store(&mut session, edited, expected, apply).await {
        Ok(Outcome::As(kind, name)) => {
            session.commit().await?;
            Ok(Saved::As(address(&kind, &name)))
        }
        Ok(Outcome::Meanwhile(found)) => {
            session.rollback().await?;
            conflict(asked, edited, expected, &found).await
        }
        Err(problem) => {
            session.rollback().await?;
            Err(problem)
        }
    }
}

fn address(kind: &str, name: &str) -> String {
    format!("/catalog/{}/{}", escaped(kind), escaped(name))
}

enum Outcome {
    As(String, String),
    /// The id of the version that is in force.
    Meanwhile(String),
}

async fn store(
    session: &mut Session,
    edited: &Edited,
    expected: &str,
    apply: bool,
) -> Result<Outcome, Problem> {
    let loaded = load(session, edited).await?;
    let Some(first) = loaded.first() else {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "the text holds no definition")
            .hint("A definition is a name, a colon and what it is, below it."));
    };
    for it in &loaded {
        const BEFORE: &str = "select max(id)::text as id from dfa.catalog
             where kind::text = $1 and name = $2 and not current";
        const CURRENT: &str =
            "select id::text as id from dfa.catalog where current and kind::text = $1 and name = $2";
        let is_own = it.kind == edited.kind && it.name == edited.name;
        let sql = if it.action == "changed" { BEFORE } else { CURRENT };
        let row = session.query_opt(sql, &[&it.kind, &it.name]).await?;
        let before: Option<String> = row.map(|row| row.value("id")).transpose()?.flatten();
        match it.action.as_str() {
            "new" if is_own && !expected.is_empty() => {
                return Err(Problem::conflict(format!(
                    "{} '{}' was taken out of force meanwhile",
                    it.kind, it.name
                ))
                .hint("Its versions are in the catalog; add it anew to have it again."));
            }
            "changed" | "same" | "older" if is_own && before.as_deref() != Some(expected) => {
                return Ok(Outcome::Meanwhile(before.unwrap_or_default()));
            }
            "older" => {
                return Err(Problem::conflict(format!(
                    "{} '{}' has a version that is greater",
                    it.kind, it.name
                ))
                .hint("Give this one a version that is greater, or none."));
            }
            "changed" if !is_own => {
                return Err(Problem::conflict(format!(
                    "{} '{}' is in force already, and this would change it",
                    it.kind, it.name
                ))
                .hint("Edit it from its own page, or give this definition another name."));
            }
            _ => {}
        }
    }
    if apply {
        for it in loaded.iter().filter(|it| it.kind != "pipeline" && it.kind != "query") {
            apply_one(session, it).await?;
        }
    }
    Ok(Outcome::As(first.kind.clone(), first.name.clone()))
}

/// A table that is there is migrated, without loss; anything else is set up.
pub async fn apply_one(session: &mut Session, it: &Loaded) -> Result<(), Problem> {
    const IS_THERE: &str = "select exists (select from pg_class where relname = $1 and relkind in ('r', 'p')
         and relnamespace = (select oid from pg_namespace where nspname = dfa.ai_schema())) as is_there";
    let is_there: bool = session.query_one(IS_THERE, &[&it.name]).await?.value("is_there")?;
    let sql = match it.kind == "table" && is_there {
        true => "select 1 from dfa.migrate($1)",
        false => "select 1 from dfa.setup($1)",
    };
    session.call(sql, &[&it.name]).await.map(|_| ())
}

async fn conflict(asked: &Asked, edited: &Edited, expected: &str, found: &str) -> Result<Saved, Problem> {
    let mut session = asked.reads().await?;
    let current = Stored::version(&mut session, &edited.kind, &edited.name, found).await?;
    let base = Stored::version(&mut session, &edited.kind, &edited.name, expected).await?;
    session.commit_and_go_on().await?;
    let Some(current) = current else { return Err(Problem::unknown("definition", &edited.name)) };
    let (theirs, base) = (current.text(), base.map(|base| base.text()).unwrap_or_default());
    Ok(Saved::Not(Box::new(Conflict {
        theirs: Diff::of(Language::Yaml, &base, &theirs),
        yours: Diff::of(Language::Yaml, &theirs, &edited.text),
        by: current.loaded_by,
        at: current.loaded_at,
        current: current.id,
    })))
}
