//! The tables that a plan is about, with what the database has of them.

use crate::catalog::{self, Stored};
use crate::error::{DfaError, Result};
use crate::{names, settings, setup, spi};
use dfa_catalog::model::Kind;
use pgrx::pg_sys;

/// A table of the catalog and its state.
pub struct Subject {
    pub stored: Stored,
    /// `None`: it does not exist.
    pub existing: Option<Existing>,
}

pub struct Existing {
    pub oid: pg_sys::Oid,
    /// As `RANGE (day)`.
    pub partition_key: Option<String>,
}

/// Parents before children.
///
/// # Errors
/// A name that something else has than a table of ours: what should become of that nobody has said.
pub fn find(name: Option<&str>) -> Result<Vec<Subject>> {
    let tables = match name {
        None => catalog::current(&[Kind::Table], None)?,
        Some(name) => {
            let (kind, name) = names::resolve(name, &[Kind::Table, Kind::Pipeline], "table or pipeline")?;
            let tables = match kind {
                Kind::Table => vec![name],
                _ => catalog::pipeline(&name)?
                    .pipeline()
                    .map(catalog::nodes::names)
                    .transpose()?
                    .unwrap_or_default(),
            };
            catalog::current(&[Kind::Table], Some(&tables))?
        }
    };
    let tables: Vec<Stored> = setup::by_dependency(tables)
        .into_iter()
        .filter(|stored| !setup::CONTROL_VIEWS.contains(&stored.name()))
        .collect();
    let schema = settings::ai_schema()?;
    let wanted: Vec<String> = tables.iter().map(|stored| stored.name().to_owned()).collect();
    let mut states = spi::query(
        include_str!("../../../sql/table_states.sql"),
        &[schema.as_str().into(), wanted.into()],
        |row| state(row, &schema),
    )?;
    Ok(tables
        .into_iter()
        .map(|stored| {
            let found = states.iter().position(|(name, _)| name == stored.name());
            Subject { existing: found.map(|place| states.swap_remove(place).1), stored }
        })
        .collect())
}

fn state(row: &spi::Row<'_>, schema: &str) -> Result<(String, Existing)> {
    let name = row.get::<String>(1)?.unwrap_or_default();
    let unknown = |allowed: String| DfaError::InvalidArgument {
        argument: "name",
        value: format!("{schema}.{name}"),
        allowed,
    };
    let kind = row.get::<String>(3)?.unwrap_or_default();
    if !matches!(kind.as_str(), "r" | "p") {
        return Err(unknown(
            "A relation of this name exists and is no table; rename one of the two.".to_owned(),
        ));
    }
    if row.get::<bool>(5)? != Some(true) {
        let owner = row.get::<String>(6)?.unwrap_or_default();
        return Err(unknown(format!("The table belongs to role {owner}; change its owner, or its name.")));
    }
    let existing = Existing {
        oid: row.get::<pg_sys::Oid>(2)?.unwrap_or(pg_sys::InvalidOid),
        partition_key: row.get::<String>(4)?,
    };
    Ok((name, existing))
}
