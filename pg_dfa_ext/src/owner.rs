//! Upkeep of a table in the name of its owner: who may write the rows of a table may not make or drop its partitions.
//!
//! As Postgres does for REFRESH and CREATE INDEX: the identity of the owner, no way to change it, a search path that
//! nobody else can put functions into. Only statements of ours run so, never one of a catalog or of a caller.

use crate::error::{capture, Captured, DfaError, Result};
use crate::pinned::Pinned;
use crate::spi;
use pgrx::pg_sys;

/// Runs `work` as the owner of a table.
///
/// # Errors
/// A caller who has not the right `privilege`, such as `DELETE`, on the table.
pub fn as_owner<T>(oid: pg_sys::Oid, privilege: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let owner = spi::query_one(
        "select relowner, has_table_privilege(oid, $2), oid::regclass::text from pg_class where oid = $1",
        &[oid.into(), privilege.into()],
        |row| {
            Ok((
                row.get::<pg_sys::Oid>("relowner")?,
                row.get::<bool>("has_table_privilege")?,
                row.get::<String>("oid")?,
            ))
        },
    )?;
    let Some((owner, true, _)) = owner else {
        return Err(DfaError::Postgres(Box::new(Captured {
            sqlstate: "42501".to_owned(),
            message: format!("permission denied for table {}", owner.map_or(String::new(), |it| it.2)),
            hint: Some(format!("The call needs the right {privilege} on it.")),
            ..Captured::default()
        })));
    };
    act_as(owner, work)
}

/// Runs `work` as the owner of the extension.
pub fn as_extension_owner<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let owner = spi::value::<pg_sys::Oid>("select extowner from pg_extension where extname = 'dfa'", &[])?;
    let owner = owner.ok_or_else(|| DfaError::internal("the extension has gone"))?;
    act_as(owner, work)
}

fn act_as<T>(owner: pg_sys::Oid, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let (mut user, mut context) = (pg_sys::InvalidOid, 0);
    // SAFETY: both are set back below, whatever `work` does: its errors are values here.
    unsafe {
        pg_sys::GetUserIdAndSecContext(&raw mut user, &raw mut context);
        let restricted = pg_sys::SECURITY_LOCAL_USERID_CHANGE | pg_sys::SECURITY_RESTRICTED_OPERATION;
        pg_sys::SetUserIdAndSecContext(owner, context | restricted.cast_signed());
        let outcome = {
            let _pinned = Pinned::begin();
            capture(work)
        };
        pg_sys::SetUserIdAndSecContext(user, context);
        outcome
    }
}

/// Whether the caller may do what the owner of a table may.
pub fn is_mine(oid: pg_sys::Oid) -> Result<bool> {
    let found = spi::value::<bool>(
        "select pg_has_role(relowner, 'usage') from pg_class where oid = $1",
        &[oid.into()],
    )?;
    Ok(found.unwrap_or_default())
}
