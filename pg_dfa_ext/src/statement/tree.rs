//! Reading what Postgres' parse trees hold.

use super::lineage::Relation;
use pgrx::pg_sys::{self, NodeTag};
use std::ffi::{c_char, c_void, CStr};

pub unsafe fn relation(range: *const pg_sys::RangeVar) -> Relation {
    unsafe {
        Relation { schema: text((*range).schemaname), name: text((*range).relname).unwrap_or_default() }
    }
}

pub unsafe fn function_name(parts: *mut pg_sys::List) -> Option<Relation> {
    let mut parts: Vec<String> =
        unsafe { list(parts).into_iter().filter_map(|part| string_value(part.cast())).collect() };
    let name = parts.pop()?;
    Some(Relation { schema: parts.pop(), name })
}

pub unsafe fn string_value(node: *mut pg_sys::Node) -> Option<String> {
    unsafe {
        let node = node.as_ref()?;
        if node.type_ != NodeTag::T_String {
            return None;
        }
        text((*std::ptr::from_ref(node).cast::<pg_sys::String>()).sval)
    }
}

pub unsafe fn text(pointer: *const c_char) -> Option<String> {
    (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned())
}

/// The pointers of a Postgres list; an empty list is null.
pub unsafe fn list(list: *mut pg_sys::List) -> Vec<*mut c_void> {
    unsafe {
        match list.as_ref() {
            None => Vec::new(),
            Some(list) => {
                (0..list.length as usize).map(|index| (*list.elements.add(index)).ptr_value).collect()
            }
        }
    }
}
