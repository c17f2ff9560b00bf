//! Where the rows of a table lie.

use super::order;
use crate::error::Result;
use crate::spi::{self, literal};
use dfa_catalog::model::Distribution;
use pgrx::pg_sys;
use std::collections::HashSet;

/// How a table lies on the machines of the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lies {
    /// In this database, as any table.
    Here,
    /// Whole on each machine.
    Reference,
    /// By the values of a column; tables of one number lie together.
    By { column: String, together: i64 },
}

/// Whether this database is a coordinator's: Citus is created in it.
pub fn is_there() -> Result<bool> {
    if !order::is_loaded() {
        return Ok(false);
    }
    let found = spi::value::<bool>("select exists (select from pg_extension where extname = 'citus')", &[])?;
    Ok(found.unwrap_or_default())
}

/// How a table lies.
pub fn distribution(oid: pg_sys::Oid) -> Result<Lies> {
    if !is_there()? {
        return Ok(Lies::Here);
    }
    let found = spi::query_one(include_str!("sql/distribution.sql"), &[oid.into()], |row| {
        Ok(match row.get::<Option<String>>("column_name")? {
            Some(column) => Lies::By { column, together: row.get::<i64>("colocation")? },
            None => Lies::Reference,
        })
    })?;
    Ok(found.unwrap_or(Lies::Here))
}

/// Whether the rows of a table lie on other machines: no file of this one, and no count of it, says anything of them.
pub fn is_elsewhere(oid: pg_sys::Oid) -> Result<bool> {
    Ok(distribution(oid)? != Lies::Here)
}

/// All tables whose rows lie on other machines, their partitions included.
pub fn tables() -> Result<HashSet<pg_sys::Oid>> {
    if !is_there()? {
        return Ok(HashSet::new());
    }
    Ok(spi::values::<pg_sys::Oid>(include_str!("sql/tables.sql"), &[])?.into_iter().collect())
}

/// Those of some tables.
pub fn among(some: &HashSet<pg_sys::Oid>) -> Result<Vec<pg_sys::Oid>> {
    match some.is_empty() {
        true => Ok(Vec::new()),
        false => Ok(tables()?.into_iter().filter(|oid| some.contains(oid)).collect()),
    }
}

/// What makes a plain table lie as its catalog says; both names are quoted, with their schema.
pub fn statement(relation: &str, wanted: &Distribution, beside: Option<&str>) -> String {
    let relation = literal(relation);
    match wanted {
        Distribution::Reference => format!("select pg_catalog.create_reference_table({relation})"),
        Distribution::By { column, .. } => {
            let beside = beside.map_or("'default'".to_owned(), literal);
            let column = literal(column);
            format!(
                "select pg_catalog.create_distributed_table({relation}, {column}, colocate_with => {beside})"
            )
        }
    }
}
