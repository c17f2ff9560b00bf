//! What the server gives to a session that asks for nothing: a client may have asked (PGTZ, a JDBC driver, SET, ALTER
//! ROLE), and then Postgres keeps no copy of what it would have been. It is found where the server found it: on its
//! command line, in its files.

use crate::error::{capture, Result};
use crate::{pg_compat, spi};
use pgrx::pg_sys;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::{CStr, CString};
use std::path::Path;

thread_local! {
    /// By name, as of the last reading of the server's files.
    static FOUND: RefCell<(i64, HashMap<&'static str, String>)> = RefCell::new((0, HashMap::new()));
}

/// The value of a setting for sessions of all roles and databases.
pub fn setting(name: &'static str) -> Result<String> {
    let known = CString::new(name).ok().and_then(|name| pg_compat::setting(&name));
    if let Some(of_server) = known.and_then(|known| known.of_server) {
        return Ok(of_server);
    }
    // SAFETY: a global of this backend: when it last read the files.
    let read_at = unsafe { pg_sys::PgReloadTime };
    let known = FOUND.with_borrow(|(at, found)| (*at == read_at).then(|| found.get(name).cloned()).flatten());
    if let Some(known) = known {
        return Ok(known);
    }
    let value = match on_command_line(name) {
        Some(value) => value,
        None => in_files(name)?.unwrap_or_else(|| default_of(name).to_owned()),
    };
    FOUND.with_borrow_mut(|(at, found)| {
        if *at != read_at {
            found.clear();
            *at = read_at;
        }
        found.insert(name, value.clone());
    });
    Ok(value)
}

/// `boot_val` of the settings that are asked for.
fn default_of(name: &str) -> &'static str {
    match name {
        "TimeZone" => "GMT",
        "search_path" => "\"$user\", public",
        _ => "ISO, MDY",
    }
}

/// As in `postgres -c timezone=Asia/Bangkok`: the server writes its command line down when it starts.
fn on_command_line(name: &str) -> Option<String> {
    // SAFETY: a path of this server.
    let folder = unsafe { CStr::from_ptr(pg_sys::DataDir) }.to_str().ok()?;
    let line = std::fs::read_to_string(Path::new(folder).join("postmaster.opts")).ok()?;
    of_arguments(line.split('"').skip(1).step_by(2), name)
}

fn of_arguments<'line>(arguments: impl Iterator<Item = &'line str>, name: &str) -> Option<String> {
    let mut found = None;
    let mut after_c = false;
    for argument in arguments {
        let pair = if after_c {
            Some(argument)
        } else {
            argument
                .strip_prefix("--")
                .or_else(|| argument.strip_prefix("-c"))
                .filter(|pair| !pair.is_empty())
        };
        after_c = !after_c && argument == "-c";
        let value =
            pair.and_then(|pair| pair.split_once('=')).filter(|(known, _)| known.eq_ignore_ascii_case(name));
        found = value.map(|(_, value)| value.to_owned()).or(found);
    }
    found
}

/// `pg_file_settings` is for superusers alone; the names that are asked for are no secret: any session may SHOW them.
fn in_files(name: &'static str) -> Result<Option<String>> {
    let (mut user, mut context) = (pg_sys::InvalidOid, 0);
    // SAFETY: set back below, whatever the query does: its error is a value here.
    unsafe {
        pg_sys::GetUserIdAndSecContext(&raw mut user, &raw mut context);
        let restricted = pg_sys::SECURITY_LOCAL_USERID_CHANGE | pg_sys::SECURITY_RESTRICTED_OPERATION;
        pg_sys::SetUserIdAndSecContext(
            pg_sys::BOOTSTRAP_SUPERUSERID.into(),
            context | restricted.cast_signed(),
        );
        let found = capture(|| {
            spi::value::<Option<String>>(
                "select setting from pg_catalog.pg_file_settings
                 where pg_catalog.lower(name) operator(pg_catalog.=) pg_catalog.lower($1) and error is null
                 order by seqno desc limit 1",
                &[name.into()],
            )
        });
        pg_sys::SetUserIdAndSecContext(user, context);
        found.map(Option::flatten)
    }
}
