//! Statistics of new partitions: until autovacuum comes by, the planner knows nothing of them, and it never comes by their
//! table as a whole.

use crate::error::Result;
use crate::owner::as_owner;
use crate::relation;
use crate::spi::{self, qualified};

/// Analyzes a table if partitions of it have rows and were never analyzed; their number.
pub fn where_unknown(schema: &str, name: &str) -> Result<u64> {
    let Some(oid) = relation::oid(Some(schema), name) else { return Ok(0) };
    let unknown = spi::value::<i64>(include_str!("sql/unknown_partitions.sql"), &[oid.into()])?;
    let unknown = unknown.unwrap_or_default().unsigned_abs();
    if unknown > 0 {
        as_owner(oid, "INSERT", || spi::own(&format!("analyze {}", qualified(schema, name))))?;
    }
    Ok(unknown)
}
