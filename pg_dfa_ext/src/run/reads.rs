//! What the processes of a node really read, at any depth: in dynamic SQL, in functions that lineage cannot see into, in
//! children and partitions.
//!
//! The executor says it, before a statement begins. If somebody was writing such a table when the statement took its
//! snapshot, and nobody had waited for that writer, the processes are undone, the writer is waited out, and they run again.
//! So it costs nothing where nobody writes, and no row is missed where somebody does.

use super::writers;
use crate::catalog::Stored;
use crate::citus;
use crate::error::{DfaError, Result};
use crate::leftover;
use crate::subtransaction::subtransaction;
use pgrx::pg_sys;
use pgrx::prelude::*;
use std::cell::RefCell;
use std::collections::HashSet;
use std::ffi::c_int;

/// Each round waits for one table more at least; a node that reads more tables that are being written than this, each of
/// them by a way that lineage does not see, has failed.
const MAX_ROUNDS: usize = 100;

/// Oids of what `initdb` makes lie below: `FirstNormalObjectId`.
const FIRST_OF_USERS: u32 = 16_384;

/// The reads of a node under way.
#[derive(Default)]
struct Watch {
    /// Nobody who wrote these is unknown: waited for, or not there when they were read.
    settled: HashSet<pg_sys::Oid>,
    /// Somebody was writing these.
    late: HashSet<pg_sys::Oid>,
    /// Foreign tables, whose writers nobody here can know.
    foreign: HashSet<pg_sys::Oid>,
    /// Tables that other machines write, too: whoever reads them has to have asked those.
    elsewhere: HashSet<pg_sys::Oid>,
}

thread_local! {
    static WATCH: RefCell<Option<Watch>> = const { RefCell::new(None) };
}

/// Runs `work` in a subtransaction until it has read nothing that somebody was writing; `waited` is what was waited for
/// already. Returns the foreign tables that it read, too.
///
/// # Errors
/// Those of `work`, and of waiting for writers.
pub fn settled<T>(
    stored: &Stored,
    waited: HashSet<pg_sys::Oid>,
    mut work: impl FnMut() -> Result<T>,
) -> Result<(T, Vec<pg_sys::Oid>)> {
    let mut settled = waited;
    let elsewhere = citus::tables()?;
    let prepared = leftover::prepared();
    for _ in 0..MAX_ROUNDS {
        let watching = Watching::begin(settled, elsewhere.clone());
        let outcome = subtransaction(|| {
            let value = work()?;
            if Watching::is_late() {
                return Err(DfaError::internal("a source was being written"));
            }
            Ok(value)
        });
        let watch = watching.end();
        if watch.late.is_empty() || outcome.as_ref().is_err_and(DfaError::is_interrupt) {
            return outcome.map(|value| (value, watch.foreign.into_iter().collect()));
        }
        writers::refuse_fixed_snapshot()?;
        leftover::unprepare(prepared);
        settled = watch.settled;
        let mut late: Vec<pg_sys::Oid> = watch.late.into_iter().collect();
        late.sort_by_key(|oid| oid.to_u32());
        for oid in late {
            writers::wait_for(stored, oid)?;
            settled.insert(oid);
        }
    }
    Err(DfaError::internal("its sources were being written each time that it looked"))
}

/// Watches the statements of this transaction from here on: one that reads what somebody writes, who was not waited for,
/// is an error, after which the whole transaction is to be tried again.
pub fn watch(waited: HashSet<pg_sys::Oid>) -> Result<()> {
    WATCH.set(Some(Watch { settled: waited, elsewhere: citus::tables()?, ..Watch::default() }));
    Ok(())
}

/// The watch ends; gives the foreign tables that were read.
pub fn unwatch() -> Vec<pg_sys::Oid> {
    WATCH.take().map(|watch| watch.foreign.into_iter().collect()).unwrap_or_default()
}

/// The watch of this node; that of a node around it is put back afterwards.
struct Watching {
    around: Option<Watch>,
}

impl Watching {
    fn begin(settled: HashSet<pg_sys::Oid>, elsewhere: HashSet<pg_sys::Oid>) -> Watching {
        let watch = Watch { settled, elsewhere, ..Watch::default() };
        Watching { around: WATCH.with_borrow_mut(|known| known.replace(watch)) }
    }

    fn is_late() -> bool {
        WATCH.with_borrow(|watch| watch.as_ref().is_some_and(|watch| !watch.late.is_empty()))
    }

    fn end(mut self) -> Watch {
        let around = self.around.take();
        let watch = WATCH.with_borrow_mut(|known| std::mem::replace(known, around));
        std::mem::forget(self);
        watch.unwrap_or_default()
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let around = self.around.take();
        WATCH.with_borrow_mut(|known| *known = around);
    }
}

static mut NEXT: pg_sys::ExecutorStart_hook_type = None;

unsafe extern "C-unwind" {
    fn standard_ExecutorStart(query: *mut pg_sys::QueryDesc, flags: c_int);
}

/// Called once when the library is loaded.
pub fn register() {
    // SAFETY: hooks are chained while libraries are loaded.
    unsafe {
        NEXT = pg_sys::ExecutorStart_hook;
        pg_sys::ExecutorStart_hook = Some(executor_start);
    }
}

/// Without a guard of pgrx, which would make another error of each one that passes by: this frame has nothing to drop.
unsafe extern "C-unwind" fn executor_start(query: *mut pg_sys::QueryDesc, flags: c_int) {
    unsafe {
        look_at(query);
        match NEXT {
            Some(next) => next(query, flags),
            None => standard_ExecutorStart(query, flags),
        }
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn look_at(query: *mut pg_sys::QueryDesc) {
    // Taken out while it looks: nothing that runs meanwhile is the node's.
    let Some(mut watch) = WATCH.take() else { return };
    // SAFETY: the statement that is about to run.
    let late = unsafe { watch.look(query) };
    WATCH.set(Some(watch));
    if late {
        // What was done up to here is undone anyway: the sooner, the cheaper.
        ereport!(
            ERROR,
            PgSqlErrorCode::ERRCODE_T_R_SERIALIZATION_FAILURE,
            "a source is being written, and the node runs again when its writer has ended"
        );
    }
}

impl Watch {
    /// True if somebody was writing one of the tables that the statement reads when it took its snapshot.
    unsafe fn look(&mut self, query: *mut pg_sys::QueryDesc) -> bool {
        let mut late = false;
        unsafe {
            let Some(tables) = (*(*query).plannedstmt).rtable.as_ref() else { return false };
            for index in 0..tables.length {
                let entry =
                    &*(*tables.elements.add(index as usize)).ptr_value.cast::<pg_sys::RangeTblEntry>();
                // Rows that are changed or locked are looked at as they are now, not as they were.
                if entry.rtekind != pg_sys::RTEKind::RTE_RELATION
                    || entry.rellockmode != pg_sys::AccessShareLock.cast_signed()
                    || entry.relid.to_u32() < FIRST_OF_USERS
                    || self.settled.contains(&entry.relid)
                {
                    continue;
                }
                match entry.relkind as u8 {
                    b'f' => {
                        self.foreign.insert(entry.relid);
                    }
                    b'r' | b'p' | b'm'
                        if !is_ours(entry.relid)
                            && (self.elsewhere.contains(&entry.relid)
                                || writers::has_writers(entry.relid)
                                || somebody_ended((*query).snapshot)) =>
                    {
                        self.late.insert(entry.relid);
                        late = true;
                    }
                    _ => {
                        self.settled.insert(entry.relid);
                    }
                }
            }
        }
        late
    }
}

/// A control table, or a temporary one.
unsafe fn is_ours(oid: pg_sys::Oid) -> bool {
    unsafe {
        pg_sys::get_rel_persistence(oid) as u8 == pg_sys::RELPERSISTENCE_TEMP
            || pg_sys::get_rel_namespace(oid) == pg_sys::get_namespace_oid(c"dfa".as_ptr(), true)
    }
}

/// Whether a transaction that the snapshot takes for unfinished has ended by now: what it wrote is not seen, and its locks
/// are gone. Between snapshot and look lies no time, except in a function that reads with the snapshot of its caller.
unsafe fn somebody_ended(snapshot: pg_sys::Snapshot) -> bool {
    unsafe {
        let Some(snapshot) = snapshot.as_ref() else { return false };
        if snapshot.xip.is_null() {
            return false;
        }
        let running = std::slice::from_raw_parts(snapshot.xip, snapshot.xcnt as usize);
        running.iter().any(|&xid| !pg_sys::TransactionIdIsInProgress(xid))
    }
}
