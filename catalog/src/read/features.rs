//! The columns of a table, in any of the four forms.

use super::fields::{by_position, flag, name_beside_key, named_entries, text, word, Fields, Known};
use super::findings::{At, Findings};
use crate::datatype;
use crate::model::{Column, Identity};
use crate::tree::Value;

pub const COLUMN_KEYS: Known = &[
    &["name"],
    &["datatype", "type", "dtype"],
    &["nullable"],
    &["unique"],
    &["default"],
    &["check"],
    &["description", "descriptions"],
    &["generated"],
    &["identity"],
];

/// The columns; those that say `primary key` are added to the key.
pub fn read(at: &At<'_>, primary_key: &mut Vec<String>, findings: &mut Findings) -> Vec<Column> {
    let named: Vec<(Option<&str>, At<'_>)> = match &at.node.value {
        // One entry with a name tells positions from columns whose names are numbers.
        Value::Map(entries)
            if entries.iter().all(|(key, _)| is_position(&key.text))
                && entries.iter().any(|(_, node)| node.get("name").is_some()) =>
        {
            by_position(at, findings).into_iter().map(|item| (None, item)).collect()
        }
        _ => named_entries(at, findings),
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
    let name = match name_beside_key(name, given.as_ref(), findings)? {
        Some(name) => name,
        None => {
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
        place: at.place(),
        name: name.to_owned(),
        datatype: read.datatype,
        nullable: read.nullable.unwrap_or(true),
        unique: read.unique,
        default: read.default,
        check: read.check,
        description: None,
        generated: read.generated,
        identity: read.identity,
    };
    if let Some(fields) = &fields {
        constraints(fields, read.nullable, &mut column, findings);
        computed(fields, &mut column, findings);
    }
    // As Postgres has it.
    column.nullable &= column.identity.is_none();
    fills_itself_once(at, &column, findings);
    Some(column)
}

/// The constraints of the map form, which may repeat what the datatype says and not contradict it.
fn constraints(
    fields: &Fields<'_>,
    nullable_in_datatype: Option<bool>,
    column: &mut Column,
    findings: &mut Findings,
) {
    if let Some((at, nullable)) = given(fields, "nullable", findings, flag) {
        agree(nullable_in_datatype.is_none_or(|said| said == nullable), "nullable", &at, column, findings);
        column.nullable = nullable;
    }
    if let Some((at, unique)) = given(fields, "unique", findings, flag) {
        agree(unique || !column.unique, "unique", &at, column, findings);
        column.unique = unique;
    }
    if let Some((at, default)) = given(fields, "default", findings, text) {
        let default = Some(default.trim().to_owned());
        agree(column.default.is_none() || column.default == default, "default", &at, column, findings);
        column.default = default;
    }
    if let Some((at, check)) = given(fields, "check", findings, text) {
        let check = Some(check.trim().to_owned());
        agree(column.check.is_none() || column.check == check, "check", &at, column, findings);
        column.check = check;
    }
}

/// What the map form alone can say in words of its own.
fn computed(fields: &Fields<'_>, column: &mut Column, findings: &mut Findings) {
    if let Some((_, description)) = given(fields, "description", findings, text) {
        column.description = Some(description.trim().to_owned()).filter(|text| !text.is_empty());
    }
    if let Some((at, expression)) = given(fields, "generated", findings, text) {
        let expression = Some(expression.trim().to_owned());
        agree(
            column.generated.is_none() || column.generated == expression,
            "generated",
            &at,
            column,
            findings,
        );
        column.generated = expression;
    }
    if let Some((at, wanted)) = given(fields, "identity", findings, identity) {
        agree(column.identity.is_none() || column.identity == wanted, "identity", &at, column, findings);
        column.identity = wanted;
    }
}

/// `always`, `by default` or a flag, for which `by default` is meant.
fn identity(at: &At<'_>, findings: &mut Findings) -> Option<Option<Identity>> {
    let of = |always| Some(Identity { always, options: String::new() });
    let words = [
        ("always", Some(true)),
        ("by default", Some(false)),
        ("true", Some(false)),
        ("yes", Some(false)),
        ("false", None),
        ("no", None),
    ];
    Some(word(at, &words, findings)?.and_then(of))
}

/// A column has one way to get a value by itself.
fn fills_itself_once(at: &At<'_>, column: &Column, findings: &mut Findings) {
    let ways = [
        ("a default", column.default.is_some()),
        ("`generated`", column.generated.is_some()),
        ("an identity", column.identity.is_some()),
        ("a serial type", column.is_serial()),
    ];
    let ways: Vec<&str> = ways.iter().filter(|(_, has)| *has).map(|(way, _)| *way).collect();
    if ways.len() > 1 {
        let message = format!("column '{}' has {}; give it one of them", column.name, ways.join(" and "));
        findings.error(at, message);
    }
}

fn given<'n, T>(
    fields: &Fields<'n>,
    key: &str,
    findings: &mut Findings,
    read: impl Fn(&At<'n>, &mut Findings) -> Option<T>,
) -> Option<(At<'n>, T)> {
    let at = fields.get(key)?;
    let value = read(&at, findings)?;
    Some((at, value))
}

fn agree(agrees: bool, key: &str, at: &At<'_>, column: &Column, findings: &mut Findings) {
    if !agrees {
        let message = format!("column '{}': `{key}` contradicts the datatype", column.name);
        findings.error_hint(at, message, Some("say it once".to_owned()));
    }
}
