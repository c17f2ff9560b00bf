//! Rows in and out by JSON: `dfa.ingest`, `dfa.delete_rows`, and the same in chunks.

mod again;
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

use crate::entry::entry;
use crate::error::given;
use crate::json::JsonText;
use pgrx::prelude::*;
use pgrx::Json;
use request::Request;

extension_sql!(
    r#"
comment on function dfa.ingest is
'Takes rows, an object or a list of objects, into a table (name or short name). action: insert (upsert on the primary key; a row with an older update_date than that in the table is left out) or update (of the columns given). mode: common, or merge, which multiplies out data_merge with the fields around it. on_error: reject (all or nothing) or skip (bad rows go to dfa.rejected_row). The same idempotency_key takes effect once.';
grant execute on function dfa.ingest to dfa_operator;
"#,
    name = "about_ingest",
    requires = [ingest]
);

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

extension_sql!(
    r#"
comment on function dfa.delete_rows is
'Deletes the rows of a table whose primary key an object, or each of a list of objects, gives. on_error: reject (all or nothing) or skip. The same idempotency_key takes effect once.';
grant execute on function dfa.delete_rows to dfa_operator;
"#,
    name = "about_delete_rows",
    requires = [delete_rows]
);

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

extension_sql!(
    r#"
comment on function dfa.ingest_begin is
'Begins an ingest in chunks, so that any amount can be sent in flat memory; arguments as of dfa.ingest. Returns the process_id for ingest_chunk and ingest_end. In one transaction the chunks take effect together; committed one by one, each by itself. While another such transaction is at the table, the chunks are kept, and ingest_end takes them together. With background => true they are kept, and after ingest_end a worker takes them together.';
grant execute on function dfa.ingest_begin to dfa_operator;
"#,
    name = "about_ingest_begin",
    requires = [ingest_begin]
);

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

extension_sql!(
    r#"
comment on function dfa.ingest_chunk is
'Takes the next rows of an ingest in chunks. chunk: a number of the caller; the same number twice takes effect once. Returns the rows taken: 0 of what is kept for ingest_end or a worker.';
grant execute on function dfa.ingest_chunk to dfa_operator;
"#,
    name = "about_ingest_chunk",
    requires = [ingest_chunk]
);

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

extension_sql!(
    r#"
comment on function dfa.ingest_end is
'Ends an ingest in chunks and says what it did, as dfa.ingest does.';
grant execute on function dfa.ingest_end to dfa_operator;
"#,
    name = "about_ingest_end",
    requires = [ingest_end]
);

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
