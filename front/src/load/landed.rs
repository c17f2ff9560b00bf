//! What a load leaves behind beside its rows: a line in the log, stale intervals downstream, partitions of new months.

use super::send::Tally;
use super::table::Table;
use crate::failure::Result;
use std::time::Duration;
use tokio_postgres::Transaction;

/// Writes the log, gives the new days their partitions and marks the intervals that they make stale, in the transaction
/// of the rows.
pub async fn record(
    transaction: &Transaction<'_>,
    table: &Table,
    tally: &Tally,
    duration: Duration,
) -> Result<()> {
    let last = tally.days.as_ref().map(|(_, last)| last.as_str());
    let rows = i64::try_from(tally.rows).unwrap_or(i64::MAX);
    transaction
        .execute(
            "insert into dfa.data_logging (table_name, data_date, run_date, row_record, process_time, action_type, status) \
             values ($1, $2::text::date, dfa.today(), $3, $4::float8::numeric, 'ingestion', 0)",
            &[&table.name, &last, &rows, &duration.as_secs_f64()],
        )
        .await?;
    // Of a table without partitions, nothing.
    transaction.execute("select from dfa.make_partitions($1)", &[&table.name]).await?;
    if let Some((first, last)) = &tally.days {
        transaction
            .execute("select dfa.mark_stale($1, $2::text::date, $3::text::date)", &[&table.name, first, last])
            .await?;
    }
    Ok(())
}
