//! Rows of a table that this transaction changed, by whatever way: a function, a trigger, a CTE report none.

use crate::{pg_compat, relation};
use pgrx::pg_sys;
use std::ffi::c_int;

unsafe extern "C-unwind" {
    fn find_all_inheritors(
        parent: pg_sys::Oid,
        lockmode: c_int,
        numparents: *mut *mut pg_sys::List,
    ) -> *mut pg_sys::List;
}

/// A table with its partitions and children.
pub struct Touched {
    relations: Vec<pg_sys::Oid>,
}

impl Touched {
    pub fn of(oid: pg_sys::Oid) -> Touched {
        if !relation::has_children(oid) {
            return Touched { relations: vec![oid] };
        }
        // SAFETY: a list of oids in the current memory context; those that go meanwhile have no count.
        let relations = unsafe {
            let list = find_all_inheritors(oid, pg_sys::NoLock.cast_signed(), std::ptr::null_mut());
            (0..(*list).length).map(|index| (*(*list).elements.add(index as usize)).oid_value).collect()
        };
        Touched { relations }
    }

    /// Rows inserted, updated and deleted in this transaction and not undone; a truncation counts as one.
    pub fn rows(&self) -> i64 {
        self.relations.iter().map(|&oid| rows_of(oid)).sum()
    }
}

/// By the counts that Postgres keeps for the statistics: those of levels that were rolled back are no longer in the chain.
fn rows_of(oid: pg_sys::Oid) -> i64 {
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
