//! Settings that hold for a while, as those of a function with a SET clause do (fmgr_security_definer).

use pgrx::pg_sys;
use std::ffi::{c_int, CStr};

/// A nest level of settings: what is set in it is set back when this is dropped.
pub struct NestLevel(c_int);

impl NestLevel {
    #[must_use]
    pub fn begin() -> NestLevel {
        // SAFETY: in a transaction; ended by the drop, or by the end of the subtransaction.
        NestLevel(unsafe { pg_sys::NewGUCNestLevel() })
    }
}

impl Drop for NestLevel {
    /// Also when an error passes by, which may be caught before its transaction ends.
    fn drop(&mut self) {
        // SAFETY: the level that began with this; what began after it has ended.
        unsafe { pg_sys::AtEOXact_GUC(true, self.0) };
    }
}

/// Sets a setting of the session until the nest level around ends, with the rights of whoever may set it.
pub fn save(name: &CStr, value: &CStr, context: pg_sys::GucContext::Type) {
    put(name, value, context, 0);
}

/// [`save`] as the server's own code does it; false if the value is none of this setting.
pub fn try_save(name: &CStr, value: &CStr) -> bool {
    put(name, value, pg_sys::GucContext::PGC_SUSET, pg_sys::DEBUG5 as c_int)
}

fn put(name: &CStr, value: &CStr, context: pg_sys::GucContext::Type, level: c_int) -> bool {
    // SAFETY: both texts are copied.
    unsafe {
        pg_sys::set_config_option(
            name.as_ptr(),
            value.as_ptr(),
            context,
            pg_sys::GucSource::PGC_S_SESSION,
            pg_sys::GucAction::GUC_ACTION_SAVE,
            true,
            level,
            false,
        ) > 0
    }
}
