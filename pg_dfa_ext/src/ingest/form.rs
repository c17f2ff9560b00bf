//! What a type takes of JSON, from the catalogs of this database.

use crate::pg_compat;
use dfa_catalog::json::{Form, Kind};
use pgrx::pg_sys;
use std::ffi::CStr;

/// By what lies below all domains.
pub fn form_of(type_oid: pg_sys::Oid) -> Form {
    // SAFETY: look-ups in the system cache of a type that exists; what they return is copied.
    unsafe {
        let base = pg_sys::getBaseType(type_oid);
        let element = pg_sys::get_element_type(base);
        let kind = match base {
            pg_sys::INT2OID | pg_sys::INT4OID | pg_sys::INT8OID => Kind::Whole,
            pg_sys::JSONOID | pg_sys::JSONBOID => Kind::Json,
            _ if element != pg_sys::InvalidOid => {
                Kind::Array { element: Box::new(form_of(element)), delimiter: delimiter(element) }
            }
            _ if pg_sys::get_typtype(base) == pg_sys::TYPTYPE_COMPOSITE as std::ffi::c_char => {
                Kind::Composite(attributes(base))
            }
            _ if is_hstore(base) => Kind::Hstore,
            _ => Kind::Scalar,
        };
        Form { kind, type_name: c_string(pg_sys::format_type_be(type_oid)) }
    }
}

/// What stands between the elements of an array: a comma, but for boxes.
unsafe fn delimiter(element: pg_sys::Oid) -> char {
    let (mut length, mut by_value, mut align, mut delimiter) = (0, false, 0, 0);
    let (mut parameter, mut function) = (pg_sys::InvalidOid, pg_sys::InvalidOid);
    unsafe {
        pg_sys::get_type_io_data(
            element,
            pg_sys::IOFuncSelector::IOFunc_input,
            &raw mut length,
            &raw mut by_value,
            &raw mut align,
            &raw mut delimiter,
            &raw mut parameter,
            &raw mut function,
        );
    }
    char::from(delimiter as u8)
}

unsafe fn attributes(composite: pg_sys::Oid) -> Vec<(String, Form)> {
    unsafe {
        let shape = pg_sys::lookup_rowtype_tupdesc_copy(composite, -1);
        pg_compat::attributes(&*shape)
            .iter()
            .filter(|attribute| !attribute.attisdropped)
            .map(|attribute| (c_string(attribute.attname.data.as_ptr()), form_of(attribute.atttypid)))
            .collect()
    }
}

/// Wherever its extension lives.
unsafe fn is_hstore(type_oid: pg_sys::Oid) -> bool {
    let (mut function, mut parameter) = (pg_sys::InvalidOid, pg_sys::InvalidOid);
    unsafe {
        pg_sys::getTypeInputInfo(type_oid, &raw mut function, &raw mut parameter);
        c_string(pg_sys::get_func_name(function)) == "hstore_in"
    }
}

unsafe fn c_string(text: *const std::ffi::c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}
