//! Rows of a table that this transaction changed, by whatever way: a function, a trigger, a CTE report none.

use crate::error::Result;
use crate::{citus, relation};
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
    /// Its rows lie on other machines, whose counts nobody here has.
    pub is_elsewhere: bool,
}

impl Touched {
    pub fn of(oid: pg_sys::Oid) -> Result<Touched> {
        let is_elsewhere = citus::is_elsewhere(oid)?;
        if !relation::has_children(oid) {
            return Ok(Touched { relations: vec![oid], is_elsewhere });
        }
        // SAFETY: a list of oids in the current memory context; those that go meanwhile have no count.
        let relations = unsafe {
            let list = find_all_inheritors(oid, pg_sys::NoLock.cast_signed(), std::ptr::null_mut());
            (0..(*list).length).map(|index| (*(*list).elements.add(index as usize)).oid_value).collect()
        };
        Ok(Touched { relations, is_elsewhere })
    }

    /// Rows inserted, updated and deleted in this transaction and not undone; a truncation counts as one.
    pub fn rows(&self) -> i64 {
        self.relations.iter().map(|&oid| relation::changed_rows(oid)).sum()
    }
}
