//! Catches a Postgres error with all that Postgres says of it.
//!
//! pgrx turns errors into panics that keep message, detail and hint. Position, constraint and the full
//! SQLSTATE are gone by then, so they are read by an error context callback while the error is raised.

use super::{DfaError, Report, Result};
use pgrx::pg_sys;
use pgrx::pg_sys::panic::CaughtError;
use pgrx::prelude::*;
use std::ffi::{c_char, c_int, c_void, CStr};
use std::panic::AssertUnwindSafe;

/// An error as Postgres raised it.
#[derive(Debug, Clone, Default)]
pub struct Captured {
    pub sqlstate: String,
    pub message: String,
    pub detail: Option<String>,
    pub hint: Option<String>,
    pub context: Option<String>,
    /// Character of the statement at which Postgres points, from 1.
    pub position: Option<usize>,
    pub constraint: Option<String>,
    pub column: Option<String>,
}

impl Captured {
    /// A failure inside the extension that Postgres did not raise.
    pub fn internal(message: String) -> Self {
        Captured { sqlstate: "XX000".to_owned(), message, ..Captured::default() }
    }

    pub fn report(&self) -> Report {
        Report {
            sqlstate: self.sqlstate.clone(),
            message: self.message.clone(),
            detail: self.detail.clone(),
            hint: self.hint.clone(),
            context: self.context.clone(),
        }
    }

    fn of_error_data(data: &pg_sys::ErrorData) -> Self {
        // SAFETY: Postgres gives null or a C string of its own in each of these.
        let text = |pointer: *const c_char| {
            (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned())
        };
        let position = if data.internalpos > 0 { data.internalpos } else { data.cursorpos };
        Captured {
            sqlstate: unpack(data.sqlerrcode),
            message: text(data.message).unwrap_or_default(),
            detail: text(data.detail),
            hint: text(data.hint),
            context: text(data.context),
            position: usize::try_from(position).ok().filter(|&position| position > 0),
            constraint: text(data.constraint_name),
            column: text(data.column_name),
        }
    }
}

/// Runs `work`; an error of Postgres in it, or a panic, is returned instead of raised.
///
/// This alone does not undo anything: see [`crate::subtransaction`], which does.
pub fn capture<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let mut slot: Option<Captured> = None;
    let mut callback = pg_sys::ErrorContextCallback {
        // SAFETY: read and restored on this one thread.
        previous: unsafe { pg_sys::error_context_stack },
        callback: Some(remember),
        arg: (&raw mut slot).cast::<c_void>(),
    };
    unsafe { pg_sys::error_context_stack = &raw mut callback };
    let outcome = PgTryBuilder::new(AssertUnwindSafe(work))
        .catch_others(|caught| Err(DfaError::Postgres(Box::new(of_caught(caught)))))
        .execute();
    unsafe { pg_sys::error_context_stack = callback.previous };
    outcome.map_err(|error| match (error, slot) {
        // The callback saw more of the same error.
        (DfaError::Postgres(caught), Some(seen)) if caught.message == seen.message => {
            DfaError::Postgres(Box::new(seen))
        }
        (error, _) => error,
    })
}

fn of_caught(caught: CaughtError) -> Captured {
    let (CaughtError::PostgresError(report)
    | CaughtError::ErrorReport(report)
    | CaughtError::RustPanic { ereport: report, .. }) = caught;
    Captured {
        sqlstate: unpack(report.sql_error_code() as c_int),
        message: report.message().to_owned(),
        detail: report.detail().map(str::to_owned),
        hint: report.hint().map(str::to_owned),
        ..Captured::default()
    }
}

/// Called by Postgres while it finishes a report: copies errors, lets notices and warnings pass.
#[pg_guard]
unsafe extern "C-unwind" fn remember(slot: *mut c_void) {
    // SAFETY: `slot` is the local of `capture`, which is below us on the stack. CopyErrorData must not be called
    // in ErrorContext, where Postgres runs these callbacks.
    unsafe {
        let context = pg_sys::MemoryContextSwitchTo(pg_sys::CurTransactionContext);
        let data = pg_sys::CopyErrorData();
        if (*data).elevel >= PgLogLevel::ERROR as c_int {
            *slot.cast::<Option<Captured>>() = Some(Captured::of_error_data(&*data));
        }
        pg_sys::FreeErrorData(data);
        pg_sys::MemoryContextSwitchTo(context);
    }
}

/// The five characters of a packed SQLSTATE.
fn unpack(code: c_int) -> String {
    (0..5).map(|index| char::from(((code >> (6 * index)) & 0x3F) as u8 + b'0')).collect()
}
