//! Waits out the transactions that write the sources of a node, so that no late commit is skipped.
//!
//! The classic hole of a watermark is the row that is written before a run and committed after it. Waiting for each
//! writer that is under way (and for none that starts later) closes it: the technique of pg_incremental, by
//! `WaitForLockers` with a share lock mode, which blocks no new writer.

use super::touched::has_children;
use crate::catalog::{graph, Lineage, Relation, Stored};
use crate::error::{DfaError, Result};
use crate::subtransaction::subtransaction;
use crate::{settings, spi};
use pgrx::pg_sys;
use std::collections::{BTreeSet, HashSet};
use std::ffi::CString;

/// Waits for the transactions that write what these statements, and the functions among `routines`, read, up to
/// `dfa.lock_timeout`. Gives the tables that were looked at.
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
    busy.into_iter().try_for_each(|oid| wait_for(stored, oid))?;
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

/// The oid of a table or view; a name without schema is looked up in the search path.
pub fn relation_oid(schema: Option<&str>, name: &str) -> Option<pg_sys::Oid> {
    let schema = match schema {
        None => None,
        Some(schema) => Some(CString::new(schema).ok()?),
    };
    let name = CString::new(name).ok()?;
    // SAFETY: both strings are copied; a missing relation gives InvalidOid.
    let oid = unsafe {
        let schema = schema.as_ref().map_or(std::ptr::null_mut(), |schema| pg_sys::pstrdup(schema.as_ptr()));
        let range = pg_sys::makeRangeVar(schema, pg_sys::pstrdup(name.as_ptr()), -1);
        pg_sys::RangeVarGetRelidExtended(
            range,
            pg_sys::NoLock as i32,
            pg_sys::RVROption::RVR_MISSING_OK,
            None,
            std::ptr::null_mut(),
        )
    };
    (oid != pg_sys::InvalidOid).then_some(oid)
}

/// Runs `work` with `lock_timeout` set to `dfa.lock_timeout`, and sets it back.
pub fn with_lock_timeout<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    with_lock_timeout_of(settings::lock_timeout(), work)
}

/// [`with_lock_timeout`] of so many milliseconds.
pub fn with_lock_timeout_of<T>(milliseconds: i32, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let value = CString::new(milliseconds.to_string()).unwrap_or_default();
    // SAFETY: a nest level of its own, closed below; an error closes it with its subtransaction.
    let level = unsafe {
        let level = pg_sys::NewGUCNestLevel();
        pg_sys::set_config_option(
            c"lock_timeout".as_ptr(),
            value.as_ptr(),
            pg_sys::GucContext::PGC_USERSET,
            pg_sys::GucSource::PGC_S_SESSION,
            pg_sys::GucAction::GUC_ACTION_SAVE,
            true,
            0,
            false,
        );
        level
    };
    let outcome = work();
    unsafe { pg_sys::AtEOXact_GUC(true, level) };
    outcome
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
        let schema = settings::ai_schema()?;
        names.extend(
            table.depends_on.iter().map(|name| Relation { schema: Some(schema.clone()), name: name.clone() }),
        );
    }
    let mut found = HashSet::new();
    let mut composite: Vec<i64> = Vec::new();
    for name in names {
        if let Some(oid) = relation_oid(name.schema.as_deref(), &name.name) {
            // SAFETY: a look-up in the system cache.
            match unsafe { pg_sys::get_rel_relkind(oid) } as u8 {
                b'r' if !has_children(oid) => {
                    found.insert(oid);
                }
                b'r' | b'v' | b'm' | b'p' => composite.push(i64::from(oid.to_u32())),
                _ => {}
            }
        }
    }
    if !composite.is_empty() {
        found.extend(spi::query(
            include_str!("../../../sql/tables_behind.sql"),
            &[composite.into()],
            |row| Ok(row.get::<pg_sys::Oid>(1)?.unwrap_or(pg_sys::InvalidOid)),
        )?);
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

/// Waits for the transactions that write a table.
///
/// # Errors
/// [`DfaError::Written`] after `dfa.lock_timeout`.
pub fn wait_for(stored: &Stored, oid: pg_sys::Oid) -> Result<()> {
    let waited = in_time(stored.name(), (oid, Held::Table), || {
        // SAFETY: waits in the lock manager, where cancel, timeout and the deadlock check work as ever.
        unsafe { pg_sys::WaitForLockers(lock_tag(oid), pg_sys::ShareLock as i32, false) };
        Ok(())
    });
    match waited {
        Err(DfaError::Busy { table: node, holder, waited }) => {
            Err(DfaError::Written { node, source: name_of(oid)?, holder, waited })
        }
        outcome => outcome,
    }
}

/// What one waits for: a table, or rows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    Table,
    Rows,
}

/// Does what waits for others who write relation `oid`, up to `dfa.lock_timeout`.
///
/// # Errors
/// [`DfaError::Busy`], naming one of them.
pub fn in_time<T>(
    table: &str,
    (oid, held): (pg_sys::Oid, Held),
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    match subtransaction(|| with_lock_timeout(work)) {
        Err(error) if error.report().sqlstate == "55P03" => Err(DfaError::Busy {
            table: table.to_owned(),
            holder: writer_of(oid, held)?,
            waited: format!("{} ms", settings::lock_timeout()),
        }),
        outcome => outcome,
    }
}

fn name_of(oid: pg_sys::Oid) -> Result<String> {
    let name = spi::query_one("select $1::regclass::text", &[oid.into()], |row| {
        Ok(row.get::<String>(1)?.unwrap_or_default())
    })?;
    Ok(name.unwrap_or_default())
}

fn writer_of(oid: pg_sys::Oid, held: Held) -> Result<String> {
    let args = [oid.into(), (held == Held::Rows).into()];
    let writer = spi::query_one(include_str!("../../../sql/table_writer.sql"), &args, |row| {
        Ok(row.get::<String>(1)?.unwrap_or_default())
    })?;
    Ok(writer.unwrap_or_else(|| "a writer that has ended by now".to_owned()))
}
