//! Another partition key needs another table: it takes the place of the old one, and the rows move over.

use super::change::{Change, Loss, Phase, What};
use super::dependants::beside_definition;
use super::scope::{Existing, Subject};
use super::shadow::Pairs;
use crate::catalog::Stored;
use crate::error::Result;
use crate::setup;
use crate::spi::{self, ident, qualified};
use dfa_catalog::model::Table;
use pgrx::pg_sys;

/// Puts a repartition in the place of all other changes of a table that needs one: the new table is as its catalog says.
pub fn replace(
    subjects: &[Subject],
    pairs: &Pairs,
    schema: &str,
    mut found: Vec<Change>,
) -> Result<Vec<Change>> {
    for (name, wanted) in pairs.names.iter().zip(&pairs.partition_keys) {
        let Some(subject) = subjects.iter().find(|subject| subject.stored.name() == name) else { continue };
        let (Some(existing), Some(table)) = (&subject.existing, subject.stored.table()) else { continue };
        if existing.partition_key == *wanted && !retypes_key(table, name, &found) {
            continue;
        }
        let (replaced, rest): (Vec<_>, Vec<_>) = found.into_iter().partition(|change| change.table == *name);
        found = rest;
        let mut change = repartition(schema, &subject.stored, table, existing, &replaced)?;
        change.object = wanted.clone();
        found.push(change);
    }
    Ok(found)
}

/// Postgres gives no column of a partition key another type.
fn retypes_key(table: &Table, name: &str, changes: &[Change]) -> bool {
    let key = table.partition.as_ref().map(|partition| partition.columns.as_slice()).unwrap_or_default();
    changes.iter().any(|change| {
        change.table == name
            && change.what == What::RetypeColumn
            && change.object.as_ref().is_some_and(|column| key.contains(column))
    })
}

fn repartition(
    schema: &str,
    stored: &Stored,
    table: &Table,
    existing: &Existing,
    replaced: &[Change],
) -> Result<Change> {
    let name = stored.name();
    let target = qualified(schema, name);
    let old = qualified(schema, &format!("dfa_before_{}", existing.oid.to_u32()));
    let mut statements = Vec::new();
    let key = table.partition.as_ref().map(|partition| partition.columns.clone());
    let mut in_the_way =
        texts(include_str!("sql/repartition_in_the_way.sql"), &[existing.oid.into(), key.into()])?;
    let mut later = Vec::new();
    for (drop, add, called, is_ours) in referring_keys(existing.oid, schema)? {
        if is_ours {
            statements.push(drop);
            later.push(add);
        } else {
            in_the_way.push(called);
        }
    }
    let columns: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
    let serials: Vec<String> = table
        .columns
        .iter()
        .filter(|column| column.has_sequence())
        .map(|column| column.name.clone())
        .collect();
    // Those of columns that count no more go with the old table.
    let ended: Vec<String> = replaced
        .iter()
        .filter(|change| matches!(change.what, What::Sequence | What::Identity))
        .filter_map(|change| change.object.clone())
        .filter(|column| !serials.contains(column))
        .collect();
    let aside = [serials.clone(), ended.clone()].concat();
    statements.extend(texts(include_str!("sql/set_aside.sql"), &[existing.oid.into(), aside.into()])?);
    statements.push(setup::create_statement(schema, name, table)?);
    statements.push(copy(&target, &old, table, replaced));
    statements.extend(texts(
        include_str!("sql/go_on_counting.sql"),
        &[existing.oid.into(), target.as_str().into(), serials.into(), ended.into()],
    )?);
    statements.push(format!("drop table {old}"));
    statements.extend(beside_definition(existing.oid, &target, Some(&columns))?);
    statements.extend(texts(
        include_str!("sql/kept_of_table.sql"),
        &[existing.oid.into(), target.as_str().into(), columns.into()],
    )?);
    // What the catalog says of them has the last word.
    statements.extend(setup::comments(stored, table, schema).into_iter().map(|comment| comment.statement));
    statements.extend(later);
    let mut change = Change::new(name, What::Repartition, Phase::Table, String::new());
    change.statements = statements;
    change.rewrites = true;
    change.loss = replaced.iter().map(|change| change.loss).max().unwrap_or(Loss::None);
    change.in_the_way = in_the_way;
    change.checks = replaced.iter().flat_map(|change| change.checks.clone()).collect();
    Ok(change)
}

/// The rows of the columns that both have, cast where the type is another.
fn copy(target: &str, old: &str, table: &Table, replaced: &[Change]) -> String {
    let is_new = |name: &str| {
        replaced.iter().any(|change| change.what == What::AddColumn && change.object.as_deref() == Some(name))
    };
    let kept: Vec<&str> = table
        .columns
        .iter()
        .filter(|column| column.generated.is_none())
        .map(|column| column.name.as_str())
        .filter(|name| !is_new(name))
        .collect();
    let names: Vec<String> = kept.iter().map(|name| ident(name)).collect();
    let cast = |name: &str| {
        let retyped =
            replaced.iter().find(|change| change.object.as_deref() == Some(name) && change.cast.is_some());
        retyped.and_then(|change| change.cast.clone()).unwrap_or_else(|| ident(name))
    };
    let values: Vec<String> = kept.iter().map(|name| cast(name)).collect();
    format!(
        "insert into {target} ({}) overriding system value select {} from {old}",
        names.join(", "),
        values.join(", ")
    )
}

/// Foreign keys to the table: drop, addition, what they are called, whether a table of the catalog has them.
fn referring_keys(oid: pg_sys::Oid, schema: &str) -> Result<Vec<(String, String, String, bool)>> {
    spi::query(include_str!("sql/referring_keys.sql"), &[oid.into(), schema.into()], |row| {
        Ok((
            row.get::<String>("removal")?,
            row.get::<String>("addition")?,
            row.get::<String>("called")?,
            row.get::<bool>("is_of_catalog")?,
        ))
    })
}

fn texts(sql: &'static str, args: &[pgrx::datum::DatumWithOid<'_>]) -> Result<Vec<String>> {
    spi::values::<String>(sql, args)
}
