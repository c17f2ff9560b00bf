//! What our own statements say must not depend on who calls: names in them mean those of `pg_catalog`, whatever lies in
//! the caller's search path, and texts have one form. Postgres does the same for its own upkeep (autovacuum, pg_dump).
//!
//! Statements of catalogs run outside of this, with the settings of their caller. A setting that stands right already is
//! not touched; the others are set and set back, which takes a microsecond or two.

use pgrx::pg_sys;
use std::ffi::CStr;

/// Temporary objects last: else they would come first.
const PATH: &CStr = c"pg_catalog, pg_temp";

/// The settings of our own statements hold until this is dropped.
pub struct Pinned {
    /// The nest level of settings that ends with this; `None`: all stood right.
    level: Option<i32>,
}

impl Pinned {
    /// From here on.
    #[must_use]
    pub fn begin() -> Pinned {
        let mut pinned = Pinned { level: None };
        // SAFETY: globals of this backend; the path is a C string of the server's, or null before the first query.
        unsafe {
            let path = pg_sys::namespace_search_path;
            if path.is_null() || CStr::from_ptr(path) != PATH {
                pinned.set(c"search_path", PATH);
            }
            if pg_sys::quote_all_identifiers {
                pinned.set(c"quote_all_identifiers", c"off");
            }
            if !pg_sys::standard_conforming_strings {
                pinned.set(c"standard_conforming_strings", c"on");
            }
            if !pg_sys::Array_nulls {
                pinned.set(c"array_nulls", c"on");
            }
            if pg_sys::DateStyle != pg_sys::USE_ISO_DATES.cast_signed()
                || pg_sys::DateOrder != pg_sys::DATEORDER_YMD.cast_signed()
            {
                pinned.set(c"datestyle", c"ISO, YMD");
            }
            if pg_sys::IntervalStyle != pg_sys::INTSTYLE_POSTGRES.cast_signed() {
                pinned.set(c"intervalstyle", c"postgres");
            }
            // Below 1 the text of a number is another number.
            if pg_sys::extra_float_digits < 1 {
                pinned.set(c"extra_float_digits", c"1");
            }
        }
        pinned
    }

    /// Texts are read as catalogs were: for a statement of a catalog, which was taken apart with these rules.
    #[must_use]
    pub fn strings() -> Pinned {
        let mut pinned = Pinned { level: None };
        // SAFETY: a global of this backend.
        if !unsafe { pg_sys::standard_conforming_strings } {
            pinned.set(c"standard_conforming_strings", c"on");
        }
        pinned
    }

    /// [`Pinned::strings`] for a query whose values we read as texts: dates are `YYYY-MM-DD`. In which order day and month
    /// of a date are read stays as the caller has it.
    #[must_use]
    pub fn texts() -> Pinned {
        let mut pinned = Pinned::strings();
        // SAFETY: a global of this backend.
        if unsafe { pg_sys::DateStyle } != pg_sys::USE_ISO_DATES.cast_signed() {
            pinned.set(c"datestyle", c"ISO");
        }
        pinned
    }

    /// An array given as JSON may hold nulls.
    #[must_use]
    pub fn array_nulls() -> Pinned {
        let mut pinned = Pinned { level: None };
        // SAFETY: a global of this backend.
        if !unsafe { pg_sys::Array_nulls } {
            pinned.set(c"array_nulls", c"on");
        }
        pinned
    }

    fn set(&mut self, name: &CStr, value: &CStr) {
        // SAFETY: as a function with a SET clause does it (fmgr_security_definer).
        unsafe {
            self.level.get_or_insert_with(|| pg_sys::NewGUCNestLevel());
            pg_sys::set_config_option(
                name.as_ptr(),
                value.as_ptr(),
                pg_sys::GucContext::PGC_USERSET,
                pg_sys::GucSource::PGC_S_SESSION,
                pg_sys::GucAction::GUC_ACTION_SAVE,
                true,
                0,
                false,
            );
        }
    }
}

impl Drop for Pinned {
    /// Also when an error passes by, which may be caught before its transaction ends.
    fn drop(&mut self) {
        if let Some(level) = self.level {
            // SAFETY: the level that `set` began; what began after it has ended.
            unsafe { pg_sys::AtEOXact_GUC(true, level) };
        }
    }
}
