//! Waits out the transactions that write the sources of a node, so that no late commit is skipped.
//!
//! The classic hole of a watermark is the row that is written before a run and committed after it. Waiting for each
//! writer that is under way (and for none that starts later) closes it: the technique of pg_incremental, by
//! `WaitForLockers` with a share lock mode, which blocks no new writer.

use crate::catalog::{graph, Stored};
use crate::citus;
use crate::data_schema;
use crate::error::{DfaError, Result};
use crate::lock::{in_time, Held};
use crate::pinned::as_caller;
use crate::relation;
use crate::spi;
use crate::statement::{Lineage, Relation};
use pgrx::pg_sys;
use std::collections::{BTreeSet, HashSet};

/// Waits for the transactions that write what these statements, and the functions among `routines`, read, up to
/// `dfa.lock_timeout`. Returns the tables that were looked at.
///
/// # Errors
/// [`DfaError::Written`] after the timeout; [`DfaError::FixedSnapshot`] where waiting could not help.
pub fn wait_out<'a>(
    stored: &Stored,
    lineages: impl Iterator<Item = &'a Lineage>,
    routines: &[Stored],
) -> Result<HashSet<pg_sys::Oid>> {
    let sources = source_tables(stored, lineages, routines)?;
    if !sources.is_empty() {
        refuse_fixed_snapshot()?;
    }
    let busy: Vec<pg_sys::Oid> = sources.iter().copied().filter(|&oid| has_writers(oid)).collect();
    busy.into_iter().try_for_each(|oid| wait_here(stored, oid))?;
    wait_elsewhere(stored, &citus::among(&sources)?)?;
    Ok(sources)
}

/// # Errors
/// [`DfaError::FixedSnapshot`] in a transaction that would not see what it waited for.
pub fn refuse_fixed_snapshot() -> Result<()> {
    // SAFETY: reads a global of this backend.
    let isolation = unsafe { pg_sys::XactIsoLevel };
    if isolation >= pg_sys::XACT_REPEATABLE_READ as i32 {
        let level =
            if isolation == pg_sys::XACT_SERIALIZABLE as i32 { "SERIALIZABLE" } else { "REPEATABLE READ" };
        return Err(DfaError::FixedSnapshot { level: level.to_owned() });
    }
    Ok(())
}

/// What is read: tables, with their partitions and children, and the tables behind views.
fn source_tables<'a>(
    stored: &Stored,
    lineages: impl Iterator<Item = &'a Lineage>,
    routines: &[Stored],
) -> Result<HashSet<pg_sys::Oid>> {
    let mut names: BTreeSet<Relation> =
        lineages.flat_map(|lineage| lineage.sources.iter().cloned()).collect();
    names.extend(graph::function_sources(routines)?);
    if let Some(table) = stored.table() {
        let schema = data_schema::name()?;
        names.extend(
            table.depends_on.iter().map(|name| Relation { schema: Some(schema.clone()), name: name.clone() }),
        );
    }
    let mut found = HashSet::new();
    let mut composite: Vec<i64> = Vec::new();
    for name in names {
        let oid = match &name.schema {
            Some(schema) => relation::oid(Some(schema), &name.name),
            None => as_caller(|| Ok(relation::oid(None, &name.name)))?,
        };
        if let Some(oid) = oid {
            // SAFETY: a look-up in the system cache.
            match unsafe { pg_sys::get_rel_relkind(oid) } as u8 {
                b'r' if !relation::has_children(oid) => {
                    found.insert(oid);
                }
                b'r' | b'v' | b'm' | b'p' => composite.push(i64::from(oid.to_u32())),
                _ => {}
            }
        }
    }
    if !composite.is_empty() {
        found.extend(spi::values::<pg_sys::Oid>(include_str!("sql/tables_behind.sql"), &[composite.into()])?);
    }
    Ok(found)
}

/// The lock tag of a table of this database: `SET_LOCKTAG_RELATION`.
fn lock_tag(oid: pg_sys::Oid) -> pg_sys::LOCKTAG {
    pg_sys::LOCKTAG {
        // SAFETY: reads a global of this backend.
        locktag_field1: unsafe { pg_sys::MyDatabaseId }.to_u32(),
        locktag_field2: oid.to_u32(),
        locktag_field3: 0,
        locktag_field4: 0,
        locktag_type: pg_sys::LockTagType::LOCKTAG_RELATION as u8,
        locktag_lockmethodid: pg_sys::DEFAULT_LOCKMETHOD as u8,
    }
}

pub fn has_writers(oid: pg_sys::Oid) -> bool {
    let mut count = 0;
    // SAFETY: gives the transactions of others whose locks conflict with ours; the array is Postgres' own.
    unsafe { pg_sys::GetLockConflicts(&lock_tag(oid), pg_sys::ShareLock as i32, &raw mut count) };
    count > 0
}

/// Waits for the transactions that write a table, on all machines where it lies.
///
/// # Errors
/// As [`wait_out`].
pub fn wait_for(stored: &Stored, oid: pg_sys::Oid) -> Result<()> {
    wait_here(stored, oid)?;
    wait_elsewhere(stored, &citus::among(&HashSet::from([oid]))?)
}

fn wait_elsewhere(stored: &Stored, tables: &[pg_sys::Oid]) -> Result<()> {
    match citus::wait_out(tables)? {
        Ok(()) => Ok(()),
        Err((holder, waited)) => {
            let names = tables.iter().map(|&oid| relation::name_of(oid)).collect::<Result<Vec<_>>>()?;
            let node = stored.name().to_owned();
            Err(DfaError::Written { node, source: names.join(", "), holder, waited })
        }
    }
}

/// Waits for the transactions that write a table on this machine.
///
/// # Errors
/// [`DfaError::Written`] after `dfa.lock_timeout`.
fn wait_here(stored: &Stored, oid: pg_sys::Oid) -> Result<()> {
    let waited = in_time(stored.name(), (oid, Held::Table), || {
        // SAFETY: waits in the lock manager, where cancel, timeout and the deadlock check work as ever.
        unsafe { pg_sys::WaitForLockers(lock_tag(oid), pg_sys::ShareLock as i32, false) };
        Ok(())
    });
    match waited {
        Err(DfaError::Busy { table: node, holder, waited }) => {
            Err(DfaError::Written { node, source: relation::name_of(oid)?, holder, waited })
        }
        outcome => outcome,
    }
}
