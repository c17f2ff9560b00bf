//! `dfa catalog diff`: a set against what is current in the database.

use super::check::current;
use super::Set;
use crate::db::{Ask, Client, Columns, Unexpected};
use crate::failure::{Failure, Result};
use dfa_catalog::model::Kind;
use serde::Serialize;
use serde_json::{json, Value};
use similar::TextDiff;
use std::collections::BTreeMap;
use tokio_postgres::Row;
use utoipa::ToSchema;

/// How one definition of the folder and the database compare.
#[derive(Serialize, ToSchema)]
pub struct Change {
    /// table, function, view, query or pipeline.
    kind: String,
    name: String,
    /// new, changed, same, or gone: the database alone has it, and it is in force there.
    action: &'static str,
    /// Unified diff of what changed.
    diff: String,
}

/// What is in force, for [`Stated`].
pub const CURRENT: &str = "select kind::text as kind, name, document::text as document from dfa.catalog
     where current and dfa.key_covers(name)";

/// A definition of the database.
pub struct Stated {
    kind: String,
    name: String,
    document: String,
}

impl Stated {
    pub fn read(row: &Row) -> std::result::Result<Stated, Unexpected> {
        Ok(Stated { kind: row.value("kind")?, name: row.value("name")?, document: row.value("document")? })
    }
}

impl Change {
    pub fn is_difference(&self) -> bool {
        self.action != "same"
    }

    pub fn is_gone(&self) -> bool {
        self.action == "gone"
    }

    pub fn text(&self) -> String {
        format!("{:<9} {:<8} {}\n{}", self.action, self.kind, self.name, self.diff).trim_end().to_owned()
    }

    pub fn to_json(&self) -> Value {
        json!(self)
    }
}

/// Compares every definition, sorted by kind and name.
///
/// # Errors
/// A folder with errors: `dfa catalog check` lists them.
pub async fn diff(client: &Client, set: &Set) -> Result<Vec<Change>> {
    let stated =
        client.ask(CURRENT, &[]).await?.iter().map(Stated::read).collect::<std::result::Result<_, _>>()?;
    changes(set, stated)
}

/// [`diff`] with what is in force.
pub fn changes(set: &Set, stated: Vec<Stated>) -> Result<Vec<Change>> {
    if let Some(error) = set.files.iter().find_map(|file| file.parsed.errors().next()) {
        return Err(Failure::work(error.to_string()).hint("`dfa catalog check` lists all errors."));
    }
    let ours: BTreeMap<(Kind, &str), &str> =
        current(set).into_iter().map(|(key, (_, definition))| (key, definition.json.as_str())).collect();
    let mut theirs: BTreeMap<(Kind, String), String> = BTreeMap::new();
    for Stated { kind, name, document } in stated {
        let kind: Kind = kind.parse().map_err(Failure::work)?;
        theirs.insert((kind, name), document);
    }
    let mut changes: Vec<Change> = ours
        .iter()
        .map(|((kind, name), document)| {
            compare(*kind, name, document, theirs.remove(&(*kind, (*name).to_owned())))
        })
        .collect();
    if !set.whole {
        theirs.clear();
    }
    changes.extend(theirs.into_keys().map(|(kind, name)| change(kind, &name, "gone", String::new())));
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

/// One key per line, in order, and a text of several lines line by line, so that lines can be compared.
fn pretty(document: &str) -> String {
    match serde_json::from_str::<Value>(document) {
        Ok(value) => {
            let mut text = String::new();
            write_value(&value, 0, &mut text);
            text + "\n"
        }
        Err(_) => document.to_owned(),
    }
}

fn write_value(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            let items = entries.iter().map(|(key, value)| (Some(key.as_str()), value));
            write_items(['{', '}'], items, depth, text);
        }
        Value::Array(items) if !items.is_empty() => {
            write_items(['[', ']'], items.iter().map(|value| (None, value)), depth, text);
        }
        Value::String(given) if given.contains('\n') => {
            for line in given.lines() {
                text.push_str(&format!("\n{:width$}| {line}", "", width = 2 * (depth + 1)));
            }
        }
        other => text.push_str(&other.to_string()),
    }
}

fn write_items<'v>(
    [open, close]: [char; 2],
    items: impl Iterator<Item = (Option<&'v str>, &'v Value)>,
    depth: usize,
    text: &mut String,
) {
    text.push(open);
    let mut separator = "\n";
    for (key, value) in items {
        text.push_str(&format!("{separator}{:width$}", "", width = 2 * (depth + 1)));
        if let Some(key) = key {
            text.push_str(&format!("{}: ", Value::from(key)));
        }
        write_value(value, depth + 1, text);
        separator = ",\n";
    }
    text.push_str(&format!("\n{:width$}{close}", "", width = 2 * depth));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_written_as_json_is_and_its_statements_line_by_line() {
        let value = json!({ "a": { "b": ["x", 1, null], "c": {} }, "d": "one \"line\"" });
        assert_eq!(
            pretty(&value.to_string()).trim_end(),
            serde_json::to_string_pretty(&value).unwrap_or_default()
        );
        assert_eq!(
            pretty(r#"{"p":{"statement":"insert into t\nselect 1"},"z":1}"#),
            "{\n  \"p\": {\n    \"statement\": \n      | insert into t\n      | select 1\n  },\n  \"z\": 1\n}\n"
        );
    }
}
