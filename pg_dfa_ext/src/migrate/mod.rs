//! Tables follow their catalog: `dfa.plan` says what differs, `dfa.migrate` makes it so.

use crate::error::{entry, Result};
use pgrx::prelude::*;

#[pg_extern]
#[allow(clippy::type_complexity)]
fn plan(
    name: default!(Option<&str>, "NULL"),
) -> TableIterator<
    'static,
    (
        name!(table_name, String),
        name!(change, String),
        name!(object, Option<String>),
        name!(ddl, String),
        name!(lock_level, String),
        name!(rewrites, bool),
        name!(loss, String),
    ),
> {
    let _ = name;
    TableIterator::new(entry(|| -> Result<Vec<_>> {
        Err(crate::error::DfaError::internal("this function is not there yet"))
    }))
}

#[pg_extern]
#[allow(clippy::type_complexity)]
fn migrate(
    name: default!(Option<&str>, "NULL"),
    allow_destructive: default!(Option<bool>, "false"),
) -> TableIterator<
    'static,
    (
        name!(table_name, String),
        name!(change, String),
        name!(object, Option<String>),
        name!(ddl, String),
        name!(status, i32),
        name!(message, String),
    ),
> {
    let _ = (name, allow_destructive);
    TableIterator::new(entry(|| -> Result<Vec<_>> {
        Err(crate::error::DfaError::internal("this function is not there yet"))
    }))
}
