//! `dfa.restore_backup`: archived rows come back.

use super::backup::columns;
use crate::catalog;
use crate::error::{DfaError, Result};
use crate::run::{lock_table, relation_oid};
use crate::spi::{self, literal, qualified};
use crate::{partition, settings};

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
    let found = spi::query_one(include_str!("../../../sql/last_backup.sql"), &[name.into()], |row| {
        let text = |column| Ok::<_, DfaError>(row.get::<String>(column)?.unwrap_or_default());
        Ok((text(1)?, text(2)?, text(3)? == "rows"))
    })?;
    let Some((backup_schema, backup_table, archive)) = found else {
        return Err(DfaError::UnknownName {
            what: "backup of table",
            name: name.to_owned(),
            suggestion: None,
        });
    };
    relation_oid(Some(&backup_schema), &backup_table).ok_or_else(|| DfaError::MissingTable {
        schema: backup_schema.clone(),
        table: backup_table.clone(),
    })?;
    lock_table(name, oid)?;
    let (table, source) = (qualified(&schema, name), qualified(&backup_schema, &backup_table));
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
