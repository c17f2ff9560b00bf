//! `dfa.restore_backup`: archived rows come back.

use super::backup::marked;
use super::cut::dated_by;
use crate::catalog;
use crate::citus;
use crate::data_schema;
use crate::error::{DfaError, Result};
use crate::lock::hold_table;
use crate::relation;
use crate::spi::{self, literal, qualified};
use crate::subtransaction::subtransaction;
use crate::{partition, trust};
use dfa_catalog::model::Backup as Content;
use pgrx::pg_sys;

/// Brings the rows dated `from` to `until` back into their table; those of an archive leave it. Returns their number.
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
    let schema = data_schema::name()?;
    let oid = relation::oid(Some(&schema), name)
        .ok_or_else(|| DfaError::MissingTable { schema: schema.clone(), table: name.to_owned() })?;
    trust::check_table(&schema, name, oid)?;
    let backup = find(&schema, name, oid)?;
    let source_oid = relation::oid(Some(&backup.schema), &backup.table).ok_or_else(|| unknown(name))?;
    hold_table(name, oid)?;
    let (table, source) = (qualified(&schema, name), qualified(&backup.schema, &backup.table));
    let condition = condition(&schema, name, from, until)?;
    let is_elsewhere = citus::is_elsewhere(oid)? || citus::is_elsewhere(source_oid)?;
    let statements = match backup.is_archive {
        true if is_elsewhere => from_archive_in_turn(oid, source_oid, &table, &source, &condition)?,
        true => vec![from_archive(oid, source_oid, &table, &source, &condition)?],
        false => vec![from_copy(oid, source_oid, &table, &source, &condition)?],
    };
    let rows = citus::in_order(|| -> Result<i64> {
        if is_elsewhere {
            spi::own(&format!("lock table {source} in share row exclusive mode"))?;
        }
        let mut effects = statements.iter().map(|statement| spi::execute(statement));
        let first = effects.next().transpose()?;
        effects.try_for_each(|effect| effect.map(|_| ()))?;
        Ok(match first {
            Some(spi::Effect::Changed(rows)) => rows.cast_signed(),
            _ => 0,
        })
    })?;
    partition::for_rows(name)?;
    // The days up to the cut are there again from `from` on.
    spi::run(
        "update dfa.data_pipeline set kept_from = case when $2::date is null then null else least(kept_from, $2::date) end
         where table_name = $1 and kept_from is not null and $3::date is null",
        &[name.into(), from.into(), until.into()],
    )?;
    Ok(rows)
}

/// The rows leave the archive.
fn from_archive(
    oid: pg_sys::Oid,
    source_oid: pg_sys::Oid,
    table: &str,
    source: &str,
    condition: &str,
) -> Result<String> {
    let Common { columns, values } = common(oid, source_oid, source)?;
    Ok(format!(
        "with back as (delete from {source} where {condition} returning *)
         insert into {table} ({columns}) overriding system value select {values} from back on conflict do nothing"
    ))
}

/// [`from_archive`] by two statements, which Citus sends to the machines as they are. The archive is locked.
fn from_archive_in_turn(
    oid: pg_sys::Oid,
    source_oid: pg_sys::Oid,
    table: &str,
    source: &str,
    condition: &str,
) -> Result<Vec<String>> {
    let Common { columns, values } = common(oid, source_oid, source)?;
    Ok(vec![
        format!(
            "insert into {table} ({columns}) overriding system value select {values} from {source}
             where {condition} on conflict do nothing"
        ),
        format!("delete from {source} where {condition}"),
    ])
}

/// The copy has the rows that were kept as well: those that are there stay single. Compared as texts, since not every type
/// has an equality.
fn from_copy(
    oid: pg_sys::Oid,
    source_oid: pg_sys::Oid,
    table: &str,
    source: &str,
    condition: &str,
) -> Result<String> {
    let Common { columns, values } = common(oid, source_oid, source)?;
    Ok(format!(
        "with dfa_here as (
             select row({columns})::pg_catalog.text as dfa_line, pg_catalog.count(*) as dfa_there
             from {table} where {condition} group by 1
         ),
         dfa_back as (
             select *, row({values})::pg_catalog.text as dfa_line,
                    pg_catalog.row_number() over (partition by row({values})::pg_catalog.text) as dfa_number
             from {source} where {condition}
         )
         insert into {table} ({columns}) overriding system value
         select {values} from dfa_back
              left join dfa_here on dfa_here.dfa_line operator(pg_catalog.=) dfa_back.dfa_line
         where dfa_number operator(pg_catalog.>) coalesce(dfa_there, 0)
         on conflict do nothing"
    ))
}

/// The columns that a table and its backup have in common.
struct Common {
    /// Of the table.
    columns: String,
    /// Of the backup: what a column holds, or what one that came later and takes no null has as its default.
    values: String,
}

/// A column that the table has no more is named to the caller: its values have no place to go.
fn common(oid: pg_sys::Oid, source_oid: pg_sys::Oid, source: &str) -> Result<Common> {
    let found =
        spi::query(include_str!("sql/columns_to_restore.sql"), &[oid.into(), source_oid.into()], |row| {
            Ok((row.get::<Option<String>>("column_name")?, row.get::<String>("value")?))
        })?;
    let gone: Vec<&str> =
        found.iter().filter(|(column, _)| column.is_none()).map(|(_, gone)| gone.as_str()).collect();
    if !gone.is_empty() {
        pgrx::warning!("columns of {source} that the table has no more are left out: {}", gone.join(", "));
    }
    let (columns, values): (Vec<String>, Vec<String>) =
        found.into_iter().filter_map(|(column, value)| column.map(|column| (column, value))).unzip();
    Ok(Common { columns: columns.join(", "), values: values.join(", ") })
}

struct Found {
    schema: String,
    table: String,
    is_archive: bool,
}

/// The last backup of a table. Whoever runs a retention writes down where its rows are: what somebody wrote whom the
/// caller cannot trust counts only if the owner of that table says the same, in its comment. Nobody's row keeps the caller from
/// the others: that he may not even look at what it names is a fault of that row.
///
/// # Errors
/// None at all, or none that may be read: the fault of the last one.
fn find(schema: &str, name: &str, oid: pg_sys::Oid) -> Result<Found> {
    let known = spi::query(include_str!("sql/last_backup.sql"), &[name.into()], |row| {
        Ok((
            Found {
                schema: row.get::<String>("backup_schema")?,
                table: row.get::<String>("backup_table")?,
                is_archive: row.get::<String>("content")? == "rows",
            },
            row.get::<String>("made_by")?,
        ))
    })?;
    let mut fault = None;
    for (found, maker) in known {
        match subtransaction(|| check(schema, name, oid, found, &maker)) {
            Ok(found) => return Ok(found),
            Err(error) if error.is_interrupt() => return Err(error),
            Err(error) => fault = fault.or(Some(error)),
        }
    }
    Err(fault.unwrap_or_else(|| unknown(name)))
}

fn check(schema: &str, name: &str, oid: pg_sys::Oid, found: Found, maker: &str) -> Result<Found> {
    let missing = || DfaError::MissingTable { schema: found.schema.clone(), table: found.table.clone() };
    let backup = relation::oid(Some(&found.schema), &found.table).ok_or_else(missing)?;
    trust::check_backup(oid, &found.schema, &found.table, backup)?;
    if trust::is_trusted_name(maker) {
        return Ok(found);
    }
    match marked(backup, &qualified(schema, name))? {
        Some(content) => Ok(Found { is_archive: content == Content::Rows, ..found }),
        None => Err(unknown(name)),
    }
}

fn unknown(name: &str) -> DfaError {
    DfaError::UnknownName { what: "backup of table", name: name.to_owned(), suggestion: None }
}

/// The days asked for, by what dates the rows of the table.
fn condition(schema: &str, name: &str, from: Option<&str>, until: Option<&str>) -> Result<String> {
    let (Some(column), true) = (dated_by(schema, name)?, from.is_some() || until.is_some()) else {
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
