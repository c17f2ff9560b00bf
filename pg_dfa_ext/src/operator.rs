//! The operator by which keys are compared, whatever lies in the search path: that of the type's indexes, by its schema.

use crate::error::Result;
use crate::spi;
use pgrx::pg_sys;

/// `operator(schema.=)` of a type; a plain `=` for one that no index can have, which is no key.
pub fn equality(kind: pg_sys::Oid) -> Result<String> {
    if kind.to_u32() < pg_sys::FirstNormalObjectId {
        return Ok("operator(pg_catalog.=)".to_owned());
    }
    // SAFETY: an entry of the type cache, which lives as long as the session.
    let operator =
        unsafe { (*pg_sys::lookup_type_cache(kind, pg_sys::TYPECACHE_EQ_OPR.cast_signed())).eq_opr };
    let named = spi::value::<Option<String>>(
        "select format('operator(%I.%s)', nspname, oprname)
         from pg_operator join pg_namespace on pg_namespace.oid = oprnamespace where pg_operator.oid = $1",
        &[operator.into()],
    )?;
    Ok(named.flatten().unwrap_or_else(|| "=".to_owned()))
}
