//! What uses a column that goes: processes and queries of catalogs. Postgres itself looks up the columns of their statements, as
//! the body of a function that nobody calls and that is gone at once.

use super::change::{Change, What};
use crate::catalog::{self, graph, Stored};
use crate::error::{DfaError, Result};
use crate::spi;
use crate::statement::{is_single, Relation};
use crate::subtransaction::undone;
use dfa_catalog::model::Kind;
use std::collections::BTreeSet;

const PROBE: &str = "dfa_probe";

/// A statement of a catalog that reads or writes tables of which columns go.
struct Use {
    /// As people call it.
    user: String,
    text: String,
    writes: Vec<String>,
    columns: Vec<(String, String)>,
}

fn goes(change: &Change) -> bool {
    change.what == What::DropColumn
}

/// Says of each column that goes what uses it, as far as statements can be looked up before the changes.
pub fn find(changes: &mut [Change], schema: &str) -> Result<()> {
    for used in uses(changes)? {
        let Ok(columns) = looked_up(&used.text, schema)? else { continue };
        // ON CONFLICT DO UPDATE depends on all columns of its table, whatever it says: then the look after the changes tells.
        let has_all = used.text.to_ascii_lowercase().contains("conflict");
        let is_known =
            |change: &&mut Change| goes(change) && !(has_all && used.writes.contains(&change.table));
        for change in changes.iter_mut().filter(is_known) {
            let is_used = columns
                .iter()
                .any(|(table, column)| *table == change.table && Some(column) == change.object.as_ref());
            if is_used && !change.users.contains(&used.user) {
                change.users.push(used.user.clone());
            }
        }
    }
    Ok(())
}

/// After the changes: what names a column that has gone. Before them it may have named one that was not there yet.
///
/// # Errors
/// There is such a statement.
pub fn refuse_broken(changes: &[Change]) -> Result<()> {
    for used in uses(changes)? {
        let Err(error) = looked_up(&used.text, "")? else { continue };
        let report = error.report();
        let change = changes.iter().filter(|change| goes(change)).find(|change| {
            let column = change.object.as_deref().unwrap_or_default();
            let is_about = |(table, name): &(String, String)| *table == change.table && name == column;
            used.columns.iter().any(is_about)
                && match report.sqlstate.as_str() {
                    "42703" => {
                        let named = [format!("\"{column}\""), format!(" {column} "), format!(".{column} ")];
                        named.iter().any(|named| report.message.contains(named))
                    }
                    // Values for more columns than it has by now.
                    "42601" => used.writes.contains(&change.table),
                    _ => false,
                }
        });
        if let Some(change) = change {
            let user = format!("{}: {}", used.user, report.message);
            return Err(DfaError::StillUsed { change: change.label(), users: vec![user] });
        }
    }
    Ok(())
}

/// The statements of catalogs in force that read or write a table of which columns go, with those columns.
fn uses(changes: &[Change]) -> Result<Vec<Use>> {
    let going: Vec<(String, String)> = changes
        .iter()
        .filter(|change| goes(change))
        .filter_map(|change| Some((change.table.clone(), change.object.clone()?)))
        .collect();
    let mut found = Vec::new();
    if going.is_empty() {
        return Ok(found);
    }
    let values = graph::lineage_values()?;
    for stored in catalog::current(&[Kind::Table, Kind::Query], None)? {
        for statement in graph::statements(&stored, &values) {
            let names = |relations: &BTreeSet<Relation>| -> Vec<String> {
                relations.iter().map(|relation| relation.name.clone()).collect()
            };
            let (reads, writes) = (names(&statement.lineage.sources), names(&statement.lineage.targets));
            let is_about = |(table, _): &&(String, String)| reads.contains(table) || writes.contains(table);
            let columns: Vec<_> = going.iter().filter(is_about).cloned().collect();
            if !columns.is_empty() && statement.lineage.planned {
                found.push(Use {
                    user: user(&stored, &statement.process),
                    text: statement.text,
                    writes,
                    columns,
                });
            }
        }
    }
    Ok(found)
}

fn user(stored: &Stored, process: &str) -> String {
    match stored.definition.kind() {
        Kind::Query => format!("query '{}'", stored.name()),
        _ => format!("process '{process}' of '{}'", stored.name()),
    }
}

/// The columns of tables of the schema that a statement uses; or why it cannot be looked up.
fn looked_up(text: &str, schema: &str) -> Result<std::result::Result<Vec<(String, String)>, DfaError>> {
    if !is_single(text)? {
        return Ok(Ok(Vec::new()));
    }
    let probe = format!(
        "create function pg_temp.{PROBE}() returns void begin atomic {}\n; end",
        text.trim_end().trim_end_matches(';')
    );
    let columns = undone(|| {
        spi::execute(&probe)?;
        spi::query(include_str!("sql/columns_of_probe.sql"), &[schema.into(), PROBE.into()], |row| {
            Ok((row.get("table_name")?, row.get("column_name")?))
        })
    });
    match columns {
        Err(error) if error.is_interrupt() => Err(error),
        columns => Ok(columns),
    }
}
