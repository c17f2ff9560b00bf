//! Where versions of PostgreSQL differ. The extension is built for 15; what is known of later ones stands here, so that
//! building for them begins in one file.

use pgrx::pg_sys;
use std::ffi::{c_void, CStr};

unsafe extern "C-unwind" {
    /// A macro around a function of another name since 16.
    #[cfg_attr(not(feature = "pg15"), link_name = "raw_expression_tree_walker_impl")]
    pub fn raw_expression_tree_walker(
        node: *mut pg_sys::Node,
        walker: Option<unsafe extern "C-unwind" fn(*mut pg_sys::Node, *mut c_void) -> bool>,
        context: *mut c_void,
    ) -> bool;
}

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

/// Looks up a setting; 15 has a list of all of them.
#[cfg(feature = "pg15")]
pub fn setting(name: &CStr) -> Option<Setting> {
    // SAFETY: the list of this backend's settings; each begins with a config_generic, and those of this type are strings.
    unsafe {
        let count = usize::try_from(pg_sys::GetNumConfigOptions()).ok()?;
        let all = std::slice::from_raw_parts(pg_sys::get_guc_variables(), count);
        let known = all.iter().copied().find(|known| CStr::from_ptr((**known).name) == name)?;
        let is_of_server = (*known).reset_source < pg_sys::GucSource::PGC_S_GLOBAL
            && (*known).vartype == pg_sys::config_type::PGC_STRING;
        let value = match is_of_server {
            true => (*known.cast::<pg_sys::config_string>()).reset_val.cast_const(),
            false => std::ptr::null(),
        };
        let of_server = (!value.is_null()).then(|| CStr::from_ptr(value).to_string_lossy().into_owned());
        Some(Setting { source: (*known).source, of_server })
    }
}
