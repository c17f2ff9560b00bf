//! The tables that a plan is about, with what the database has of them.

use crate::catalog::{self, graph, Stored};
use crate::data_schema;
use crate::error::{DfaError, Result};
use crate::{api_key, names, setup, spi};
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

/// What a plan is about.
pub struct Scope {
    /// Parents before children.
    pub subjects: Vec<Subject>,
    /// Functions, then views.
    pub routines: Vec<Stored>,
}

/// Everything; one definition; a pipeline with its tables and the views and functions that they use.
///
/// # Errors
/// A name that something else has than a table of ours: what should become of that nobody has said.
pub fn find(name: Option<&str>) -> Result<Scope> {
    const KINDS: [Kind; 4] = [Kind::Table, Kind::Pipeline, Kind::View, Kind::Function];
    let all = |kind: Kind| catalog::current(&[kind], None);
    let Some(name) = name else {
        api_key::check_everything()?;
        let routines = [all(Kind::Function)?, all(Kind::View)?].concat();
        return Ok(Scope { subjects: subjects(all(Kind::Table)?)?, routines });
    };
    let (kind, name) = names::resolve(name, &KINDS, "table, pipeline, view or function")?;
    let one = catalog::called(kind, &name)?;
    match kind {
        Kind::Table => Ok(Scope { subjects: subjects(vec![one])?, routines: Vec::new() }),
        Kind::Pipeline => {
            let tables = catalog::nodes::tables(&one)?;
            let routines = used_by(&tables)?;
            Ok(Scope { subjects: subjects(tables)?, routines })
        }
        _ => Ok(Scope { subjects: Vec::new(), routines: vec![one] }),
    }
}

/// The views and functions of the catalog that these use, and those that they use in turn.
fn used_by(tables: &[Stored]) -> Result<Vec<Stored>> {
    let values = graph::lineage_values()?;
    let mut found: Vec<Stored> = Vec::new();
    let mut new = tables.to_vec();
    while !new.is_empty() {
        let statements: Vec<_> = new.iter().flat_map(|stored| graph::statements(stored, &values)).collect();
        new = graph::routines(statements.iter().map(|statement| &statement.lineage))?;
        new.retain(|stored| found.iter().all(|known| known.id != stored.id));
        found.extend(new.iter().cloned());
    }
    found.sort_by_key(|stored| stored.definition.kind());
    Ok(found)
}

fn subjects(tables: Vec<Stored>) -> Result<Vec<Subject>> {
    let tables: Vec<Stored> = setup::by_dependency(tables)
        .into_iter()
        .filter(|stored| !setup::CONTROL_VIEWS.contains(&stored.name()))
        .collect();
    let schema = data_schema::name()?;
    let wanted: Vec<String> = tables.iter().map(|stored| stored.name().to_owned()).collect();
    let mut states =
        spi::query(include_str!("sql/table_states.sql"), &[schema.as_str().into(), wanted.into()], |row| {
            state(row, &schema)
        })?;
    Ok(tables
        .into_iter()
        .map(|stored| {
            let found = states.iter().position(|(name, _)| name == stored.name());
            Subject { existing: found.map(|place| states.swap_remove(place).1), stored }
        })
        .collect())
}

fn state(row: &spi::Row<'_>, schema: &str) -> Result<(String, Existing)> {
    let name = row.get::<String>("name")?;
    let unknown = |allowed: String| DfaError::InvalidArgument {
        argument: "name",
        value: format!("{schema}.{name}"),
        allowed,
    };
    let kind = row.get::<String>("kind")?;
    if !matches!(kind.as_str(), "r" | "p") {
        return Err(unknown(
            "A relation of this name exists and is no table; rename one of the two.".to_owned(),
        ));
    }
    if !row.get::<bool>("is_ours")? {
        let owner = row.get::<String>("owner")?;
        return Err(unknown(format!("The table belongs to role {owner}; change its owner, or its name.")));
    }
    let existing = Existing { oid: row.get("oid")?, partition_key: row.get("partition_key")? };
    Ok((name, existing))
}
