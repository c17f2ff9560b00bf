//! The log of a table: what an action did to it on a run date.

use crate::error::Result;
use crate::spi;
use std::time::Duration;

/// What was done: `action_type` of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Logged {
    Initial,
    Retention,
    Backup,
    Ingestion,
    Migrate,
}

impl Logged {
    fn as_str(self) -> &'static str {
        match self {
            Logged::Initial => "initial",
            Logged::Retention => "retention",
            Logged::Backup => "backup",
            Logged::Ingestion => "ingestion",
            Logged::Migrate => "migrate",
        }
    }
}

/// A row of the log of a table, of anything but a run.
#[derive(Debug, Clone)]
pub struct Entry<'entry> {
    pub table: &'entry str,
    pub action: Logged,
    /// How far the rows reach; `None`: the watermark says it.
    pub data_date: Option<&'entry str>,
    /// `None`: today.
    pub run_date: Option<&'entry str>,
    pub rows: i64,
    pub took: Duration,
    pub failed: bool,
    pub process_id: Option<&'entry str>,
    pub message: Option<&'entry str>,
}

/// Writes it down.
pub fn log(entry: &Entry<'_>) -> Result<()> {
    spi::run(
        include_str!("sql/log.sql"),
        &[
            entry.table.into(),
            entry.data_date.into(),
            entry.run_date.into(),
            entry.rows.into(),
            entry.took.as_secs_f64().into(),
            entry.action.as_str().into(),
            i32::from(entry.failed).into(),
            entry.process_id.into(),
            entry.message.into(),
        ],
    )
}
