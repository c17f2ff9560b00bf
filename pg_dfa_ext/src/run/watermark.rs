//! The watermark of a table: what a run may do, and how far the data reach after it.

use super::dated::{Dated, Greatest};
use crate::date::Days;
use crate::error::{DfaError, Result};
use crate::lock::rows_in_time;
use crate::spi;
use crate::statement::Values;
use crate::subtransaction::undone;
use crate::task::RunMode;
use dfa_catalog::model::TableType;
use pgrx::pg_sys;

/// A row of `dfa.data_pipeline`, beside the dates that a run of `asked_date` would use. Dates are `YYYY-MM-DD`.
#[derive(Debug, Clone)]
pub struct Watermark {
    pub table: String,
    /// Which version of its row this is.
    pub version: String,
    /// The transaction, or subtransaction, that wrote it.
    written_by: i64,
    /// Somebody has locked that version, or had.
    may_be_locked: bool,
    pub table_type: TableType,
    pub run_type: String,
    pub data_date: String,
    pub run_date: String,
    pub quota_reached: bool,
    pub rtt_column: Option<String>,
    pub active: bool,
    pub asked_date: String,
    /// The asked date is earlier than the watermark's run_date.
    before_run_date: bool,
    /// The interval of the asked date.
    pub asked: Days,
    /// Days that a common run takes once more.
    lookback: i32,
    /// The first day of the interval of the last run.
    last_run_from: String,
    /// Of what was taken before, a common run surely takes the days after this one again.
    pub taken_after: String,
}

/// Which intervals a run is to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What the mode says: a common run all from the watermark on, a rerun that of its date.
    ByMode,
    /// That of its date, in any mode: a step of a backfill.
    Asked,
}

/// The dates that the statements of a run see.
#[derive(Debug, Clone)]
pub struct RunDates {
    pub run_date: String,
    pub data_date: String,
    pub interval: Days,
    /// The first day of the first interval that a run takes which knows no intervals.
    pub taken_from: String,
}

impl RunDates {
    /// Of a table that has no watermark yet.
    pub fn of_day(day: &str) -> RunDates {
        let interval = Days { start: day.to_owned(), end: day.to_owned() };
        RunDates { run_date: day.to_owned(), data_date: day.to_owned(), interval, taken_from: day.to_owned() }
    }
}

/// Whether a run may start.
pub enum Verdict {
    Run(RunDates),
    QuotaReached,
}

/// Days.
const MAX_LOOKBACK: i32 = 100_000;

/// The watermark of a table as a run of `asked_date` would find it.
pub fn read(table: &str, asked_date: &str, lookback: u32) -> Result<Watermark> {
    // Farther back there is nothing in anybody's calendar.
    let lookback = i32::try_from(lookback).unwrap_or(i32::MAX).min(MAX_LOOKBACK);
    let arguments = [table.into(), asked_date.into(), lookback.into()];
    let found = spi::query_one(include_str!("sql/read_watermark.sql"), &arguments, |row| {
        Watermark::of_row(row, table, asked_date, lookback)
    })?;
    found.ok_or_else(|| DfaError::MissingWatermark { table: table.to_owned() })
}

/// [`read`], when whoever is changing the row has ended.
pub fn read_settled(table: &str, asked_date: &str, lookback: u32) -> Result<Watermark> {
    let watermark = read(table, asked_date, lookback)?;
    if !watermark.may_be_locked {
        return Ok(watermark);
    }
    rows_in_time("data_pipeline", || {
        undone(|| {
            spi::run("select from dfa.data_pipeline where table_name = $1 for no key update", &[table.into()])
        })
    })?;
    read(table, asked_date, lookback)
}

impl Watermark {
    /// From a row of `sql/read_watermark.sql`.
    fn of_row(row: &spi::Row<'_>, table: &str, asked_date: &str, lookback: i32) -> Result<Watermark> {
        Ok(Watermark {
            table: table.to_owned(),
            version: row.get("version")?,
            written_by: row.get("written_by")?,
            may_be_locked: row.get("may_be_locked")?,
            asked_date: asked_date.to_owned(),
            table_type: TableType::of_text(&row.get::<String>("table_type")?),
            run_type: row.get("run_type")?,
            data_date: row.get("data_date")?,
            run_date: row.get("run_date")?,
            quota_reached: row.get("quota_reached")?,
            rtt_column: row.get::<Option<String>>("rtt_column")?.filter(|column| !column.trim().is_empty()),
            active: row.get("is_active")?,
            before_run_date: row.get("is_passed")?,
            asked: Days { start: row.get("asked_start")?, end: row.get("asked_end")? },
            lookback,
            last_run_from: row.get("last_run_from")?,
            taken_after: row.get("taken_after")?,
        })
    }

    /// The asked date is before the watermark.
    pub fn is_passed(&self) -> bool {
        self.before_run_date
    }

    /// This transaction wrote it.
    pub fn is_own(&self) -> bool {
        let writer = pg_sys::TransactionId::from(u32::try_from(self.written_by).unwrap_or_default());
        // SAFETY: looks at the transaction of this backend.
        unsafe { pg_sys::TransactionIdIsCurrentTransactionId(writer) }
    }

    /// Whether, and with which dates, a run may start. Where nothing asks for the first day of what a common run takes
    /// (`by_intervals`), it is not looked for: its interval is that of its date.
    pub fn plan(&self, run_mode: RunMode, extent: Extent, by_intervals: bool) -> Result<Verdict> {
        if !self.active {
            return Err(DfaError::Inactive { table: self.table.clone() });
        }
        match run_mode {
            RunMode::Rerun => self.rerun_dates().map(Verdict::Run),
            RunMode::Common if self.before_run_date => Err(DfaError::RunDateBeforeWatermark {
                table: self.table.clone(),
                run_date: self.asked_date.clone(),
                watermark: self.run_date.clone(),
            }),
            RunMode::Common if self.quota_reached => Ok(Verdict::QuotaReached),
            RunMode::Common => Ok(Verdict::Run(RunDates {
                run_date: self.asked_date.clone(),
                data_date: self.data_date.clone(),
                taken_from: self.last_run_from.clone(),
                interval: match extent {
                    Extent::ByMode if by_intervals => {
                        Days { start: self.common_from()?, end: self.asked.end.clone() }
                    }
                    _ => self.asked.clone(),
                },
            })),
        }
    }

    /// The first day of the intervals that a common run takes.
    fn common_from(&self) -> Result<String> {
        let arguments = [self.table.as_str().into(), self.asked_date.as_str().into(), self.lookback.into()];
        let found = spi::value::<String>(include_str!("sql/common_from.sql"), &arguments)?;
        found.ok_or_else(|| DfaError::MissingWatermark { table: self.table.clone() })
    }

    /// The greatest date of the rows that `table` has; nothing without an rtt_column.
    pub fn greatest(&self, schema: &str, table: pg_sys::Oid, run_date: &str) -> Result<Greatest> {
        match &self.rtt_column {
            Some(column) => Dated::of(table, column).greatest(schema, &self.table, run_date),
            None => Ok(Greatest::default()),
        }
    }

    /// Between the watermark and the interval of the asked date are others that no run has taken whole; those that begin on
    /// the days `taken` are about to be.
    pub fn leaves_a_gap(&self, taken: &[String]) -> Result<bool> {
        let undone = spi::value::<bool>(
            include_str!("sql/undone_before.sql"),
            &[
                self.table.as_str().into(),
                self.common_from()?.into(),
                self.asked.start.as_str().into(),
                taken.to_vec().into(),
            ],
        )?;
        Ok(undone.unwrap_or_default())
    }

    /// The dates of a rerun of the asked date.
    fn rerun_dates(&self) -> Result<RunDates> {
        let arguments =
            [self.run_type.as_str().into(), self.asked_date.as_str().into(), self.data_date.as_str().into()];
        let dates = spi::query_one(include_str!("sql/rerun_dates.sql"), &arguments, |row| {
            Ok(RunDates {
                run_date: row.get("run_date")?,
                data_date: row.get("data_date")?,
                taken_from: row.get("taken_from")?,
                interval: self.asked.clone(),
            })
        })?;
        dates.ok_or_else(|| DfaError::internal("a query of one row gave none"))
    }
}

/// A rerun of a transaction table deletes the rows from its run_date on first, if a parameter says so.
pub fn reset_rows(
    watermark: &Watermark,
    plan: &RunDates,
    schema: &str,
    table: pg_sys::Oid,
    run_mode: RunMode,
    values: &Values,
) -> Result<u64> {
    let Some(column) = &watermark.rtt_column else { return Ok(0) };
    if run_mode != RunMode::Rerun
        || watermark.table_type != TableType::Transaction
        || !values.is_yes("data_normal_rerun_reset_data")
    {
        return Ok(0);
    }
    let column = Dated::of(table, column).sql;
    let table = spi::qualified(schema, &watermark.table);
    let statement = format!(
        "delete from {table} where ({column})::pg_catalog.date operator(pg_catalog.>=) pg_catalog.date '{}'",
        plan.run_date
    );
    match spi::execute(&statement)? {
        spi::Effect::Changed(rows) => Ok(rows),
        _ => Ok(0),
    }
}
