//! The watermark of a table: what a run may do, and how far the data reach after it.

use super::dated::{Dated, Greatest};
use crate::date::Days;
use crate::error::{DfaError, Result};
use crate::lock::{in_time, Held};
use crate::relation;
use crate::spi;
use crate::statement::Values;
use crate::task::RunMode;
use dfa_catalog::model::TableType;
use pgrx::pg_sys;

/// A row of `dfa.data_pipeline`, beside the dates that a run of `asked_date` would use. Dates are `YYYY-MM-DD`.
#[derive(Debug, Clone)]
pub struct Watermark {
    pub table: String,
    pub table_type: TableType,
    pub data_date: String,
    pub run_date: String,
    pub quota_reached: bool,
    pub rtt_column: Option<String>,
    pub active: bool,
    pub asked_date: String,
    /// The asked date is earlier than the watermark's run_date.
    before_run_date: bool,
    /// What a rerun uses instead of run_date and data_date.
    rerun: (String, String),
    /// The interval of the asked date.
    asked: Days,
    /// The first day of the intervals that a common run takes.
    common_from: String,
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
}

impl RunDates {
    /// Of a table that has no watermark yet.
    pub fn of_day(day: &str) -> RunDates {
        let interval = Days { start: day.to_owned(), end: day.to_owned() };
        RunDates { run_date: day.to_owned(), data_date: day.to_owned(), interval }
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
    read_by(include_str!("sql/read_watermark.sql"), table, asked_date, lookback)
}

/// [`read`], with the row locked until the transaction ends.
pub fn lock(table: &str, asked_date: &str, lookback: u32) -> Result<Watermark> {
    let at_once =
        concat!(include_str!("sql/read_watermark.sql"), "for no key update of data_pipeline skip locked");
    match read_by(at_once, table, asked_date, lookback) {
        // Somebody has the row, or there is none.
        Err(DfaError::MissingWatermark { .. }) => {}
        outcome => return outcome,
    }
    let waiting = concat!(include_str!("sql/read_watermark.sql"), "for no key update of data_pipeline");
    let read = || read_by(waiting, table, asked_date, lookback);
    match relation::oid(Some("dfa"), "data_pipeline") {
        Some(oid) => in_time("dfa.data_pipeline", (oid, Held::Rows), read),
        None => Err(DfaError::MissingWatermark { table: table.to_owned() }),
    }
}

fn read_by(sql: &'static str, table: &str, asked_date: &str, lookback: u32) -> Result<Watermark> {
    // Farther back there is nothing in anybody's calendar.
    let lookback = i32::try_from(lookback).unwrap_or(i32::MAX).min(MAX_LOOKBACK);
    let found = spi::query_one(sql, &[table.into(), asked_date.into(), lookback.into()], |row| {
        Ok(Watermark {
            table: table.to_owned(),
            asked_date: asked_date.to_owned(),
            table_type: TableType::of_text(&row.get::<String>("table_type")?),
            data_date: row.get("data_date")?,
            run_date: row.get("run_date")?,
            quota_reached: row.get("quota_reached")?,
            rtt_column: row.get::<Option<String>>("rtt_column")?.filter(|column| !column.trim().is_empty()),
            active: row.get("is_active")?,
            before_run_date: row.get("is_passed")?,
            rerun: (row.get("rerun_run_date")?, row.get("rerun_data_date")?),
            asked: Days { start: row.get("asked_start")?, end: row.get("asked_end")? },
            common_from: row.get("common_from")?,
            taken_after: row.get("taken_after")?,
        })
    })?;
    found.ok_or_else(|| DfaError::MissingWatermark { table: table.to_owned() })
}

impl Watermark {
    /// The asked date is before the watermark.
    pub fn is_passed(&self) -> bool {
        self.before_run_date
    }

    /// Whether, and with which dates, a run may start.
    pub fn plan(&self, run_mode: RunMode, extent: Extent) -> Result<Verdict> {
        if !self.active {
            return Err(DfaError::Inactive { table: self.table.clone() });
        }
        match run_mode {
            RunMode::Rerun => {
                let (run_date, data_date) = self.rerun.clone();
                Ok(Verdict::Run(RunDates { run_date, data_date, interval: self.asked.clone() }))
            }
            RunMode::Common if self.before_run_date => Err(DfaError::RunDateBeforeWatermark {
                table: self.table.clone(),
                run_date: self.asked_date.clone(),
                watermark: self.run_date.clone(),
            }),
            RunMode::Common if self.quota_reached => Ok(Verdict::QuotaReached),
            RunMode::Common => Ok(Verdict::Run(RunDates {
                run_date: self.asked_date.clone(),
                data_date: self.data_date.clone(),
                interval: match extent {
                    Extent::Asked => self.asked.clone(),
                    Extent::ByMode => Days { start: self.common_from.clone(), end: self.asked.end.clone() },
                },
            })),
        }
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
                self.common_from.as_str().into(),
                self.asked.start.as_str().into(),
                taken.to_vec().into(),
            ],
        )?;
        Ok(undone.unwrap_or_default())
    }

    /// After a common run.
    pub fn move_common(&self, run_date: &str, data_date: Option<&str>, changed: bool) -> Result<()> {
        spi::run(
            "update dfa.data_pipeline
             set data_date = coalesce($3::date, data_date), run_date = $2::date, update_date = clock_timestamp(),
                 run_count_now = case when run_date = $2::date and $4 then run_count_now + 1 else 0 end
             where table_name = $1",
            &[self.table.as_str().into(), run_date.into(), data_date.into(), changed.into()],
        )
    }

    /// After a rerun, which moves data_date alone.
    pub fn move_rerun(&self, data_date: Option<&str>) -> Result<()> {
        spi::run(
            "update dfa.data_pipeline
             set data_date = coalesce($2::date, data_date), update_date = clock_timestamp()
             where table_name = $1",
            &[self.table.as_str().into(), data_date.into()],
        )
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
