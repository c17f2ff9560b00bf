//! Rows in and out by JSON: `dfa.ingest`, `dfa.delete_rows`, and the same in chunks.

mod argument;

use crate::error::{entry, Result};
use argument::JsonText;
use pgrx::prelude::*;
use pgrx::Json;

#[pg_extern]
#[allow(clippy::too_many_arguments, clippy::type_complexity)]
fn ingest(
    shortname: Option<&str>,
    payload: Option<JsonText<'_>>,
    action: default!(Option<&str>, "'insert'"),
    mode: default!(Option<&str>, "'common'"),
    update_date: default!(Option<TimestampWithTimeZone>, "NULL"),
    run_date: default!(Option<Date>, "CURRENT_DATE"),
    on_error: default!(Option<&str>, "'reject'"),
    idempotency_key: default!(Option<&str>, "NULL"),
) -> TableIterator<
    'static,
    (
        name!(table_name, String),
        name!(success_rows, i64),
        name!(failed_rows, i64),
        name!(message, String),
        name!(rejected, Json),
        name!(process_id, String),
    ),
> {
    let _ = (shortname, payload, action, mode, update_date, run_date, on_error, idempotency_key);
    TableIterator::new(entry(|| -> Result<Vec<_>> { Err(crate::error::DfaError::internal("this function is not there yet")) }))
}

#[pg_extern]
#[allow(clippy::type_complexity)]
fn delete_rows(
    shortname: Option<&str>,
    payload: Option<JsonText<'_>>,
    run_date: default!(Option<Date>, "CURRENT_DATE"),
    on_error: default!(Option<&str>, "'reject'"),
    idempotency_key: default!(Option<&str>, "NULL"),
) -> TableIterator<
    'static,
    (
        name!(table_name, String),
        name!(success_rows, i64),
        name!(failed_rows, i64),
        name!(message, String),
        name!(rejected, Json),
        name!(process_id, String),
    ),
> {
    let _ = (shortname, payload, run_date, on_error, idempotency_key);
    TableIterator::new(entry(|| -> Result<Vec<_>> { Err(crate::error::DfaError::internal("this function is not there yet")) }))
}

#[pg_extern]
#[allow(clippy::too_many_arguments)]
fn ingest_begin(
    shortname: Option<&str>,
    action: default!(Option<&str>, "'insert'"),
    mode: default!(Option<&str>, "'common'"),
    update_date: default!(Option<TimestampWithTimeZone>, "NULL"),
    run_date: default!(Option<Date>, "CURRENT_DATE"),
    on_error: default!(Option<&str>, "'reject'"),
    idempotency_key: default!(Option<&str>, "NULL"),
) -> String {
    let _ = (shortname, action, mode, update_date, run_date, on_error, idempotency_key);
    entry(|| Err(crate::error::DfaError::internal("this function is not there yet")))
}

#[pg_extern]
fn ingest_chunk(process_id: Option<&str>, chunk: Option<i32>, payload: Option<JsonText<'_>>) -> i64 {
    let _ = (process_id, chunk, payload);
    entry(|| Err(crate::error::DfaError::internal("this function is not there yet")))
}

#[pg_extern]
#[allow(clippy::type_complexity)]
fn ingest_end(
    process_id: Option<&str>,
) -> TableIterator<
    'static,
    (
        name!(table_name, String),
        name!(success_rows, i64),
        name!(failed_rows, i64),
        name!(message, String),
        name!(rejected, Json),
        name!(process_id, String),
    ),
> {
    let _ = process_id;
    TableIterator::new(entry(|| -> Result<Vec<_>> { Err(crate::error::DfaError::internal("this function is not there yet")) }))
}
