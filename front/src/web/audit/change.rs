//! A change as a page shows it: what was, and what is.

use crate::web::act::part;
use crate::web::clock::Moment;
use crate::web::number::Maybe;
use serde::Deserialize;
use serde_json::{Map, Value};

/// So many fields of a row are told.
const FIELDS: usize = 12;
/// And so much of a value.
const LONGEST: usize = 160;

#[derive(Deserialize)]
pub struct Change {
    pub at: Moment,
    pub person: String,
    pub way: String,
    pub role: String,
    pub kind: String,
    pub name: String,
    pub action: String,
    before: Option<Map<String, Value>>,
    after: Option<Map<String, Value>>,
    pub reason: Maybe<String>,
    pub process_id: Maybe<String>,
}

/// A field that was changed.
pub struct Field {
    pub name: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

impl Change {
    /// The fields that differ; of what came or went, those that say something.
    pub fn fields(&self) -> Vec<Field> {
        let empty = Map::new();
        let (before, after) = (self.before.as_ref().unwrap_or(&empty), self.after.as_ref().unwrap_or(&empty));
        let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
        let field = |name: &String| Field {
            name: name.clone(),
            before: text(before.get(name)),
            after: text(after.get(name)),
        };
        let fields = names.filter(|name| !self.is_told(name)).map(field);
        fields.filter(|field| field.before.is_some() || field.after.is_some()).take(FIELDS).collect()
    }

    /// Whether a field says what stands in another column already, or nothing to a reader.
    fn is_told(&self, field: &str) -> bool {
        let value = self
            .after
            .as_ref()
            .or(self.before.as_ref())
            .and_then(|row| row.get(field))
            .and_then(Value::as_str);
        let repeats = value.is_some_and(|value| value == self.name || value == self.kind);
        repeats
            || [
                "id",
                "checksum",
                "current",
                "reason",
                "loaded_at",
                "loaded_by",
                "created_at",
                "created_by",
                "since",
            ]
            .contains(&field)
    }

    /// Where what it is about is seen.
    pub fn place(&self) -> Option<String> {
        let name = part(&self.name);
        match self.kind.as_str() {
            "table" | "watermark" => Some(format!("/tables/{name}")),
            "pipeline" | "schedule" => Some(format!("/pipelines/{name}")),
            "pause" if !["all", "worker"].contains(&self.name.as_str()) => Some(format!("/pipelines/{name}")),
            "function" | "view" | "query" => Some(format!("/catalog/{}/{name}", self.kind)),
            "parameter" | "pause" => Some("/admin".to_owned()),
            "user" => Some("/admin/people".to_owned()),
            "key" => Some("/admin/keys".to_owned()),
            _ => None,
        }
    }

    /// The address of its history.
    pub fn history(&self) -> String {
        format!("/audit?kind={}&name={}", part(&self.kind), part(&self.name))
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    let text = match value? {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let short: String = text.chars().take(LONGEST).collect();
    Some(if short.len() < text.len() { format!("{short}…") } else { short })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_tells_what_was_and_what_is() {
        let change = |before: &str, after: &str| -> Change {
            let text = format!(
                r#"{{"at":"2026-01-01T00:00:00Z","person":"ada","way":"web","role":"app","kind":"parameter","name":"f/1",
                    "action":"update","before":{before},"after":{after},"reason":null,"process_id":null}}"#
            );
            serde_json::from_str(&text).unwrap()
        };
        let changed = change(r#"{"value": "1", "gone": null}"#, r#"{"value": "2"}"#);
        let fields = changed.fields();
        assert_eq!(fields.len(), 1);
        assert_eq!((fields[0].before.as_deref(), fields[0].after.as_deref()), (Some("1"), Some("2")));
        assert_eq!(changed.history(), "/audit?kind=parameter&name=f%2F1");
        assert_eq!(change("null", r#"{"value": 3}"#).fields()[0].after.as_deref(), Some("3"));
    }
}
