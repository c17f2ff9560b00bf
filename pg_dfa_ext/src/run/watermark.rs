//! The watermark of a table: what a run may do, and how far the data reach after it.

use super::dated::{Dated, Greatest};
use super::mode::RunMode;
use super::parameters::Values;
use super::writers::{in_time, relation_oid, Held};
use crate::error::{DfaError, Result};
use crate::spi;
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

/// Days from `start` up to, and without, `end`: whole intervals of the table's run_type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Days {
    pub start: String,
    pub end: String,
}

impl Days {
    /// The day before its end.
    pub fn last_day(&self) -> String {
        let end: Option<jiff::civil::Date> = self.end.parse().ok();
        let last = end.and_then(|end| end.yesterday().ok());
        last.map_or_else(|| self.start.clone(), |last| last.to_string())
    }
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
pub struct RunPlan {
    pub run_date: String,
    pub data_date: String,
    pub interval: Days,
}

impl RunPlan {
    /// Of a table that has no watermark yet.
    pub fn of_day(day: &str) -> RunPlan {
        let interval = Days { start: day.to_owned(), end: day.to_owned() };
        RunPlan { run_date: day.to_owned(), data_date: day.to_owned(), interval }
    }
}

pub enum Plan {
    Run(RunPlan),
    QuotaReached,
}

/// Days.
const MOST_LOOKBACK: i32 = 100_000;

/// The watermark of a table as a run of `asked_date` would find it.
pub fn read(table: &str, asked_date: &str, lookback: u32) -> Result<Watermark> {
    read_by(include_str!("../../../sql/read_watermark.sql"), table, asked_date, lookback)
}

/// [`read`], with the row locked until the transaction ends.
pub fn lock(table: &str, asked_date: &str, lookback: u32) -> Result<Watermark> {
    let at_once = concat!(
        include_str!("../../../sql/read_watermark.sql"),
        "for no key update of data_pipeline skip locked"
    );
    match read_by(at_once, table, asked_date, lookback) {
        // Somebody has the row, or there is none.
        Err(DfaError::MissingWatermark { .. }) => {}
        outcome => return outcome,
    }
    let waiting =
        concat!(include_str!("../../../sql/read_watermark.sql"), "for no key update of data_pipeline");
    let read = || read_by(waiting, table, asked_date, lookback);
    match relation_oid(Some("dfa"), "data_pipeline") {
        Some(oid) => in_time("dfa.data_pipeline", (oid, Held::Rows), read),
        None => Err(DfaError::MissingWatermark { table: table.to_owned() }),
    }
}

fn read_by(sql: &'static str, table: &str, asked_date: &str, lookback: u32) -> Result<Watermark> {
    // Farther back there is nothing in anybody's calendar.
    let lookback = i32::try_from(lookback).unwrap_or(i32::MAX).min(MOST_LOOKBACK);
    let found = spi::query_one(sql, &[table.into(), asked_date.into(), lookback.into()], |row| {
        let text = |column| Ok::<_, DfaError>(row.get::<String>(column)?.unwrap_or_default());
        Ok(Watermark {
            table: table.to_owned(),
            asked_date: asked_date.to_owned(),
            table_type: TableType::of_text(&text(1)?),
            data_date: text(2)?,
            run_date: text(3)?,
            quota_reached: row.get::<bool>(4)?.unwrap_or_default(),
            rtt_column: row.get::<String>(5)?.filter(|column| !column.trim().is_empty()),
            active: row.get::<bool>(6)?.unwrap_or_default(),
            before_run_date: row.get::<bool>(7)?.unwrap_or_default(),
            rerun: (text(8)?, text(9)?),
            asked: Days { start: text(10)?, end: text(11)? },
            common_from: text(12)?,
            taken_after: text(13)?,
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
    pub fn plan(&self, run_mode: RunMode, extent: Extent) -> Result<Plan> {
        if !self.active {
            return Err(DfaError::Inactive { table: self.table.clone() });
        }
        match run_mode {
            RunMode::Rerun => {
                let (run_date, data_date) = self.rerun.clone();
                Ok(Plan::Run(RunPlan { run_date, data_date, interval: self.asked.clone() }))
            }
            RunMode::Common if self.before_run_date => Err(DfaError::RunDateBeforeWatermark {
                table: self.table.clone(),
                run_date: self.asked_date.clone(),
                watermark: self.run_date.clone(),
            }),
            RunMode::Common if self.quota_reached => Ok(Plan::QuotaReached),
            RunMode::Common => Ok(Plan::Run(RunPlan {
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

    /// Between the watermark and the interval of the asked date are others that no run has taken whole.
    pub fn leaves_a_gap(&self) -> Result<bool> {
        let undone = spi::query_one(
            include_str!("../../../sql/undone_before.sql"),
            &[self.table.as_str().into(), self.common_from.as_str().into(), self.asked.start.as_str().into()],
            |row| Ok(row.get::<bool>(1)?.unwrap_or_default()),
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
    plan: &RunPlan,
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
        spi::Outcome::Changed(rows) => Ok(rows),
        _ => Ok(0),
    }
}
