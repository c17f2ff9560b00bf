//! Raises a failure as a Postgres ERROR with its own SQLSTATE.

use super::DfaError;
use pgrx::pg_sys;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use std::cell::Cell;
use std::ffi::{c_int, c_void, CString};

unsafe extern "C-unwind" {
    fn errcode(sqlerrcode: c_int) -> c_int;
    fn set_errcontext_domain(domain: *const std::ffi::c_char) -> c_int;
    fn errcontext_msg(format: *const std::ffi::c_char, ...) -> c_int;
}

/// What the callback below adds to the error under way.
struct Pending {
    sqlstate: c_int,
    context: Option<CString>,
    previous: *mut pg_sys::ErrorContextCallback,
}

thread_local! {
    static PENDING: Cell<Option<Pending>> = const { Cell::new(None) };
}

/// Ends the current SQL function with this error.
///
/// pgrx knows only the SQLSTATEs of Postgres itself. Ours are put in by an error context callback:
/// Postgres calls it while it finishes the report, when the code can still be set.
pub fn raise(error: DfaError) -> ! {
    let report = error.report();
    let mut ereport = ErrorReport::new(PgSqlErrorCode::ERRCODE_INTERNAL_ERROR, report.message.clone(), "dfa");
    if let Some(detail) = &report.detail {
        ereport = ereport.set_detail(detail.clone());
    }
    if let Some(hint) = &report.hint {
        ereport = ereport.set_hint(hint.clone());
    }
    drop(error);
    let context = report.context.and_then(|text| CString::new(text).ok());
    // SAFETY: the callback lives in TopMemoryContext; it takes itself off the stack when it is called, and
    // whoever catches the error restores the stack.
    unsafe {
        let pending =
            Pending { sqlstate: pack(&report.sqlstate), context, previous: pg_sys::error_context_stack };
        PENDING.with(|cell| cell.set(Some(pending)));
        let callback = pg_sys::MemoryContextAllocZero(
            pg_sys::CurTransactionContext,
            size_of::<pg_sys::ErrorContextCallback>(),
        )
        .cast::<pg_sys::ErrorContextCallback>();
        (*callback).previous = pg_sys::error_context_stack;
        (*callback).callback = Some(complete);
        pg_sys::error_context_stack = callback;
    }
    // The way in which pgrx hands an error to Postgres; `entry` is the one function that does it.
    #[expect(clippy::panic)]
    std::panic::panic_any(ereport)
}

#[pg_guard]
unsafe extern "C-unwind" fn complete(_argument: *mut c_void) {
    if let Some(pending) = PENDING.with(Cell::take) {
        unsafe {
            errcode(pending.sqlstate);
            if let Some(context) = &pending.context {
                set_errcontext_domain(std::ptr::null());
                errcontext_msg(c"%s".as_ptr(), context.as_ptr());
            }
            pg_sys::error_context_stack = pending.previous;
        }
    }
}

/// `MAKE_SQLSTATE`: five characters of six bits each.
fn pack(sqlstate: &str) -> c_int {
    sqlstate
        .bytes()
        .take(5)
        .enumerate()
        .fold(0, |code, (index, byte)| code | ((c_int::from(byte) - c_int::from(b'0')) & 0x3F) << (6 * index))
}
