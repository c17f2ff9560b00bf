//! The indexes of a table, beside those of its keys.

use super::fields::{entries, flag, items, text, Fields, Known};
use super::findings::{At, Findings};
use super::keys::{check_column, columns};
use crate::model::{Index, IndexColumn, Table};
use crate::tree::Value;

pub const INDEX_KEYS: Known = &[
    &["name"],
    &["columns", "column"],
    &["unique"],
    &["where", "condition"],
    &["using", "method"],
    &["include"],
];

/// A list of indexes, or a map of them by name, or one alone.
pub fn read_all(at: &At<'_>, table: &Table, findings: &mut Findings) -> Vec<Index> {
    let one = matches!(&at.node.value, Value::Map(entries)
        if entries.iter().any(|(key, _)| key.text == "columns" || key.text == "column"));
    let entries = if one { vec![(None, at.clone())] } else { entries(at, findings) };
    let mut found: Vec<Index> = Vec::new();
    for (name, at) in entries {
        let Some(index) = read(name, &at, table, findings) else { continue };
        if found.contains(&index) {
            findings.error(&at, "the same index is given twice");
        } else if index.name.is_some() && found.iter().any(|known| known.name == index.name) {
            findings.error(&at, "two indexes have one name");
        } else {
            found.push(index);
        }
    }
    found
}

fn read(name: Option<&str>, at: &At<'_>, table: &Table, findings: &mut Findings) -> Option<Index> {
    let mut index = Index { place: at.place(), name: name.map(str::to_owned), ..Index::default() };
    if let Value::Map(_) = &at.node.value {
        let fields = Fields::open(at, INDEX_KEYS, findings)?;
        let Some(listed) = fields.get("columns") else {
            let hint = "give {columns: […]}, or the list of columns alone".to_owned();
            findings.error_hint(at, "an index has columns, and `columns` is missing", Some(hint));
            return None;
        };
        index.columns = key_columns(&listed, table, findings);
        let own = |key: &str, findings: &mut Findings| {
            let at = fields.get(key)?;
            text(&at, findings).map(|text| text.trim().to_owned())
        };
        index.name = own("name", findings).or(index.name);
        index.condition = own("where", findings);
        index.method = own("using", findings);
        index.unique = fields.get("unique").and_then(|at| flag(&at, findings)).unwrap_or_default();
        index.include = fields.get("include").map(|at| columns(&at, table, findings)).unwrap_or_default();
    } else {
        index.columns = key_columns(at, table, findings);
    }
    if let Some(fault) = index.name.as_deref().and_then(crate::name::fault) {
        findings.error(at, fault);
    }
    if let Some(method) = index.method.as_deref().filter(|method| !is_words(method)) {
        findings.error(at, format!("'{method}' is no kind of index: btree, hash, gin, gist, brin, …"));
    }
    holds_the_partition_key(at, &index, table, findings);
    (!index.columns.is_empty()).then_some(index)
}

/// Names of columns, each with how it is sorted, such as `day desc`, or with a class of operators.
fn key_columns(at: &At<'_>, table: &Table, findings: &mut Findings) -> Vec<IndexColumn> {
    let mut found: Vec<IndexColumn> = Vec::new();
    for item in items(at) {
        let Some(given) = text(&item, findings).map(str::trim) else { continue };
        let (name, order) = match given.split_once(char::is_whitespace) {
            Some((name, order)) if table.column(given).is_none() && is_words(order) => (name, order.trim()),
            _ => (given, ""),
        };
        check_column(name, &item, table, findings);
        if found.iter().any(|known| known.name == name) {
            findings.error(&item, format!("column '{name}' is listed twice"));
        }
        found.push(IndexColumn { name: name.to_owned(), order: order.to_owned() });
    }
    if found.is_empty() {
        findings.error(at, "an index has at least one column");
    }
    found
}

fn is_words(text: &str) -> bool {
    !text.trim().is_empty()
        && text.chars().all(|letter| letter.is_alphanumeric() || letter == '_' || letter == ' ')
}

/// Postgres keeps an index per partition.
fn holds_the_partition_key(at: &At<'_>, index: &Index, table: &Table, findings: &mut Findings) {
    let key = table.partition.as_ref().map(|partition| partition.columns.as_slice()).unwrap_or_default();
    let missing = key.iter().find(|name| index.columns.iter().all(|column| column.name != **name));
    if let (true, Some(missing)) = (index.unique, missing) {
        let hint = "Postgres keeps a unique index per partition; add the column to it".to_owned();
        findings.error_hint(
            at,
            format!("the unique index lacks the partition column '{missing}'"),
            Some(hint),
        );
    }
}
