//! For whom a wait is, whatever is waited for: Postgres knows it while it lasts, and tells it in its log after
//! `deadlock_timeout` (`log_lock_waits`). Calls of ours have that switched on and listen; a log that did not ask for it
//! does not get it.

use crate::nest;
use pgrx::pg_sys;
use pgrx::prelude::*;
use std::cell::{Cell, RefCell};
use std::ffi::{c_char, CStr};

/// So much of the statement of another session is told.
const MAX_STATEMENT: usize = 200;

thread_local! {
    /// It is we who switched it on.
    static OURS: Cell<bool> = const { Cell::new(false) };
    /// Who was in the way of the wait under way, or of the last one, if that came to no good end.
    static HEARD: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Listens until this is dropped.
pub struct Listening {
    before: bool,
}

impl Listening {
    /// In a nest level of settings, which sets back what this sets.
    #[must_use]
    pub fn begin() -> Listening {
        let before = OURS.get();
        HEARD.set(None);
        // SAFETY: reads a setting of the session.
        if !unsafe { pg_sys::log_lock_waits } {
            nest::save(c"log_lock_waits", c"on", pg_sys::GucContext::PGC_SUSET);
            OURS.set(true);
        }
        Listening { before }
    }
}

impl Drop for Listening {
    /// Also when an error passes by.
    fn drop(&mut self) {
        OURS.set(self.before);
    }
}

/// Who was in the way of the wait that ended in a failure, if Postgres told it; said once.
pub fn holder() -> Option<String> {
    HEARD.take()
}

static mut NEXT: pg_sys::emit_log_hook_type = None;

/// Called once when the library is loaded.
pub fn register() {
    // SAFETY: hooks are chained while libraries are loaded.
    unsafe {
        NEXT = pg_sys::emit_log_hook;
        pg_sys::emit_log_hook = Some(hear);
    }
}

/// Without a guard of pgrx, which would make another error of each one that passes by: this frame has nothing to drop.
unsafe extern "C-unwind" fn hear(data: *mut pg_sys::ErrorData) {
    unsafe {
        look_at(data);
        if let Some(next) = NEXT {
            next(data);
        }
    }
}

/// Sees all that goes into the log, and so does nothing with most of it.
#[pg_guard]
unsafe extern "C-unwind" fn look_at(data: *mut pg_sys::ErrorData) {
    // SAFETY: a report under way; its texts are C strings or null, and the format is that of the source code.
    unsafe {
        if (*data).elevel != pg_sys::LOG as i32 || (*data).message_id.is_null() {
            return;
        }
        let format = CStr::from_ptr((*data).message_id).to_bytes();
        let Some(what) = format.strip_prefix(b"process %d ") else { return };
        if what.starts_with(b"still waiting for ") {
            HEARD.set(holders((*data).detail_log));
        } else if what.starts_with(b"acquired ") {
            HEARD.set(None);
        }
        let of_a_wait: [&[u8]; 5] = [
            b"still waiting for ",
            b"acquired ",
            b"failed to acquire ",
            b"avoided deadlock ",
            b"detected deadlock ",
        ];
        if OURS.get() && of_a_wait.iter().any(|it| what.starts_with(it)) {
            (*data).output_to_server = false;
            (*data).output_to_client = false;
        }
    }
}

/// The processes that `Process holding the lock: 27. Wait queue: 28, 29.` names first, in whatever language.
unsafe fn holders(detail: *const c_char) -> Option<String> {
    if detail.is_null() {
        return None;
    }
    let detail = unsafe { CStr::from_ptr(detail) }.to_string_lossy();
    let digits = detail.find(|letter: char| letter.is_ascii_digit())?;
    let list =
        detail[digits..].split(|letter: char| !letter.is_ascii_digit() && !", ".contains(letter)).next()?;
    let told = list.split(", ").filter_map(|pid| pid.trim().parse::<i32>().ok()).map(|pid| {
        if pid == 0 {
            return "a prepared transaction".to_owned();
        }
        // In another's name what that one may see is not for the caller.
        // SAFETY: reads a global of this backend.
        if unsafe { pg_sys::InLocalUserIdChange() } {
            return format!("process {pid}");
        }
        // SAFETY: a copy; what the caller may not see is not in it.
        let statement = unsafe { CStr::from_ptr(pg_sys::pgstat_get_backend_current_activity(pid, true)) };
        let statement: String = statement.to_string_lossy().chars().take(MAX_STATEMENT).collect();
        format!(
            "process {pid}, whose statement is: {}",
            statement.split_whitespace().collect::<Vec<_>>().join(" ")
        )
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| told.join("; "))
}
