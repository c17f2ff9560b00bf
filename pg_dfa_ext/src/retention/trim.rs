//! The logs of DFA itself are trimmed by the same rules as tables.

use super::context::Context;
use super::report::{TableReport, Trimmed};
use super::run;
use crate::error::Result;
use crate::subtransaction::subtransaction;
use crate::{settings, spi};
use std::time::Instant;

/// Each log with the column that dates its rows. Steps go with their task; a task that is under way stays.
const LOGS: [(&str, &str); 4] = [
    ("data_logging", "with gone as (delete from dfa.data_logging where update_date < $1::date returning 1) select count(*) from gone"),
    ("task_process", "with gone as (delete from dfa.task_process where created_at < $1::date and status <> 2 returning 1) select count(*) from gone"),
    ("rejected_row", "with gone as (delete from dfa.rejected_row where rejected_at < $1::date returning 1) select count(*) from gone"),
    ("ingest_receipt", "with gone as (delete from dfa.ingest_receipt where created_at < $1::date returning 1) select count(*) from gone"),
];

/// Deletes what `dfa.log_retention` no longer keeps, from the first of a month back; nothing where it keeps all, or
/// where the caller may not.
pub fn logs(context: &Context<'_>) -> Result<Vec<TableReport>> {
    let Some(interval) = settings::log_retention() else { return Ok(Vec::new()) };
    let cut = spi::value::<String>(
        "select date_trunc('month', $1::date - $2::interval)::date::text",
        &[context.run_date.into(), interval.into()],
    )?
    .unwrap_or_default();
    let mut reports = Vec::new();
    for (table, statement) in LOGS {
        let allowed = spi::value::<bool>(
            "select has_table_privilege(format('dfa.%I', $1), 'DELETE')",
            &[table.into()],
        )?;
        if allowed != Some(true) {
            continue;
        }
        let started = Instant::now();
        let outcome = subtransaction(|| {
            let rows = delete(statement, &cut)?;
            let outcome = Trimmed { cut: Some(cut.clone()), rows, ..Trimmed::default() };
            let message = outcome.message(table, started.elapsed());
            run::log(context, table, &outcome, 0, &message, started)?;
            Ok((outcome, message))
        })?;
        let (outcome, message) = outcome;
        reports.push(TableReport {
            table: table.to_owned(),
            outcome,
            status: 0,
            message,
            duration: started.elapsed(),
        });
    }
    Ok(reports)
}

fn delete(statement: &'static str, cut: &str) -> Result<u64> {
    let rows = spi::value::<i64>(statement, &[cut.into()])?;
    Ok(rows.unwrap_or_default().unsigned_abs())
}
