//! Whose objects a caller may work on. Whoever owns a table decides what runs when its rows are written (triggers,
//! rules, checks), and that runs with the rights of whoever writes: so DFA writes only where the owner can be trusted.
//!
//! Trusted are the caller, the roles that it is a member of, superusers, and members of dfa_admin, whose SQL is what
//! DFA runs in any case. That a superuser may act as anybody makes nobody trusted.

use crate::error::{Captured, DfaError, Result};
use crate::spi::{self, qualified};
use pgrx::pg_sys::{self, SysCacheIdentifier};
use std::ffi::CString;

/// Whether what this role owns may be written by the caller.
pub fn is_trusted(role: pg_sys::Oid) -> bool {
    // SAFETY: look-ups in the system caches.
    unsafe {
        let caller = pg_sys::GetUserId();
        let admins = pg_sys::get_role_oid(c"dfa_admin".as_ptr(), true);
        let role = if is_database_owner(role) { database_owner() } else { role };
        role == caller
            || pg_sys::superuser_arg(role)
            || pg_sys::is_member_of_role_nosuper(caller, role)
            || admins != pg_sys::InvalidOid && pg_sys::is_member_of_role_nosuper(role, admins)
    }
}

/// [`is_trusted`] for a role by its name; a role that is gone is trusted with nothing.
pub fn is_trusted_name(role: &str) -> bool {
    let Ok(name) = CString::new(role) else { return false };
    // SAFETY: a look-up in the system cache.
    let oid = unsafe { pg_sys::get_role_oid(name.as_ptr(), true) };
    oid != pg_sys::InvalidOid && is_trusted(oid)
}

/// `pg_database_owner`, to whom schema public belongs, is whoever owns the database.
fn is_database_owner(role: pg_sys::Oid) -> bool {
    role.to_u32() == pg_sys::ROLE_PG_DATABASE_OWNER
}

unsafe fn database_owner() -> pg_sys::Oid {
    unsafe {
        owner_in(SysCacheIdentifier::DATABASEOID, pg_sys::MyDatabaseId, |tuple| {
            (*pg_sys::GETSTRUCT(tuple).cast::<pg_sys::FormData_pg_database>()).datdba
        })
    }
}

unsafe fn owner_in(
    cache: SysCacheIdentifier::Type,
    oid: pg_sys::Oid,
    read: impl FnOnce(pg_sys::HeapTuple) -> pg_sys::Oid,
) -> pg_sys::Oid {
    unsafe {
        let tuple = pg_sys::SearchSysCache1(cache as i32, pg_sys::Datum::from(oid));
        if tuple.is_null() {
            return pg_sys::InvalidOid;
        }
        let owner = read(tuple);
        pg_sys::ReleaseSysCache(tuple);
        owner
    }
}

/// The owners of a relation and of its schema. Who owns the schema may put another relation in its place.
fn owners(oid: pg_sys::Oid) -> [pg_sys::Oid; 2] {
    // SAFETY: look-ups in the system caches; a relation without a row gives no owner.
    unsafe {
        let mut schema = pg_sys::InvalidOid;
        let owner = owner_in(SysCacheIdentifier::RELOID, oid, |tuple| {
            let class = &*pg_sys::GETSTRUCT(tuple).cast::<pg_sys::FormData_pg_class>();
            schema = class.relnamespace;
            class.relowner
        });
        [owner, schema_owner(schema)]
    }
}

fn schema_owner(schema: pg_sys::Oid) -> pg_sys::Oid {
    // SAFETY: a look-up in the system cache.
    unsafe {
        owner_in(SysCacheIdentifier::NAMESPACEOID, schema, |tuple| {
            (*pg_sys::GETSTRUCT(tuple).cast::<pg_sys::FormData_pg_namespace>()).nspowner
        })
    }
}

/// A table of ours is that of somebody whom the caller can trust.
///
/// # Errors
/// 42501, with the owner and what to do.
pub fn check_table(schema: &str, name: &str, oid: pg_sys::Oid) -> Result<()> {
    let [table, space] = owners(oid);
    if !is_trusted(table) {
        return Err(refused(
            &format!("table '{schema}.{name}'"),
            &format!("alter table {}", qualified(schema, name)),
            table,
        ));
    }
    if !is_trusted(space) {
        return Err(refused(
            &format!("schema '{schema}'"),
            &format!("alter schema {}", spi::ident(schema)),
            space,
        ));
    }
    Ok(())
}

/// [`check_table`] for the schema in which tables are to be made.
pub fn check_schema(schema: &str) -> Result<()> {
    let name = CString::new(schema).unwrap_or_default();
    // SAFETY: a look-up in the system cache; a schema that is missing has no owner.
    let oid = unsafe { pg_sys::get_namespace_oid(name.as_ptr(), true) };
    let owner = schema_owner(oid);
    if oid == pg_sys::InvalidOid || is_trusted(owner) {
        return Ok(());
    }
    Err(refused(&format!("schema '{schema}'"), &format!("alter schema {}", spi::ident(schema)), owner))
}

/// A backup: a plain or partitioned table of somebody whom the caller can trust, or of the owner of the table itself; no
/// trigger of anybody else, and no policies.
pub fn check_backup(table: pg_sys::Oid, schema: &str, name: &str, oid: pg_sys::Oid) -> Result<()> {
    let what = format!("backup '{schema}.{name}'");
    let change = format!("alter table {}", qualified(schema, name));
    // SAFETY: a look-up in the system cache.
    let kind = unsafe { pg_sys::get_rel_relkind(oid) } as u8;
    if !matches!(kind, b'r' | b'p') {
        return Err(denied(
            format!("{what} is no table"),
            "Rows are kept in a plain or partitioned table alone.".to_owned(),
            "Take it away, or name another backup.".to_owned(),
        ));
    }
    let [of_table, of_its_schema] = owners(table);
    let own = [of_table, of_its_schema];
    let [owner, space] = owners(oid);
    if !own.contains(&owner) && !is_trusted(owner) {
        return Err(refused(&what, &change, owner));
    }
    if !own.contains(&space) && !is_trusted(space) {
        return Err(refused(&what, &format!("alter schema {}", spi::ident(schema)), space));
    }
    let traps = spi::query(include_str!("sql/code_of_table.sql"), &[oid.into()], |row| {
        Ok((row.get::<String>("what")?, row.get::<pg_sys::Oid>("owner")?))
    })?;
    match traps.into_iter().find(|(_, owner)| !own.contains(owner) && !is_trusted(*owner)) {
        None => Ok(()),
        Some((trap, owner)) => Err(denied(
            format!("{what} has {trap}"),
            format!(
                "It belongs to role '{}', whose code would run with the rights of the caller.",
                role_name(owner)
            ),
            "Take it away, or name another backup.".to_owned(),
        )),
    }
}

fn refused(what: &str, change: &str, owner: pg_sys::Oid) -> DfaError {
    let owner = role_name(owner);
    denied(
        format!("{what} belongs to role '{owner}', whom the caller cannot trust"),
        "Its triggers and rules would run with the rights of the caller; so nothing was done.".to_owned(),
        format!(
            "{change} owner to dfa_admin; or grant dfa_admin to {}; if that role is to be trusted.",
            spi::ident(&owner)
        ),
    )
}

fn denied(message: String, detail: String, hint: String) -> DfaError {
    DfaError::Postgres(Box::new(Captured {
        sqlstate: "42501".to_owned(),
        message,
        detail: Some(detail),
        hint: Some(hint),
        ..Captured::default()
    }))
}

fn role_name(role: pg_sys::Oid) -> String {
    // SAFETY: a copy of the name in the current memory context, or null.
    let name = unsafe { pg_sys::GetUserNameFromId(role, true) };
    if name.is_null() {
        return role.to_u32().to_string();
    }
    unsafe { std::ffi::CStr::from_ptr(name) }.to_string_lossy().into_owned()
}
