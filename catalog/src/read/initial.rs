//! The first rows of a table: a statement, values or files.

use super::fields::{items, text, Fields, Known};
use super::findings::{At, Findings};
use super::script;
use crate::lexer::{is_significant, lexemes, Kind, Lexeme, Unclosed};
use crate::model::{Initial, Table};
use crate::tree::Value;

const KEYS: Known = &[script::PARAMETER, script::STATEMENT, &["value", "values"], &["file", "files"]];

pub fn read(at: &At<'_>, table: &Table, findings: &mut Findings) -> Option<Initial> {
    if let Value::List(_) = at.node.value {
        return values(at, Vec::new(), table, findings);
    }
    let fields = Fields::open(at, KEYS, findings)?;
    let parameters = script::parameters(&fields, findings);
    match (fields.get("statement"), fields.get("value"), fields.get("file")) {
        (Some(statement), None, None) => {
            script::read(&statement, parameters, &[], findings).map(Initial::Statement)
        }
        (None, Some(at), None) => values(&at, parameters, table, findings),
        (None, None, Some(at)) => files(&at, findings),
        (None, None, None) => None,
        _ => {
            findings.error(at, "first rows come from one of `statement`, `values` and `files`");
            None
        }
    }
}

fn files(at: &At<'_>, findings: &mut Findings) -> Option<Initial> {
    let mut paths = Vec::new();
    for item in items(at) {
        let path = text(&item, findings)?.trim();
        if path.is_empty() || path.starts_with('/') || path.split(['/', '\\']).any(|part| part == "..") {
            findings.error(&item, format!("'{path}' is no path below the set's data/ folder"));
        }
        paths.push(path.to_owned());
    }
    Some(Initial::Files(paths))
}

fn values(at: &At<'_>, parameters: Vec<String>, table: &Table, findings: &mut Findings) -> Option<Initial> {
    let expected = table.value_columns().count();
    let mut all = Vec::new();
    for item in items(at) {
        let Some(rows) = rows(&item, findings) else {
            continue;
        };
        for row in rows {
            script::check_placeholders(&row, &parameters, &[], &item, findings);
            match count_values(&row) {
                Ok(found) if found != expected => {
                    let columns: Vec<&str> =
                        table.value_columns().map(|column| column.name.as_str()).collect();
                    let hint = format!(
                        "values belong to the columns without a default or serial: {}",
                        columns.join(", ")
                    );
                    findings.error_hint(
                        &item,
                        format!(
                            "a row has {found} value{}, and {expected} belong here",
                            if found == 1 { "" } else { "s" }
                        ),
                        Some(hint),
                    );
                }
                Ok(_) => all.push(row),
                Err(error) => findings.error(&item, error.to_string()),
            }
        }
    }
    Some(Initial::Values { place: at.place(), parameters, rows: all })
}

/// The rows of one entry, each as the text inside its brackets.
fn rows(item: &At<'_>, findings: &mut Findings) -> Option<Vec<String>> {
    match &item.node.value {
        Value::List(_) => {
            let values: Option<Vec<&str>> = items(item).iter().map(|value| text(value, findings)).collect();
            Some(vec![values?.join(", ")])
        }
        Value::Scalar { text, .. } => match split_rows(text) {
            Ok(rows) => Some(rows),
            Err(error) => {
                findings.error(item, error.to_string());
                None
            }
        },
        _ => {
            findings.error(
                item,
                format!("a row of SQL values belongs here, and this is {}", item.node.describe()),
            );
            None
        }
    }
}

/// A text that is no list of values.
#[derive(Debug, thiserror::Error)]
enum RowError {
    #[error(transparent)]
    Unclosed(#[from] Unclosed),
    #[error("a bracket has no partner")]
    Bracket,
    #[error("a value is missing")]
    MissingValue,
}

/// `'a', 1` is one row, `('a', 1), ('b', 2)` are two. Without the comments at its end, which would reach into
/// what follows the row.
fn split_rows(text: &str) -> Result<Vec<String>, RowError> {
    let groups = top_level_groups(text)?;
    let is_rows = groups.iter().all(|group| matches!(group.as_slice(), [open, .., close] if open.kind == Kind::Open && close.kind == Kind::Close && is_one_bracket(group)));
    if !is_rows {
        return Ok(span(text, groups.iter().flatten()).into_iter().collect());
    }
    Ok(groups.iter().map(|group| span(text, &group[1..group.len() - 1]).unwrap_or_default()).collect())
}

/// The text from the first lexeme to the last.
fn span<'l>(text: &str, lexemes: impl IntoIterator<Item = &'l Lexeme>) -> Option<String> {
    let mut lexemes = lexemes.into_iter();
    let first = lexemes.next()?;
    let last = lexemes.last().unwrap_or(first);
    Some(text[first.range.start..last.range.end].to_owned())
}

/// Whether the first bracket of a group closes at its end and not before: `(1)`, not `(1) + (2)`.
fn is_one_bracket(group: &[Lexeme]) -> bool {
    let mut depth = 0;
    group.iter().enumerate().all(|(index, lexeme)| {
        match lexeme.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth -= 1,
            _ => {}
        }
        depth > 0 || index + 1 == group.len()
    })
}

fn count_values(row: &str) -> Result<usize, RowError> {
    Ok(top_level_groups(row)?.len())
}

/// The significant lexemes between the commas that stand in no bracket; one `;` at the end is no value.
fn top_level_groups(text: &str) -> Result<Vec<Vec<Lexeme>>, RowError> {
    let mut groups = vec![Vec::new()];
    let mut depth = 0i32;
    let mut found: Vec<Lexeme> = lexemes(text)?.into_iter().filter(is_significant).collect();
    found.pop_if(|last| last.kind == Kind::Semicolon);
    for lexeme in found {
        let bracket = text[lexeme.range.clone()].chars().next();
        match (lexeme.kind, bracket) {
            (Kind::Open, _) | (Kind::Other, Some('[')) => depth += 1,
            (Kind::Close, _) | (Kind::Other, Some(']')) => depth -= 1,
            (Kind::Comma, _) if depth == 0 => {
                groups.push(Vec::new());
                continue;
            }
            _ => {}
        }
        if depth < 0 {
            return Err(RowError::Bracket);
        }
        if let Some(group) = groups.last_mut() {
            group.push(lexeme);
        }
    }
    match (depth, groups.iter().any(Vec::is_empty)) {
        (0, false) => Ok(groups),
        (0, true) => Err(RowError::MissingValue),
        _ => Err(RowError::Bracket),
    }
}
