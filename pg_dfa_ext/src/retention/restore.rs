//! `dfa.restore_backup`: archived rows come back.

use super::backup::{columns, is_marked};
use crate::catalog;
use crate::error::{DfaError, Result};
use crate::run::{lock_table, relation_oid};
use crate::spi::{self, literal, qualified};
use crate::{partition, settings, trust};
use pgrx::pg_sys;

/// Brings the rows dated `from` to `until` back into their table; those of an archive leave it. Gives their number.
/// All in the caller's transaction, while no run of the table goes on.
pub fn run(name: &str, from: Option<&str>, until: Option<&str>) -> Result<i64> {
    if let (Some(from), Some(until)) = (from, until) {
        if from > until {
            return Err(DfaError::InvalidArgument {
                argument: "from",
                value: from.to_owned(),
                allowed: format!("The first day is not after the last, {until}."),
            });
        }
    }
    let stored = catalog::table(name)?;
    let name = stored.name();
    let schema = settings::ai_schema()?;
    let oid = relation_oid(Some(&schema), name)
        .ok_or_else(|| DfaError::MissingTable { schema: schema.clone(), table: name.to_owned() })?;
    trust::check_table(&schema, name, oid)?;
    let backup = find(&schema, name, oid)?;
    lock_table(name, oid)?;
    let (table, source) = (qualified(&schema, name), qualified(&backup.schema, &backup.table));
    let archive = backup.is_archive;
    let condition = condition(name, from, until)?;
    let columns = columns(oid)?;
    let statement = if archive {
        format!(
            "with back as (delete from {source} where {condition} returning {columns})
             insert into {table} ({columns}) select {columns} from back on conflict do nothing"
        )
    } else {
        // The copy has the rows that were kept as well: those that are there stay single.
        format!(
            "insert into {table} ({columns})
             select {columns} from {source} where {condition}
             except all select {columns} from {table} where {condition}
             on conflict do nothing"
        )
    };
    let rows = match spi::execute(&statement)? {
        spi::Outcome::Changed(rows) => rows.cast_signed(),
        _ => 0,
    };
    partition::for_rows(name)?;
    // The days up to the cut are there again from `from` on.
    spi::run(
        "update dfa.data_pipeline set kept_from = case when $2::date is null then null else least(kept_from, $2::date) end
         where table_name = $1 and kept_from is not null and $3::date is null",
        &[name.into(), from.into(), until.into()],
    )?;
    Ok(rows)
}

struct Found {
    schema: String,
    table: String,
    is_archive: bool,
}

/// The last backup of a table. Whoever runs a retention writes down where its rows are: what somebody wrote whom the
/// caller cannot trust counts only if the owner of that table says the same, in its comment.
///
/// # Errors
/// None at all, or none that may be read: the fault of the last one.
fn find(schema: &str, name: &str, oid: pg_sys::Oid) -> Result<Found> {
    let known = spi::query(include_str!("../../../sql/last_backup.sql"), &[name.into()], |row| {
        let text = |column| Ok::<_, DfaError>(row.get::<String>(column)?.unwrap_or_default());
        Ok((Found { schema: text(1)?, table: text(2)?, is_archive: text(3)? == "rows" }, text(4)?))
    })?;
    let mut fault = None;
    for (found, maker) in known {
        match check(schema, name, oid, &found, &maker) {
            Ok(()) => return Ok(found),
            Err(error) => fault = fault.or(Some(error)),
        }
    }
    Err(fault.unwrap_or_else(|| unknown(name)))
}

fn check(schema: &str, name: &str, oid: pg_sys::Oid, found: &Found, maker: &str) -> Result<()> {
    let missing = || DfaError::MissingTable { schema: found.schema.clone(), table: found.table.clone() };
    let backup = relation_oid(Some(&found.schema), &found.table).ok_or_else(missing)?;
    trust::check_backup(oid, &found.schema, &found.table, backup)?;
    if trust::is_trusted_name(maker) || is_marked(backup, &qualified(schema, name))? {
        return Ok(());
    }
    Err(unknown(name))
}

fn unknown(name: &str) -> DfaError {
    DfaError::UnknownName { what: "backup of table", name: name.to_owned(), suggestion: None }
}

/// The days asked for, by what dates the rows of the table.
fn condition(name: &str, from: Option<&str>, until: Option<&str>) -> Result<String> {
    let column = spi::query_one(
        "select nullif(trim(rtt_column), '') from dfa.data_pipeline where table_name = $1",
        &[name.into()],
        |row| Ok(row.get::<String>(1)?),
    )?
    .flatten();
    let (Some(column), true) = (column, from.is_some() || until.is_some()) else {
        return Ok("true".to_owned());
    };
    let mut parts = Vec::new();
    if let Some(from) = from {
        parts.push(format!(
            "({column})::pg_catalog.date operator(pg_catalog.>=) pg_catalog.date {}",
            literal(from)
        ));
    }
    if let Some(until) = until {
        parts.push(format!(
            "({column})::pg_catalog.date operator(pg_catalog.<=) pg_catalog.date {}",
            literal(until)
        ));
    }
    Ok(parts.join(" and "))
}
