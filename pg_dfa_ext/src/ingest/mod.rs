//! Rows in and out by JSON: `dfa.ingest`, `dfa.delete_rows`, and the same in chunks.

pub mod background;
mod chunks;
mod collect;
mod doubles;
mod fast;
mod form;
mod group;
mod load;
mod note;
mod order;
mod payload;
mod receipt;
mod record;
mod refusal;
mod request;
mod rows;
mod target;
mod value;
mod write;

use crate::error::{entry, given};
use crate::json::JsonText;
use pgrx::prelude::*;
use pgrx::Json;
use request::Request;

#[pg_extern]
#[allow(clippy::too_many_arguments, clippy::type_complexity)]
fn ingest(
    shortname: Option<&str>,
    payload: Option<JsonText<'_>>,
    action: default!(Option<&str>, "'insert'"),
    mode: default!(Option<&str>, "'common'"),
    update_date: default!(Option<TimestampWithTimeZone>, "NULL"),
    run_date: default!(Option<Date>, "dfa.today()"),
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
    let work = || {
        let payload = given("payload", payload)?.text("payload")?;
        let request = Request::new(shortname, action, mode, update_date, run_date, on_error)?;
        let asked = || format!("{} {update_date:?} {payload}", request.fingerprint());
        receipt::once(idempotency_key, asked, || record::run(&request, payload))
    };
    TableIterator::once(entry(work).into_tuple())
}

#[pg_extern]
#[allow(clippy::type_complexity)]
fn delete_rows(
    shortname: Option<&str>,
    payload: Option<JsonText<'_>>,
    run_date: default!(Option<Date>, "dfa.today()"),
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
    let work = || {
        let payload = given("payload", payload)?.text("payload")?;
        let request = Request::deletion(shortname, run_date, on_error)?;
        let asked = || format!("{} {payload}", request.fingerprint());
        receipt::once(idempotency_key, asked, || record::run(&request, payload))
    };
    TableIterator::once(entry(work).into_tuple())
}

#[pg_extern]
#[allow(clippy::too_many_arguments)]
fn ingest_begin(
    shortname: Option<&str>,
    action: default!(Option<&str>, "'insert'"),
    mode: default!(Option<&str>, "'common'"),
    update_date: default!(Option<TimestampWithTimeZone>, "NULL"),
    run_date: default!(Option<Date>, "dfa.today()"),
    on_error: default!(Option<&str>, "'reject'"),
    idempotency_key: default!(Option<&str>, "NULL"),
    background: default!(Option<bool>, "false"),
) -> String {
    entry(|| {
        let mut request = Request::new(shortname, action, mode, update_date, run_date, on_error)?;
        request.background = given("background", background)?;
        chunks::begin(&request, idempotency_key)
    })
}

#[pg_extern]
fn ingest_chunk(process_id: Option<&str>, chunk: Option<i32>, payload: Option<JsonText<'_>>) -> i64 {
    entry(|| {
        chunks::take(
            given("process_id", process_id)?,
            given("chunk", chunk)?,
            given("payload", payload)?.text("payload")?,
        )
    })
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
    TableIterator::once(entry(|| chunks::end(given("process_id", process_id)?)).into_tuple())
}
