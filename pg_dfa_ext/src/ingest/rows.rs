//! Typed rows in a tuplestore, which statements read as the relation `dfa_rows`: columns `position`, `c0`, `c1`, ….
//!
//! Beyond work_mem it goes to disk, so that memory stays flat; and no catalog is touched as by a temporary table.

use super::target::Column;
use crate::error::Result;
use crate::pinned::Pinned;
use crate::relation;
use pgrx::datum::DatumWithOid;
use pgrx::pg_sys;
use pgrx::prelude::*;
use std::borrow::Cow;
use std::cell::Cell;
use std::ffi::CString;

pub struct Rows {
    store: *mut pg_sys::Tuplestorestate,
    shape: pg_sys::TupleDesc,
    pub count: u64,
    /// Their table lies on other machines: Citus reads no tuplestore, so statements read a temporary table instead.
    is_elsewhere: bool,
    copied: Cell<Option<u64>>,
}

impl Rows {
    /// None yet, of these columns.
    pub fn new<'c>(columns: impl ExactSizeIterator<Item = &'c Column>, is_elsewhere: bool) -> Rows {
        let width = i32::try_from(columns.len() + 1).unwrap_or(i32::MAX);
        // SAFETY: the shape and the store live in the current context, that of the call, until they are dropped.
        unsafe {
            let shape = pg_sys::CreateTemplateTupleDesc(width);
            pg_sys::TupleDescInitEntry(shape, 1, c"position".as_ptr(), pg_sys::INT8OID, -1, 0);
            for (number, column) in columns.enumerate() {
                let name = CString::new(format!("c{number}")).unwrap_or_default();
                let place = i16::try_from(number + 2).unwrap_or(i16::MAX);
                pg_sys::TupleDescInitEntry(
                    shape,
                    place,
                    name.as_ptr(),
                    column.type_oid,
                    column.type_modifier,
                    0,
                );
                pg_sys::TupleDescInitEntryCollation(shape, place, column.collation);
            }
            let store = pg_sys::tuplestore_begin_heap(true, false, pg_sys::work_mem);
            Rows { store, shape, count: 0, is_elsewhere, copied: Cell::new(None) }
        }
    }

    /// Copies a row: its position, then a value for each column.
    pub fn push(&mut self, values: &mut [pg_sys::Datum], nulls: &mut [bool]) {
        // SAFETY: both slices are as wide as the shape.
        unsafe {
            pg_sys::tuplestore_putvalues(self.store, self.shape, values.as_mut_ptr(), nulls.as_mut_ptr());
        }
        self.count += 1;
    }

    /// The first and the second half of the rows.
    pub fn halves(&self) -> (Rows, Rows) {
        let (mut first, mut second) = (self.empty(), self.empty());
        let middle = self.count / 2;
        // SAFETY: the slot is ours; a row that is put is copied.
        unsafe {
            let slot = pg_sys::MakeSingleTupleTableSlot(self.shape, &raw const pg_sys::TTSOpsMinimalTuple);
            pg_sys::tuplestore_select_read_pointer(self.store, 0);
            pg_sys::tuplestore_rescan(self.store);
            let mut number = 0;
            while pg_sys::tuplestore_gettupleslot(self.store, true, false, slot) {
                let half = if number < middle { &mut first } else { &mut second };
                pg_sys::tuplestore_puttupleslot(half.store, slot);
                half.count += 1;
                number += 1;
            }
            pg_sys::ExecDropSingleTupleTableSlot(slot);
        }
        (first, second)
    }

    /// Where the rows came from.
    pub fn positions(&self) -> Result<Vec<i64>> {
        let _pinned = Pinned::begin();
        Ok(self
            .query("select position::text from dfa_rows", &[])?
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|text| text.parse().ok())
            .collect())
    }

    /// Runs a statement that may read `dfa_rows`; each row of its result as text.
    pub fn query(&self, sql: &str, args: &[DatumWithOid<'_>]) -> Result<Vec<Vec<Option<String>>>> {
        let _texts = Pinned::texts();
        let sql = self.readable(sql)?;
        Spi::connect_mut(|client| {
            self.register();
            let table = client.update(sql.as_ref(), None, args)?;
            let columns = table.columns().unwrap_or_default();
            let mut rows = Vec::with_capacity(table.len());
            for row in table {
                let values = (1..=columns)
                    .map(|column| row.get::<String>(column))
                    .collect::<std::result::Result<_, _>>()?;
                rows.push(values);
            }
            Ok(rows)
        })
    }

    /// Runs a statement that may read `dfa_rows`; returns the number of rows that it changed.
    pub fn execute(&self, sql: &str, args: &[DatumWithOid<'_>]) -> Result<u64> {
        let sql = self.readable(sql)?;
        Spi::connect_mut(|client| {
            self.register();
            Ok(client.update(sql.as_ref(), None, args)?.len() as u64)
        })
    }

    /// The statement as the machines of its table can read it.
    fn readable<'s>(&self, sql: &'s str) -> Result<Cow<'s, str>> {
        if !self.is_elsewhere {
            return Ok(Cow::Borrowed(sql));
        }
        let name = format!("dfa_rows_{}", self.store.addr());
        let existing = relation::oid(Some("pg_temp"), &name);
        // One that was made in a subtransaction has gone with it.
        if existing.is_none() || self.copied.get() != Some(self.count) {
            let copy = format!("create temporary table {name} on commit drop as select * from dfa_rows");
            Spi::connect_mut(|client| -> Result<()> {
                if existing.is_some() {
                    client.update(&format!("drop table pg_temp.{name}"), None, &[])?;
                }
                self.register();
                client.update(&copy, None, &[])?;
                Ok(())
            })?;
            self.copied.set(Some(self.count));
        }
        let mut sql = sql.to_owned();
        for word in ["from", "using"] {
            sql = sql.replace(&format!("{word} dfa_rows"), &format!("{word} pg_temp.{name} as dfa_rows"));
        }
        Ok(Cow::Owned(sql))
    }

    /// Makes the rows known to the connection under way, which forgets them at its end.
    fn register(&self) {
        // SAFETY: allocated in the context of the SPI connection.
        unsafe {
            let relation = pg_sys::palloc0(size_of::<pg_sys::EphemeralNamedRelationData>())
                .cast::<pg_sys::EphemeralNamedRelationData>();
            (*relation).md.name = pg_sys::pstrdup(c"dfa_rows".as_ptr());
            (*relation).md.reliddesc = pg_sys::InvalidOid;
            (*relation).md.tupdesc = self.shape;
            (*relation).md.enrtype = pg_sys::EphemeralNameRelationType::ENR_NAMED_TUPLESTORE;
            (*relation).md.enrtuples = self.count as f64;
            (*relation).reldata = self.store.cast();
            pg_sys::SPI_register_relation(relation);
        }
    }

    /// Others of the same columns, none yet.
    pub fn empty(&self) -> Rows {
        // SAFETY: as in `new`.
        unsafe {
            Rows {
                store: pg_sys::tuplestore_begin_heap(true, false, pg_sys::work_mem),
                shape: pg_sys::CreateTupleDescCopy(self.shape),
                count: 0,
                is_elsewhere: self.is_elsewhere,
                copied: Cell::new(None),
            }
        }
    }
}

impl Drop for Rows {
    fn drop(&mut self) {
        // SAFETY: nobody else has the store.
        unsafe { pg_sys::tuplestore_end(self.store) };
    }
}
