//! The retention of one table, in the subtransaction that [`super::run`] opens.

use super::backup::{self, Backup};
use super::context::Context;
use super::cut::{self, Cut};
use super::partition;
use super::report::Trimmed;
use crate::catalog::Stored;
use crate::citus;
use crate::data_schema;
use crate::error::{DfaError, Result};
use crate::lock::{hold_table, with_timeout};
use crate::relation;
use crate::spi::{self, qualified};
use crate::{owner, trust};
use dfa_catalog::model::{Backup as Content, Table};

/// A table whose old rows are to go.
pub struct OldTable<'call> {
    pub name: &'call str,
    pub oid: pgrx::pg_sys::Oid,
    /// Quoted, with its schema.
    pub relation: String,
    /// Its rows lie on other machines.
    pub is_elsewhere: bool,
    pub cut: Cut,
}

/// Copies what is to be kept elsewhere, then deletes what the table no longer keeps. No run of the table meanwhile.
///
/// # Errors
/// Also when the numbers of copied and of deleted rows do not match: then nothing of this stays.
pub fn retain(context: &Context<'_>, stored: &Stored) -> Result<Trimmed> {
    let schema = data_schema::name()?;
    let name = stored.name();
    let nothing = Table::default();
    let table = stored.table().unwrap_or(&nothing);
    let oid = relation::oid(Some(&schema), name)
        .ok_or_else(|| DfaError::MissingTable { schema: schema.clone(), table: name.to_owned() })?;
    trust::check_table(&schema, name, oid)?;
    hold_table(name, oid)?;
    let Some(cut) = cut::find(context, stored, table, &schema)? else {
        let note = format!("Skipped: retention of '{name}' is 0 months, so all rows are kept");
        return Ok(Trimmed { notes: vec![note], ..Trimmed::default() });
    };
    let is_elsewhere = citus::is_elsewhere(oid)?;
    if is_elsewhere && cut.key.is_some() {
        return Err(DfaError::Distributed {
            table: name.to_owned(),
            what: "retention of the last months of each key",
        });
    }
    let target = OldTable { name, oid, relation: qualified(&schema, name), is_elsewhere, cut };
    let declared = table.retention.as_ref().and_then(|retention| retention.backup);
    let backup = backup::prepare(context, &target, &schema, declared)?;
    let mut outcome = Trimmed {
        cut: Some(target.cut.day.clone()),
        backup: backup.as_ref().map(Backup::label),
        notes: target.cut.note.iter().cloned().collect(),
        ..Trimmed::default()
    };
    if backup.is_some() || target.cut.key.is_some() {
        // Rows that another session changed between copy and deletion would be lost.
        let lock = format!("lock table {} in share row exclusive mode", target.relation);
        with_timeout(|| spi::own(&lock).map(|_| ()))?;
    }
    match &backup {
        Some(backup) if backup.content == Content::Table => {
            outcome.backup_rows = backup.copy_table(&target)?;
            let removed = with_timeout(|| partition::drop_old(&target, true))?;
            outcome.add(&removed);
            outcome.rows += delete(&target, &removed)?;
            backup.check(&target, outcome.backup_rows, outcome.rows)?;
        }
        Some(backup) => {
            // Citus moves no partition from one table to another.
            if owner::is_mine(oid)? && !target.is_elsewhere {
                let moved = with_timeout(|| partition::move_old(&target, backup))?;
                outcome.add(&moved);
                outcome.backup_rows += moved.rows;
            }
            let rows = backup.archive_rows(&target)?;
            outcome.rows += rows;
            outcome.backup_rows += rows;
            // Where the caller may not move partitions, their rows are archived by now and they are empty.
            outcome.partitions += with_timeout(|| partition::drop_old(&target, true))?.partitions;
        }
        None => {
            let removed = with_timeout(|| partition::drop_old(&target, false))?;
            outcome.add(&removed);
            outcome.rows += delete(&target, &removed)?;
        }
    }
    if let Some(backup) = &backup {
        backup.record(&target, outcome.backup_rows)?;
    }
    Ok(outcome)
}

/// What is left beside the partitions that went. Not tried in vain: planning it over all partitions costs more than
/// dropping them.
fn delete(target: &OldTable<'_>, removed: &partition::Removed) -> Result<u64> {
    if !removed.rest {
        return Ok(0);
    }
    let statement = format!("delete from {} {}", target.relation, target.cut.deletion(&target.relation));
    match spi::execute(&statement)? {
        spi::Effect::Changed(rows) => Ok(rows),
        _ => Ok(0),
    }
}
