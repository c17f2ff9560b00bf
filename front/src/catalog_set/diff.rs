//! `dfa catalog diff`: a set against what is current in the database.

use super::check::current;
use super::Set;
use crate::db::Ask;
use crate::failure::{Failure, Result};
use dfa_catalog::model::Kind;
use serde_json::{json, Value};
use similar::TextDiff;
use std::collections::BTreeMap;
use tokio_postgres::Client;

/// How one definition of the folder and the database compare.
pub struct Change {
    kind: String,
    name: String,
    /// new, changed, same, or database (it is there alone).
    action: &'static str,
    /// Unified diff of what changed.
    diff: String,
}

impl Change {
    pub fn is_difference(&self) -> bool {
        matches!(self.action, "new" | "changed")
    }

    pub fn text(&self) -> String {
        format!("{:<9} {:<8} {}\n{}", self.action, self.kind, self.name, self.diff).trim_end().to_owned()
    }

    pub fn to_json(&self) -> Value {
        json!({ "kind": self.kind, "name": self.name, "action": self.action, "diff": self.diff })
    }
}

/// Compares every definition, sorted by kind and name.
///
/// # Errors
/// A folder with errors: `dfa catalog check` lists them.
pub async fn diff(client: &Client, set: &Set) -> Result<Vec<Change>> {
    if let Some(error) = set.files.iter().find_map(|file| file.parsed.errors().next()) {
        return Err(Failure::work(error.to_string()).hint("`dfa catalog check` lists all errors."));
    }
    let ours: BTreeMap<(Kind, &str), &str> =
        current(set).into_iter().map(|(key, (_, definition))| (key, definition.json.as_str())).collect();
    let rows =
        client.ask("select kind::text, name, document::text from dfa.catalog where current", &[]).await?;
    let mut theirs: BTreeMap<(Kind, String), String> = BTreeMap::new();
    for row in rows {
        let kind: Kind = row.get::<_, String>(0).parse().map_err(Failure::work)?;
        theirs.insert((kind, row.get(1)), row.get(2));
    }
    let mut changes: Vec<Change> = ours
        .iter()
        .map(|((kind, name), document)| {
            compare(*kind, name, document, theirs.remove(&(*kind, (*name).to_owned())))
        })
        .collect();
    changes.extend(theirs.into_keys().map(|(kind, name)| change(kind, &name, "database", String::new())));
    Ok(changes)
}

fn compare(kind: Kind, name: &str, ours: &str, theirs: Option<String>) -> Change {
    match theirs {
        None => change(kind, name, "new", String::new()),
        Some(theirs) if theirs == ours => change(kind, name, "same", String::new()),
        Some(theirs) => {
            let (before, after) = (pretty(&theirs), pretty(ours));
            let diff = TextDiff::from_lines(&before, &after);
            let text = diff.unified_diff().context_radius(2).header("database", "folder").to_string();
            change(kind, name, "changed", text)
        }
    }
}

fn change(kind: Kind, name: &str, action: &'static str, diff: String) -> Change {
    Change { kind: kind.to_string(), name: name.to_owned(), action, diff }
}

/// One key per line, in order, so that lines can be compared.
fn pretty(document: &str) -> String {
    match serde_json::from_str::<Value>(document).and_then(|value| serde_json::to_string_pretty(&value)) {
        Ok(text) => text + "\n",
        Err(_) => document.to_owned(),
    }
}
