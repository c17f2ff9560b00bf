//! Where versions of PostgreSQL differ.

use pgrx::pg_sys;
use std::ffi::{c_int, c_void, CStr};

unsafe extern "C-unwind" {
    /// A macro around a function of another name since 16.
    #[cfg_attr(not(feature = "pg15"), link_name = "raw_expression_tree_walker_impl")]
    pub fn raw_expression_tree_walker(
        node: *mut pg_sys::Node,
        walker: Option<unsafe extern "C-unwind" fn(*mut pg_sys::Node, *mut c_void) -> bool>,
        context: *mut c_void,
    ) -> bool;

    /// A macro around a function of another name since 18.
    #[cfg_attr(feature = "pg18", link_name = "pqsignal_be")]
    pub fn pqsignal(signal: c_int, handler: Option<unsafe extern "C-unwind" fn(c_int)>);
}

/// What comes behind RETURNING, if there is such a thing.
#[cfg(not(feature = "pg18"))]
macro_rules! returning {
    ($statement:expr) => {
        $statement.returningList
    };
}

/// What comes behind RETURNING, if there is such a thing, with the names of OLD and NEW beside it.
#[cfg(feature = "pg18")]
macro_rules! returning {
    ($statement:expr) => {
        $statement.returningClause
    };
}
pub(crate) use returning;

/// What comes behind RETURNING of a MERGE, which has none before 17.
#[cfg(any(feature = "pg15", feature = "pg16"))]
pub fn returning_of_merge(_merge: &pg_sys::MergeStmt) -> *mut pg_sys::Node {
    std::ptr::null_mut()
}

/// What comes behind RETURNING of a MERGE.
#[cfg(not(any(feature = "pg15", feature = "pg16")))]
pub fn returning_of_merge(merge: &pg_sys::MergeStmt) -> *mut pg_sys::Node {
    returning!(merge).cast()
}

/// The columns of a row's shape.
///
/// # Safety
/// A shape of the server's.
#[cfg(not(feature = "pg18"))]
pub unsafe fn attributes(shape: &pg_sys::TupleDescData) -> &[pg_sys::FormData_pg_attribute] {
    unsafe { shape.attrs.as_slice(usize::try_from(shape.natts).unwrap_or_default()) }
}

/// The columns of a row's shape, which stand behind a shorter form of each.
///
/// # Safety
/// A shape of the server's.
#[cfg(feature = "pg18")]
pub unsafe fn attributes(shape: &pg_sys::TupleDescData) -> &[pg_sys::FormData_pg_attribute] {
    let count = usize::try_from(shape.natts).unwrap_or_default();
    unsafe { std::slice::from_raw_parts(shape.compact_attrs.as_ptr().add(count).cast(), count) }
}

/// Whether this session holds a lock alone.
///
/// # Safety
/// In a server process with shared memory.
#[cfg(any(feature = "pg15", feature = "pg16"))]
pub unsafe fn holds_alone(tag: &pg_sys::LOCKTAG) -> bool {
    unsafe { pg_sys::LockHeldByMe(tag, pg_sys::ExclusiveLock as i32) }
}

/// Whether this session holds a lock alone.
///
/// # Safety
/// In a server process with shared memory.
#[cfg(not(any(feature = "pg15", feature = "pg16")))]
pub unsafe fn holds_alone(tag: &pg_sys::LOCKTAG) -> bool {
    unsafe { pg_sys::LockHeldByMe(tag, pg_sys::ExclusiveLock as i32, false) }
}

/// What this backend counted of a table in this transaction, by nest level, if it counted anything.
///
/// # Safety
/// In a transaction; what is returned lives until the table is touched again.
#[cfg(feature = "pg15")]
pub unsafe fn counts_of_table(oid: pg_sys::Oid) -> *mut pg_sys::PgStat_TableXactStatus {
    unsafe { pg_sys::find_tabstat_entry(oid).as_ref().map_or(std::ptr::null_mut(), |entry| entry.trans) }
}

/// What this backend counted of a table in this transaction, by nest level, if it counted anything. Since 16
/// `find_tabstat_entry` gives a sum, into which earlier transactions go, too.
///
/// # Safety
/// In a transaction; what is returned lives until the table is touched again.
#[cfg(not(feature = "pg15"))]
pub unsafe fn counts_of_table(oid: pg_sys::Oid) -> *mut pg_sys::PgStat_TableXactStatus {
    unsafe extern "C-unwind" {
        fn pgstat_assoc_relation(relation: pg_sys::Relation);
    }
    unsafe {
        let relation = pg_sys::RelationIdGetRelation(oid);
        if relation.is_null() {
            return std::ptr::null_mut();
        }
        // The cache's entry may be newer than the counts.
        if (*relation).pgstat_info.is_null() && (*relation).pgstat_enabled {
            pgstat_assoc_relation(relation);
        }
        let counts = (*relation).pgstat_info.as_ref().map_or(std::ptr::null_mut(), |entry| entry.trans);
        pg_sys::RelationClose(relation);
        counts
    }
}

/// Settings by which a worker is not ended in the middle of a step: that is what a table's `timeout` is for.
#[cfg(any(feature = "pg15", feature = "pg16"))]
pub const NO_TIMEOUT: [(&CStr, &CStr); 0] = [];

/// Settings by which a worker is not ended in the middle of a step: that is what a table's `timeout` is for. Who sets this one
/// for a database means sessions of people; the step would begin again, and end there again.
#[cfg(not(any(feature = "pg15", feature = "pg16")))]
pub const NO_TIMEOUT: [(&CStr, &CStr); 1] = [(c"transaction_timeout", c"0")];

/// What SPI says of a statement that changed rows. MERGE … RETURNING came with 17.
pub fn changes_rows(code: u32) -> bool {
    #[cfg(not(any(feature = "pg15", feature = "pg16")))]
    if code == pg_sys::SPI_OK_MERGE_RETURNING {
        return true;
    }
    matches!(
        code,
        pg_sys::SPI_OK_INSERT
            | pg_sys::SPI_OK_UPDATE
            | pg_sys::SPI_OK_DELETE
            | pg_sys::SPI_OK_MERGE
            | pg_sys::SPI_OK_INSERT_RETURNING
            | pg_sys::SPI_OK_UPDATE_RETURNING
            | pg_sys::SPI_OK_DELETE_RETURNING
    )
}

/// The settings of this session by name: where the value comes from, and what RESET would give if that is a text of the
/// server's own.
pub struct Setting {
    pub source: pg_sys::GucSource::Type,
    pub of_server: Option<String>,
}

impl Setting {
    /// # Safety
    /// One of the settings of this backend: each begins with a config_generic, and those of this type are strings.
    unsafe fn of(known: *mut pg_sys::config_generic) -> Setting {
        unsafe {
            let is_of_server = (*known).reset_source < pg_sys::GucSource::PGC_S_GLOBAL
                && (*known).vartype == pg_sys::config_type::PGC_STRING;
            let value = match is_of_server {
                true => (*known.cast::<pg_sys::config_string>()).reset_val.cast_const(),
                false => std::ptr::null(),
            };
            let of_server = (!value.is_null()).then(|| CStr::from_ptr(value).to_string_lossy().into_owned());
            Setting { source: (*known).source, of_server }
        }
    }
}

/// Looks up a setting; 15 has a list of all of them.
#[cfg(feature = "pg15")]
pub fn setting(name: &CStr) -> Option<Setting> {
    // SAFETY: the list of this backend's settings; each begins with a config_generic, and those of this type are strings.
    unsafe {
        let count = usize::try_from(pg_sys::GetNumConfigOptions()).ok()?;
        let all = std::slice::from_raw_parts(pg_sys::get_guc_variables(), count);
        let known = all.iter().copied().find(|known| CStr::from_ptr((**known).name) == name)?;
        Some(Setting::of(known))
    }
}

/// Looks up a setting.
#[cfg(not(feature = "pg15"))]
pub fn setting(name: &CStr) -> Option<Setting> {
    // SAFETY: the settings of this backend; those of this type are strings.
    unsafe {
        let known = pg_sys::find_option(name.as_ptr(), false, true, pg_sys::LOG as i32);
        if known.is_null() {
            return None;
        }
        Some(Setting::of(known))
    }
}
