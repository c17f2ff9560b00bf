//! What our own statements say must not depend on who calls: names in them mean those of `pg_catalog`, whatever lies in
//! the caller's search path, and texts have one form. Postgres does the same for its own upkeep (autovacuum, pg_dump).
//!
//! Whoever calls into DFA has all of it pinned for the whole call ([`crate::clock::kept`]); statements of catalogs run with
//! the search path of their caller, which is set for them and set back ([`as_caller`]). A statement of ours looks at the
//! settings once more: where nobody pinned them, as in a worker between two steps, it does so itself.

use crate::error::Result;
use crate::nest::{self, NestLevel};
use pgrx::pg_sys;
use pgrx::prelude::*;
use std::cell::RefCell;
use std::ffi::{CStr, CString};

/// Temporary objects last: else they would come first.
const PATH: &CStr = c"pg_catalog, pg_temp";

thread_local! {
    /// The search path of the caller, while code of ours runs with that of ours; `None` while other code runs.
    static CALLERS: RefCell<Option<CString>> = const { RefCell::new(None) };
}

/// The search path is ours until this is dropped; whoever begins this ends its nest level of settings.
pub struct Inside {
    /// Code of others ran before.
    entered: bool,
}

impl Inside {
    /// In a nest level of settings that has just begun.
    #[must_use]
    pub fn enter() -> Inside {
        if CALLERS.with_borrow(Option::is_some) {
            return Inside { entered: false };
        }
        // SAFETY: a C string of the server's, or null before the first query.
        let path = unsafe {
            let path = pg_sys::namespace_search_path;
            if path.is_null() {
                CString::default()
            } else {
                CStr::from_ptr(path).to_owned()
            }
        };
        if path.as_c_str() != PATH {
            save(c"search_path", PATH);
        }
        CALLERS.with_borrow_mut(|callers| *callers = Some(path));
        Inside { entered: true }
    }
}

impl Drop for Inside {
    /// Also when an error passes by.
    fn drop(&mut self) {
        if self.entered {
            CALLERS.with_borrow_mut(|callers| *callers = None);
        }
    }
}

extension_sql!(
    r#"
comment on function dfa.is_own_code is
'Whether a function of this extension runs the statement that calls, and not somebody''s SQL, that of a catalog included.';
grant execute on function dfa.is_own_code to dfa_reader;
"#,
    name = "about_is_own_code",
    requires = [is_own_code]
);

/// Tells the triggers of the audit what runs and loads do from what is done by hand. Nobody can set it.
#[pg_extern(stable)]
pub fn is_own_code() -> bool {
    CALLERS.with_borrow(Option::is_some)
}

/// Runs SQL of a catalog, or looks up a name as that would: by the search path of the caller.
pub fn as_caller<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let _outside = Outside::begin();
    work()
}

/// The search path is that of the caller until this is dropped.
struct Outside {
    /// The path, and the nest level of settings that ends with this; `None`: it was so already.
    left: Option<(CString, NestLevel)>,
}

impl Outside {
    fn begin() -> Outside {
        let left = CALLERS.with_borrow_mut(Option::take).map(|path| {
            let level = NestLevel::begin();
            save(c"search_path", &path);
            (path, level)
        });
        Outside { left }
    }
}

impl Drop for Outside {
    /// Also when an error passes by, which may be caught before its transaction ends.
    fn drop(&mut self) {
        if let Some((path, level)) = self.left.take() {
            drop(level);
            CALLERS.with_borrow_mut(|callers| *callers = Some(path));
        }
    }
}

/// Sets a setting until the nest level of settings ends.
fn save(name: &CStr, value: &CStr) {
    nest::save(name, value, pg_sys::GucContext::PGC_USERSET);
}

/// The settings of our own statements hold until this is dropped.
pub struct Pinned {
    /// The nest level of settings that ends with this; `None`: all stood right.
    level: Option<NestLevel>,
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
        self.level.get_or_insert_with(NestLevel::begin);
        save(name, value);
    }
}
