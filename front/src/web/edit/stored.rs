//! The version of a definition that is in force, or another.

use crate::db::Session;
use crate::http::Problem;
use crate::web::catalog::yaml;
use crate::web::clock::Moment;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub struct Stored {
    pub id: String,
    kind: String,
    name: String,
    document: Value,
    pub loaded_at: Moment,
    /// The person who loaded it, where the audit still knows that.
    pub loaded_by: String,
}

impl Stored {
    /// The version that is in force.
    pub async fn current(session: &mut Session, kind: &str, name: &str) -> Result<Option<Stored>, Problem> {
        let none: Option<&str> = None;
        Ok(session.list(include_str!("stored.sql"), &[&kind, &name, &none]).await?.into_iter().next())
    }

    /// One with an id.
    pub async fn version(
        session: &mut Session,
        kind: &str,
        name: &str,
        id: &str,
    ) -> Result<Option<Stored>, Problem> {
        let id = Some(id);
        Ok(session.list(include_str!("stored.sql"), &[&kind, &name, &id]).await?.into_iter().next())
    }

    pub fn text(&self) -> String {
        yaml(&self.kind, &self.name, &self.document)
    }
}
