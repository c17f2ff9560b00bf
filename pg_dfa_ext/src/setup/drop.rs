//! Drops what setup made.

use super::object::ObjectDone;
use super::order::CONTROL_VIEWS;
use super::table::relation_kind;
use crate::catalog::{self, Stored};
use crate::citus;
use crate::data_schema;
use crate::error::{capture, plural, DfaError, Result};
use crate::relation;
use crate::spi::{self, ident, qualified};
use dfa_catalog::model::Kind;
use pgrx::pg_sys;

/// Drops a table. `forget`: its watermark and ledger go, too; otherwise the watermark keeps its settings.
pub fn table(stored: &Stored, cascade: bool, forget: bool) -> Result<ObjectDone> {
    let schema = data_schema::name()?;
    let name = stored.name();
    if CONTROL_VIEWS.contains(&name) {
        let mut done = ObjectDone::new("kept");
        done.note = Some("it is a control table of the extension".to_owned());
        return Ok(done);
    }
    let existed = relation_kind(&schema, name)?.is_some();
    let mut done = ObjectDone::new(if existed { "dropped" } else { "missing" });
    if let Some(oid) = relation::oid(Some(&schema), name) {
        let rows = rows_of(oid, &qualified(&schema, name))?;
        let others = if cascade { depending(oid)? } else { Vec::new() };
        drop_object(&format!("table {}", qualified(&schema, name)), cascade)?;
        done.gone = rows;
        done.note = Some(went(rows, &others));
    }
    spi::run("delete from dfa.data_interval where table_name = $1", &[name.into()])?;
    if forget {
        spi::run("delete from dfa.data_pipeline where table_name = $1", &[name.into()])?;
        forget_set_up(Some(vec![name.to_owned()]))?;
    }
    Ok(done)
}

/// `dropped with its 3 rows, and with view public.x`
pub fn went(rows: i64, others: &[String]) -> String {
    let mut text = format!("dropped with its {rows} row{}", plural(rows.unsigned_abs()));
    if !others.is_empty() {
        text.push_str(&format!(", and with {}", others.join(", ")));
    }
    text
}

/// Rows that go with a table: as fresh statistics have them, else counted.
fn rows_of(oid: pg_sys::Oid, relation: &str) -> Result<i64> {
    let known = match citus::is_elsewhere(oid)? {
        true => None,
        false => spi::value::<Option<i64>>(include_str!("sql/rows_of_table.sql"), &[oid.into()])?.flatten(),
    };
    match known {
        Some(rows) => Ok(rows),
        None => Ok(spi::own_count(&format!("select count(*) from {relation}"))?.cast_signed()),
    }
}

/// Views and functions that depend on a table, for people.
fn depending(oid: pg_sys::Oid) -> Result<Vec<String>> {
    let (no_names, no_oid) = (None::<Vec<String>>, None::<pg_sys::Oid>);
    spi::query(
        include_str!("sql/dependants.sql"),
        &[oid.into(), no_names.clone().into(), no_names.into(), no_oid.into()],
        |row| row.get::<String>("description"),
    )
}

/// Drops the views of the catalog, which are made again at the end of a setup of everything.
pub fn views() -> Result<()> {
    let schema = data_schema::name()?;
    for stored in catalog::current(&[Kind::View], None)? {
        let kind = match relation_kind(&schema, stored.name())?.as_deref() {
            Some("v") => "view",
            Some("m") => "materialized view",
            _ => continue,
        };
        drop_object(&format!("{kind} {}", qualified(&schema, stored.name())), true)?;
    }
    Ok(())
}

/// An object that went with its schema, with the rows of a table.
pub struct Gone {
    pub kind: &'static str,
    pub name: String,
    pub rows: Option<i64>,
}

fn contents(schema: &str) -> Result<Vec<Gone>> {
    let objects = spi::query(include_str!("sql/contents_of_schema.sql"), &[schema.into()], |row| {
        Ok((row.get::<String>("kind")?, row.get::<String>("name")?, row.get::<pg_sys::Oid>("oid")?))
    })?;
    let gone = |(kind, name, oid): (String, String, pg_sys::Oid)| {
        Ok(match kind.as_str() {
            "table" => Gone { kind: "table", rows: Some(rows_of(oid, &qualified(schema, &name))?), name },
            "view" => Gone { kind: "view", name, rows: None },
            _ => Gone { kind: "function", name, rows: None },
        })
    };
    objects.into_iter().map(gone).collect()
}

/// Drops the data schema, and says what went with it. What is not of the catalog keeps it, unless `cascade` or a parameter
/// says otherwise.
pub fn schema(cascade: bool) -> Result<Vec<Gone>> {
    let schema = data_schema::name()?;
    let gone = contents(&schema)?;
    let force = cascade || crate::statement::Values::load()?.is_yes("permission_force_delete");
    let foreign = spi::values::<String>(include_str!("sql/foreign_objects.sql"), &[schema.as_str().into()])?;
    if !force && !foreign.is_empty() {
        return Err(DfaError::StillNeeded {
            what: format!("schema '{schema}'"),
            objects: foreign.join("\n"),
        });
    }
    spi::own(&format!("drop schema if exists {} cascade", ident(&schema)))?;
    spi::run("delete from dfa.data_interval", &[])?;
    spi::run("delete from dfa.data_pipeline", &[])?;
    forget_set_up(None)?;
    Ok(gone)
}

/// `None`: all.
fn forget_set_up(names: Option<Vec<String>>) -> Result<()> {
    spi::run(include_str!("sql/forget_set_up.sql"), &[names.into()])
}

fn drop_object(object: &str, cascade: bool) -> Result<()> {
    let statement = format!("drop {object}{}", if cascade { " cascade" } else { "" });
    match capture(|| spi::own(&statement)) {
        Ok(_) => Ok(()),
        Err(DfaError::Postgres(cause)) if cause.sqlstate == "2BP01" => {
            Err(DfaError::StillNeeded { what: object.to_owned(), objects: cause.detail.unwrap_or_default() })
        }
        Err(error) => Err(error),
    }
}
