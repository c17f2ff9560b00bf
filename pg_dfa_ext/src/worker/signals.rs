//! What background processes do at signals: as sessions do.

use crate::pg_compat::pqsignal;
use pgrx::pg_sys;
use std::ffi::c_int;

// pgrx wraps these in Rust functions, which cannot be signal handlers.
unsafe extern "C-unwind" {
    fn die(signal: c_int);
    fn SignalHandlerForConfigReload(signal: c_int);
}

/// SIGTERM ends a running statement and the process, SIGHUP reads the settings again; SIGINT cancels a statement by
/// itself.
///
/// # Safety
/// In a background worker, before its first query.
pub unsafe fn attach() {
    unsafe {
        pqsignal(pg_sys::SIGHUP as c_int, Some(SignalHandlerForConfigReload));
        pqsignal(pg_sys::SIGTERM as c_int, Some(die));
        pg_sys::BackgroundWorkerUnblockSignals();
    }
}
