//! Drops what setup made.

use super::object::Done;
use super::order::CONTROL_VIEWS;
use super::table::relation_kind;
use crate::catalog::{self, Stored};
use crate::error::{capture, DfaError, Result};
use crate::settings;
use crate::spi::{self, ident, qualified};
use dfa_catalog::model::Kind;

/// Drops a table. `forget`: its watermark and ledger go, too; otherwise the watermark keeps its settings.
pub fn table(stored: &Stored, cascade: bool, forget: bool) -> Result<Done> {
    let schema = settings::ai_schema()?;
    let name = stored.name();
    if CONTROL_VIEWS.contains(&name) {
        let mut done = Done::new("kept");
        done.note = Some("it is a control table of the extension".to_owned());
        return Ok(done);
    }
    let existed = relation_kind(&schema, name)?.is_some();
    if existed {
        drop_object(&format!("table {}", qualified(&schema, name)), cascade)?;
    }
    spi::run("delete from dfa.data_interval where table_name = $1", &[name.into()])?;
    if forget {
        spi::run("delete from dfa.data_pipeline where table_name = $1", &[name.into()])?;
    }
    Ok(Done::new(if existed { "dropped" } else { "missing" }))
}

/// Drops the views of the catalog, which are made again at the end of a setup of everything.
pub fn views() -> Result<()> {
    let schema = settings::ai_schema()?;
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

/// Drops the data schema. What is not of the catalog keeps it, unless `cascade` or a parameter says otherwise.
pub fn schema(cascade: bool) -> Result<Done> {
    let schema = settings::ai_schema()?;
    let force = cascade || crate::run::parameters::Values::load()?.is_yes("permission_force_delete");
    let foreign =
        spi::query(include_str!("../../../sql/foreign_objects.sql"), &[schema.as_str().into()], |row| {
            Ok(row.get::<String>(1)?.unwrap_or_default())
        })?;
    if !force && !foreign.is_empty() {
        return Err(DfaError::StillNeeded {
            what: format!("schema '{schema}'"),
            objects: foreign.join("\n"),
        });
    }
    spi::own(&format!("drop schema if exists {} cascade", ident(&schema)))?;
    spi::run("delete from dfa.data_interval", &[])?;
    spi::run("delete from dfa.data_pipeline", &[])?;
    Ok(Done::new("dropped"))
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
