//! What a load leaves behind beside its rows: a line in the log, partitions of new months, the table's watermark and stale
//! intervals downstream, sequences that go on behind the ids given.

use super::days::Span;
use super::send::Tally;
use super::table::Table;
use crate::db::{ident, Ask, Columns};
use crate::failure::Result;
use std::time::Duration;
use tokio_postgres::Transaction;

/// Does it in the transaction of the rows.
pub async fn record(
    transaction: &Transaction<'_>,
    table: &Table,
    tally: &Tally,
    duration: Duration,
) -> Result<()> {
    let days = days(transaction, table, tally).await?;
    let (first, last) = (days.map(|days| days.first), days.map(|days| days.last));
    let rows = i64::try_from(tally.rows).unwrap_or(i64::MAX);
    // Of a table without partitions, nothing.
    transaction.ask("select from dfa.make_partitions($1)", &[&table.name]).await?;
    transaction
        .ask(
            "select dfa.landed($1, date '1970-01-01' + $2::bigint::int, date '1970-01-01' + $3::bigint::int, $4, $5)",
            &[&table.name, &first, &last, &rows, &duration.as_secs_f64()],
        )
        .await?;
    count_on(transaction, table, tally).await
}

/// The first and the last day of the rows: of the values, as far as they tell; else the server looks at the rows that this
/// transaction wrote.
async fn days(transaction: &Transaction<'_>, table: &Table, tally: &Tally) -> Result<Option<Span>> {
    let Some(dated_by) = table.dated_by.as_ref().filter(|_| tally.rows > 0) else { return Ok(None) };
    let day = |dated: &str, from: &str| {
        format!(
            "select (pg_catalog.min(day) operator(pg_catalog.-) pg_catalog.date '1970-01-01')::pg_catalog.int8 as first,
                    (pg_catalog.max(day) operator(pg_catalog.-) pg_catalog.date '1970-01-01')::pg_catalog.int8 as last
             from (select ({dated})::pg_catalog.date as day from {from}) as dated where pg_catalog.isfinite(day)"
        )
    };
    let mut known = tally.days;
    if tally.has_hidden_days {
        let dated = match table.columns.iter().any(|column| column.name == *dated_by) {
            true => ident(dated_by),
            false => dated_by.clone(),
        };
        let written = format!(
            "{} where xmin operator(pg_catalog.=) pg_catalog.pg_current_xact_id()::pg_catalog.xid",
            table.qualified()
        );
        known.see_answer(&transaction.call(&day(&dated, &written), &[]).await?)?;
    }
    if let Some(Span { first, last }) = known.instants {
        let instant = "timestamptz '1970-01-01 00:00+00' + value * interval '1 microsecond'";
        let ends = "unnest(array[$1::bigint, $2::bigint]) as ends (value)";
        known.see_answer(&transaction.ask(&day(instant, ends), &[&first, &last]).await?)?;
    }
    Ok(known.days)
}

/// A sequence goes on behind the greatest id that was given, so that the next row without one gets a new id. Nobody
/// notices unless somebody takes as many ids at the same moment as the load brought; then a key refuses the row.
async fn count_on(transaction: &Transaction<'_>, table: &Table, tally: &Tally) -> Result<()> {
    let given: Vec<String> = tally.given.iter().cloned().collect();
    let sequences =
        transaction.ask(include_str!("sequences.sql"), &[&table.schema, &table.name, &given]).await?;
    for row in &sequences {
        let (column, sequence): (String, String) = (row.value("column")?, row.value("sequence")?);
        let statement = format!(
            "select setval($1::text::regclass, greatest_id) from {sequence},
                    (select max({}) as greatest_id from {}) as loaded
             where greatest_id > last_value or (greatest_id = last_value and not is_called)",
            ident(&column),
            table.qualified()
        );
        transaction.ask(&statement, &[&sequence]).await?;
    }
    Ok(())
}
