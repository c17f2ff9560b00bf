//! Rows of a table that this transaction changed, by whatever way: a function, a trigger, a CTE report none.

use crate::relation;
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
        self.relations.iter().map(|&oid| relation::changed_rows(oid)).sum()
    }
}
