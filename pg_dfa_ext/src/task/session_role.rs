//! For whom a task is written.

use pgrx::pg_sys;
use pgrx::prelude::*;
use std::ffi::CStr;

/// The role whose session this is, as which a worker will connect. Code that Postgres runs in the name of another role
/// (SECURITY DEFINER, functions of indexes in somebody's ANALYZE) is that role's alone: the session that it happens to
/// run in, maybe a superuser's, has asked for nothing.
pub fn oid() -> pg_sys::Oid {
    // SAFETY: reads globals of this backend.
    unsafe {
        if is_in_anothers_name() {
            pg_sys::GetUserId()
        } else {
            pg_sys::GetSessionUserId()
        }
    }
}

/// The code that calls runs in the name of a role that this session is not of.
pub fn is_in_anothers_name() -> bool {
    // SAFETY: reads globals of this backend.
    unsafe { pg_sys::InLocalUserIdChange() || pg_sys::InSecurityRestrictedOperation() }
}

extension_sql!(
    r#"
comment on function dfa.session_role is
'The role as which a background task of this call would run: that of the session, or of the owner of the SECURITY DEFINER function that calls.';
grant execute on function dfa.session_role to dfa_reader;
"#,
    name = "about_session_role",
    requires = [session_role]
);

#[pg_extern(stable, parallel_safe)]
pub fn session_role() -> String {
    // SAFETY: a copy of the name in the current memory context; a role that is gone has none.
    unsafe {
        let name = pg_sys::GetUserNameFromId(oid(), true);
        if name.is_null() {
            return String::new();
        }
        CStr::from_ptr(name).to_string_lossy().into_owned()
    }
}
