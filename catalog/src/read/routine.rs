//! A function, view or named query.

use super::fields::{names, text, Fields, Known};
use super::findings::{At, Findings};
use super::script;
use crate::model::{Kind, Routine};
use crate::statement;
use crate::tree::Value;

pub const KEYS: Known = &[
    &["version"],
    &["description", "descriptions"],
    &["create", "statement", "statements", "function", "functions", "query", "profile"],
    script::PARAMETER,
    &["tags"],
    &["owner"],
];

const CREATE_KEYS: Known = &[
    script::PARAMETER,
    &["statement", "statements", "stm", "stms", "function", "functions", "query", "profile"],
];

pub fn read(kind: Kind, at: &At<'_>, fields: &Fields<'_>, findings: &mut Findings) -> Option<Routine> {
    let Some(create) = fields.get("create") else {
        findings.error(at, format!("a {kind} has SQL under `create`, and it is missing"));
        return None;
    };
    let mut parameters = script::parameters(fields, findings);
    let is_part = |key: &str| CREATE_KEYS.iter().any(|group| group.contains(&key));
    let script = match &create.node.value {
        // A map without our keys is a statement in steps.
        Value::Map(entries) if entries.iter().any(|(key, _)| is_part(&key.text)) => {
            let inner = Fields::open(&create, CREATE_KEYS, findings)?;
            let Some(statement) = inner.get("statement") else {
                findings.error(&create, format!("a {kind} needs its statement"));
                return None;
            };
            parameters.extend(script::parameters(&inner, findings));
            script::read(&statement, parameters, &[], findings)?
        }
        _ => script::read(&create, parameters, &[], findings)?,
    };
    let materialized = script.statements.iter().any(|sql| {
        let head: Vec<String> = statement::words(sql).take(3).collect();
        head.first().is_some_and(|word| word == "create") && head.iter().any(|word| word == "materialized")
    });
    let tags = fields.get("tags").map_or_else(Vec::new, |at| names(&at, findings));
    let owner = fields.get("owner").and_then(|at| text(&at, findings)).map(|text| text.trim().to_owned());
    Some(Routine { script, materialized, tags, owner })
}
