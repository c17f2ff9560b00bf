//! The columns of a table, in any of the four forms.

use super::fields::{by_position, flag, items, map, text, Fields, Known};
use super::findings::{At, Findings};
use crate::datatype;
use crate::model::Column;
use crate::tree::Value;

const COLUMN_KEYS: Known =
    &[&["name"], &["datatype", "type", "dtype"], &["nullable"], &["unique"], &["default"], &["check"]];

/// The columns; those that say `primary key` are added to the key.
pub fn read(at: &At<'_>, primary_key: &mut Vec<String>, findings: &mut Findings) -> Vec<Column> {
    let named: Vec<(Option<&str>, At<'_>)> = match &at.node.value {
        Value::List(_) => items(at).into_iter().map(|item| (None, item)).collect(),
        Value::Map(entries)
            if !entries.is_empty()
                && entries.iter().all(|(key, node)| is_position(&key.text) && node.get("name").is_some()) =>
        {
            by_position(at, findings).into_iter().map(|item| (None, item)).collect()
        }
        _ => {
            map(at, findings).unwrap_or_default().into_iter().map(|(name, item)| (Some(name), item)).collect()
        }
    };
    if named.is_empty() {
        findings.error(at, "a table has at least one column");
    }
    let mut columns: Vec<Column> = Vec::new();
    for (name, at) in named {
        let Some(column) = column(name, &at, primary_key, findings) else {
            continue;
        };
        if columns.iter().any(|known| known.name == column.name) {
            findings.error(&at, format!("column '{}' is given twice", column.name));
            continue;
        }
        columns.push(column);
    }
    columns
}

fn is_position(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit())
}

fn column(
    name: Option<&str>,
    at: &At<'_>,
    primary_key: &mut Vec<String>,
    findings: &mut Findings,
) -> Option<Column> {
    let fields = match &at.node.value {
        Value::Map(_) => Some(Fields::open(at, COLUMN_KEYS, findings)?),
        _ => None,
    };
    let given = fields.as_ref().and_then(|fields| fields.get("name"));
    let name = match (&given, name) {
        (Some(given), _) => text(given, findings)?,
        (None, Some(name)) => name,
        (None, None) => {
            findings.error_hint(
                at,
                "a column in a list needs its name",
                Some("give {name, datatype}".to_owned()),
            );
            return None;
        }
    };
    if let Some(fault) = crate::name::fault(name) {
        findings.error(at, fault);
        return None;
    }
    let definition = match &fields {
        Some(fields) => match fields.get("datatype") {
            Some(datatype) => datatype,
            None => {
                findings.error(at, format!("column '{name}' has no datatype"));
                return None;
            }
        },
        None if at.node.is_null() => {
            findings.error(at, format!("column '{name}' has no datatype"));
            return None;
        }
        None => at.clone(),
    };
    let read = match datatype::parse(text(&definition, findings)?) {
        Ok(read) => read,
        Err(error) => {
            findings.error(&definition, format!("column '{name}': {error}"));
            return None;
        }
    };
    if read.primary_key {
        primary_key.push(name.to_owned());
    }
    let mut column = Column {
        name: name.to_owned(),
        datatype: read.datatype,
        nullable: read.nullable.unwrap_or(true),
        unique: read.unique,
        default: read.default,
        check: read.check,
    };
    if let Some(fields) = &fields {
        constraints(fields, &mut column, findings);
    }
    Some(column)
}

/// The constraints of the map form.
fn constraints(fields: &Fields<'_>, column: &mut Column, findings: &mut Findings) {
    if let Some(nullable) = fields.get("nullable").and_then(|at| flag(&at, findings)) {
        column.nullable = nullable;
    }
    if let Some(unique) = fields.get("unique").and_then(|at| flag(&at, findings)) {
        column.unique = unique;
    }
    if let Some(default) = fields.get("default").and_then(|at| text(&at, findings)) {
        column.default = Some(default.trim().to_owned());
    }
    if let Some(at) = fields.get("check") {
        column.check = text(&at, findings).map(|condition| condition.trim().to_owned());
    }
}
