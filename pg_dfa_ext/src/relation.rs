//! What the system catalogs say of one table or view.

use crate::error::Result;
use crate::{pg_compat, spi};
use pgrx::pg_sys;
use std::ffi::CString;

unsafe extern "C-unwind" {
    fn has_subclass(relation: pg_sys::Oid) -> bool;
}

/// The oid of a table or view; a name without schema is looked up in the search path.
pub fn oid(schema: Option<&str>, name: &str) -> Option<pg_sys::Oid> {
    let schema = match schema {
        None => None,
        Some(schema) => Some(CString::new(schema).ok()?),
    };
    let name = CString::new(name).ok()?;
    // SAFETY: both strings are copied; a missing relation gives InvalidOid.
    let found = unsafe {
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
    (found != pg_sys::InvalidOid).then_some(found)
}

/// Whether a table has, or had, partitions or children.
pub fn has_children(oid: pg_sys::Oid) -> bool {
    // SAFETY: a look-up in the system cache.
    unsafe { has_subclass(oid) }
}

/// Its name as Postgres shows it: with a schema where the search path does not find it.
pub fn name_of(oid: pg_sys::Oid) -> Result<String> {
    let name = spi::value::<String>("select $1::regclass::text", &[oid.into()])?;
    Ok(name.unwrap_or_default())
}

/// Rows of a relation that this transaction inserted, updated or deleted, and did not undo; a truncation counts as one.
///
/// By the counts that Postgres keeps for the statistics: those of levels that were rolled back are no longer in the chain.
pub fn changed_rows(oid: pg_sys::Oid) -> i64 {
    let mut rows = 0;
    // SAFETY: the entry of this backend, if it has one; its chain is as long as subtransactions are deep.
    unsafe {
        let mut level = pg_compat::counts_of_table(oid);
        while let Some(counts) = level.as_ref() {
            rows += counts.tuples_inserted + counts.tuples_updated + counts.tuples_deleted;
            if counts.truncdropped {
                rows += 1
                    + counts.inserted_pre_truncdrop
                    + counts.updated_pre_truncdrop
                    + counts.deleted_pre_truncdrop;
            }
            level = counts.upper;
        }
    }
    rows
}
