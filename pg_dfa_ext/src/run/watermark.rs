//! The watermark of a table: what a run may do, and how far the data reach after it.

use super::dated::{Dated, Greatest};
use super::mode::RunMode;
use super::parameters::Values;
use super::writers::{in_time, relation_oid, Held};
use crate::error::{DfaError, Result};
use crate::spi;
use pgrx::pg_sys;

/// A row of `dfa.data_pipeline`, beside the dates that a run of `asked_date` would use. Dates are `YYYY-MM-DD`.
#[derive(Debug, Clone)]
pub struct Watermark {
    pub table: String,
    pub table_type: String,
    pub data_date: String,
    pub run_date: String,
    pub quota_reached: bool,
    pub rtt_column: Option<String>,
    pub active: bool,
    pub asked_date: String,
    /// The asked date is earlier than the watermark's run_date.
    before_run_date: bool,
    /// What a rerun uses instead of run_date and data_date.
    rerun: RunPlan,
}

/// The dates that the statements of a run see.
#[derive(Debug, Clone)]
pub struct RunPlan {
    pub run_date: String,
    pub data_date: String,
}

pub enum Plan {
    Run(RunPlan),
    QuotaReached,
}

/// The watermark of a table as a run of `asked_date` would find it.
pub fn read(table: &str, asked_date: &str) -> Result<Watermark> {
    read_by(include_str!("../../../sql/read_watermark.sql"), table, asked_date)
}

/// [`read`], with the row locked until the transaction ends.
pub fn lock(table: &str, asked_date: &str) -> Result<Watermark> {
    let at_once = concat!(
        include_str!("../../../sql/read_watermark.sql"),
        "for no key update of data_pipeline skip locked"
    );
    match read_by(at_once, table, asked_date) {
        // Somebody has the row, or there is none.
        Err(DfaError::MissingWatermark { .. }) => {}
        outcome => return outcome,
    }
    let waiting =
        concat!(include_str!("../../../sql/read_watermark.sql"), "for no key update of data_pipeline");
    match relation_oid(Some("dfa"), "data_pipeline") {
        Some(oid) => in_time("dfa.data_pipeline", (oid, Held::Rows), || read_by(waiting, table, asked_date)),
        None => Err(DfaError::MissingWatermark { table: table.to_owned() }),
    }
}

fn read_by(sql: &'static str, table: &str, asked_date: &str) -> Result<Watermark> {
    let found = spi::query_one(sql, &[table.into(), asked_date.into()], |row| {
        let text = |column| Ok::<_, DfaError>(row.get::<String>(column)?.unwrap_or_default());
        Ok(Watermark {
            table: table.to_owned(),
            asked_date: asked_date.to_owned(),
            table_type: text(1)?,
            data_date: text(2)?,
            run_date: text(3)?,
            quota_reached: row.get::<bool>(4)?.unwrap_or_default(),
            rtt_column: row.get::<String>(5)?.filter(|column| !column.trim().is_empty()),
            active: row.get::<bool>(6)?.unwrap_or_default(),
            before_run_date: row.get::<bool>(7)?.unwrap_or_default(),
            rerun: RunPlan { run_date: text(8)?, data_date: text(9)? },
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
    pub fn plan(&self, run_mode: RunMode) -> Result<Plan> {
        if !self.active {
            return Err(DfaError::Inactive { table: self.table.clone() });
        }
        match run_mode {
            RunMode::Rerun => Ok(Plan::Run(self.rerun.clone())),
            RunMode::Common if self.before_run_date => Err(DfaError::RunDateBeforeWatermark {
                table: self.table.clone(),
                run_date: self.asked_date.clone(),
                watermark: self.run_date.clone(),
            }),
            RunMode::Common if self.quota_reached => Ok(Plan::QuotaReached),
            RunMode::Common => Ok(Plan::Run(RunPlan {
                run_date: self.asked_date.clone(),
                data_date: self.data_date.clone(),
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
        || watermark.table_type != "transaction"
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
