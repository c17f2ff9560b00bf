//! Primary, foreign and partition keys.

use super::fields::{name_beside_key, named_entries, names, text, Fields, Known};
use super::findings::{did_you_mean, At, Findings};
use crate::model::{ForeignKey, Partition, PartitionBy, Table};
use crate::tree::Value;

/// Reads the keys below `create` into a table whose columns are known.
pub fn read(create: &Fields<'_>, table: &mut Table, findings: &mut Findings) {
    let mut primary_key = std::mem::take(&mut table.primary_key);
    if let Some(at) = create.get("primary_key") {
        let listed = columns(&at, table, findings);
        if let Some(missing) = primary_key.iter().find(|name| !listed.contains(name)) {
            findings.error(&at, format!("column '{missing}' says `primary key` and is not listed here"));
        }
        primary_key = listed;
    }
    for column in &mut table.columns {
        column.nullable &= !primary_key.contains(&column.name);
    }
    table.primary_key = primary_key;
    if let Some(at) = create.get("primary_key_dummy") {
        table.primary_key_dummy = columns(&at, table, findings);
    }
    if let Some(at) = create.get("foreign_key") {
        table.foreign_keys = foreign_keys(&at, table, findings);
    }
    table.partition = partition(create, table, findings);
}

/// Names that must be columns, each once.
pub fn columns(at: &At<'_>, table: &Table, findings: &mut Findings) -> Vec<String> {
    let names = names(at, findings);
    for (index, name) in names.iter().enumerate() {
        if names[..index].contains(name) {
            findings.error(at, format!("column '{name}' is listed twice"));
        }
        check_column(name, at, table, findings);
    }
    names
}

pub fn check_column(name: &str, at: &At<'_>, table: &Table, findings: &mut Findings) {
    if table.column(name).is_none() && !table.columns.is_empty() {
        let hint = did_you_mean(name, table.columns.iter().map(|column| column.name.as_str()));
        findings.error_hint(at, format!("column '{name}' is not among the features"), hint);
    }
}

const FOREIGN_KEYS: Known = &[&["name", "column"], &["ref_table", "table"], &["ref_column", "field"]];

fn foreign_keys(at: &At<'_>, table: &Table, findings: &mut Findings) -> Vec<ForeignKey> {
    let mut keys: Vec<ForeignKey> = Vec::new();
    for (name, at) in named_entries(at, findings) {
        let Some(key) = foreign_key(name, &at, findings) else {
            continue;
        };
        check_column(&key.column, &at, table, findings);
        if keys.iter().any(|known| known.column == key.column) {
            findings.error(&at, format!("column '{}' has two foreign keys", key.column));
        }
        keys.push(key);
    }
    keys
}

fn foreign_key(name: Option<&str>, at: &At<'_>, findings: &mut Findings) -> Option<ForeignKey> {
    let Value::Map(_) = &at.node.value else {
        let Some(column) = name else {
            findings.error(at, "a foreign key in a list is {name, ref_table, ref_column}");
            return None;
        };
        let (ref_table, ref_column) = reference(at, findings)?;
        return Some(ForeignKey { column: column.to_owned(), ref_table, ref_column });
    };
    let fields = Fields::open(at, FOREIGN_KEYS, findings)?;
    let Some(column) = name_beside_key(name, fields.get("name").as_ref(), findings)? else {
        findings.error(at, "a foreign key in a list needs `name`, the column");
        return None;
    };
    let Some(ref_table) = fields.get("ref_table") else {
        findings.error(at, format!("the foreign key of '{column}' does not say which table it refers to"));
        return None;
    };
    let (ref_table, inline) = reference(&ref_table, findings)?;
    let mut ref_column = None;
    if let Some(at) = fields.get("ref_column") {
        let given = text(&at, findings)?.trim();
        if let Some(inline) = inline.as_ref().filter(|inline| *inline != given) {
            findings.error(&at, format!("'{ref_table}.{inline}' names another column than '{given}'"));
        }
        ref_column = Some(given.to_owned());
    }
    Some(ForeignKey { column: column.trim().to_owned(), ref_table, ref_column: ref_column.or(inline) })
}

/// `table`, `table.column` or `table(column)`.
fn reference(at: &At<'_>, findings: &mut Findings) -> Option<(String, Option<String>)> {
    let given = text(at, findings)?.trim();
    let (table, column) = match given.split_once('(') {
        Some((table, rest)) => (table, Some(rest.strip_suffix(')').unwrap_or(""))),
        None => match given.rsplit_once('.') {
            Some((table, column)) => (table, Some(column)),
            None => (given, None),
        },
    };
    let column = column.map(str::trim);
    if table.trim().is_empty()
        || column.is_some_and(|column| column.is_empty() || column.contains(['(', ',', ')']))
    {
        findings.error(at, format!("'{given}' is no reference: write table, table.column or table(column)"));
        return None;
    }
    Some((table.trim().to_owned(), column.map(str::to_owned)))
}

fn partition(create: &Fields<'_>, table: &Table, findings: &mut Findings) -> Option<Partition> {
    const KINDS: [(&str, PartitionBy); 3] = [
        ("partition_by_range", PartitionBy::Range),
        ("partition_by_list", PartitionBy::List),
        ("partition_by_hash", PartitionBy::Hash),
    ];
    let mut found: Option<Partition> = None;
    for (key, by) in KINDS {
        let Some(at) = create.get(key) else { continue };
        if found.is_some() {
            findings.error(&at, "a table is partitioned in one way, and this is a second");
            continue;
        }
        let columns = columns(&at, table, findings);
        if by == PartitionBy::List && columns.len() > 1 {
            findings.error(&at, "a table is partitioned by a list of values of one column");
        }
        if let Some(missing) =
            columns.iter().find(|name| !table.primary_key.is_empty() && !table.primary_key.contains(name))
        {
            let hint = "Postgres keeps a primary key per partition; add the column to it".to_owned();
            findings.error_hint(
                &at,
                format!("the primary key lacks the partition column '{missing}'"),
                Some(hint),
            );
        }
        found = Some(Partition { by, columns });
    }
    found
}
