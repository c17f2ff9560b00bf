//! The logs of DFA itself: what is older than `dfa.log_retention` goes, a little at each tick, the rest with a retention of
//! everything. One rule for all of them.

use super::context::Context;
use super::preview::Old;
use super::report::{TableReport, Trimmed};
use super::run;
use crate::error::Result;
use crate::owner::as_extension_owner;
use crate::spi::{literal, own_count};
use crate::subtransaction::subtransaction;
use crate::{settings, spi};
use std::time::Instant;

/// A log, the column that dates its rows, and which of them may go.
struct Log {
    table: &'static str,
    dated_by: &'static str,
    ended: &'static str,
    /// Nobody may delete from it, and admins may have it trimmed.
    is_sealed: bool,
}

const fn log(table: &'static str, dated_by: &'static str, ended: &'static str) -> Log {
    Log { table, dated_by, ended, is_sealed: false }
}

/// What is younger than a month stays, whatever somebody's session says of `dfa.log_retention`, or of the time.
const AUDIT: Log = Log {
    table: "audit_entry",
    dated_by: "at",
    ended: "at < clock_timestamp() - interval '1 month'",
    is_sealed: true,
};

/// Steps, chunks and payloads go with their task; a task that is under way stays, and so does a receipt without an answer.
const LOGS: [Log; 10] = [
    log("data_logging", "update_date", "true"),
    log("task_process", "created_at", "status <> 2"),
    log("rejected_row", "rejected_at", "true"),
    log("ingest_receipt", "created_at", "answer is not null"),
    log("idempotent_request", "created_at", "answered_at is not null"),
    log("schedule_slot", "slot", "true"),
    // With its messages; those of a test have no incident.
    log("incident", "opened_at", "closed_at is not null"),
    log("delivery", "created_at", "state <> 'waiting'"),
    // Those that are over, and those on tasks that went before.
    log(
        "note",
        "coalesce(until, created_at)",
        "(until is not null or kind = 'task'
          and not exists (select from dfa.task_process as task where task.process_id = note.name))",
    ),
    AUDIT,
];

/// So many rows of each log go at a tick: nobody waits for it, and it keeps up with a row a millisecond.
const AT_ONCE: u32 = 1000;

impl Log {
    /// Deletes rows older than `cut`, at most `limit` (`None`: all); `None`: the caller may not.
    fn trim(&self, cut: &str, limit: Option<u32>) -> Result<Option<u64>> {
        if !self.is_mine()? {
            return Ok(None);
        }
        let limit = limit.map_or_else(|| "all".to_owned(), |limit| limit.to_string());
        let statement = format!(
            "with old as materialized (
                 select ctid from {old} order by {dated_by} limit {limit} for update skip locked
             ),
             gone as (delete from dfa.{table} where ctid in (select ctid from old) returning 1)
             select count(*) from gone",
            old = self.old(cut),
            dated_by = self.dated_by,
            table = self.table,
        );
        match self.is_sealed {
            true => as_extension_owner(|| own_count(&statement)),
            false => own_count(&statement),
        }
        .map(Some)
    }

    /// The caller may trim it.
    fn is_mine(&self) -> Result<bool> {
        let allowed = match self.is_sealed {
            true => spi::value::<bool>("select pg_has_role('dfa_admin', 'member')", &[])?,
            false => spi::value::<bool>(
                "select has_table_privilege(format('dfa.%I', $1), 'DELETE')",
                &[self.table.into()],
            )?,
        };
        Ok(allowed == Some(true))
    }

    /// FROM and WHERE of the rows that may go.
    fn old(&self, cut: &str) -> String {
        let Log { table, dated_by, ended, .. } = self;
        format!("dfa.{table} where {dated_by} < {}::timestamptz and {ended}", literal(cut))
    }
}

/// The moment before which logs go, as of `at`; `None`: they are kept for ever.
fn cut(at: &str) -> Result<Option<String>> {
    let Some(interval) = settings::log_retention() else { return Ok(None) };
    spi::value::<String>("select ($1::timestamptz - $2::interval)::text", &[at.into(), interval.into()])
}

/// A little of each log; those of which something went, with the number of rows.
pub fn a_little(at: &str) -> Result<Vec<(&'static str, u64)>> {
    let Some(cut) = cut(at)? else { return Ok(Vec::new()) };
    let mut gone = Vec::new();
    for log in &LOGS {
        if let Some(rows @ 1..) = log.trim(&cut, Some(AT_ONCE))? {
            gone.push((log.table, rows));
        }
    }
    Ok(gone)
}

/// What would go of each log that the caller may trim.
pub fn old(run_date: &str) -> Result<Vec<Old>> {
    let Some(cut) = cut(run_date)? else { return Ok(Vec::new()) };
    let day = cut.split(' ').next().map(str::to_owned);
    let mut answer = Vec::new();
    for log in &LOGS {
        if log.is_mine()? {
            let rows = own_count(&format!("select count(*) from {}", log.old(&cut)))?;
            answer.push(Old { table: log.table.to_owned(), cut: day.clone(), rows, note: None, error: None });
        }
    }
    Ok(answer)
}

/// All of it, with a row for each log that the caller may trim.
pub fn logs(context: &Context<'_>) -> Result<Vec<TableReport>> {
    let Some(cut) = cut(context.run_date)? else { return Ok(Vec::new()) };
    let day = cut.split(' ').next().unwrap_or_default().to_owned();
    let mut reports = Vec::new();
    for log in &LOGS {
        let started = Instant::now();
        let outcome = subtransaction(|| {
            let Some(rows) = log.trim(&cut, None)? else { return Ok(None) };
            let outcome = Trimmed { cut: Some(day.clone()), rows, ..Trimmed::default() };
            let message = outcome.message(log.table, started.elapsed());
            run::log(context, log.table, &outcome, 0, &message, started)?;
            Ok(Some((outcome, message)))
        })?;
        let Some((outcome, message)) = outcome else { continue };
        reports.push(TableReport {
            table: log.table.to_owned(),
            outcome,
            status: 0,
            message,
            duration: started.elapsed(),
        });
    }
    Ok(reports)
}
