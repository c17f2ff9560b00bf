//! What a run covered, and at which moment it looked, as the ledger keeps it.

use super::node::NodeRun;
use super::watermark::{RunDates, Watermark};
use crate::clock;
use crate::error::Result;
use crate::spi;
use crate::task::RunMode;
use dfa_catalog::model::{Process, Table};
use pgrx::datum::TimestampWithTimeZone;

/// The days that a run covered.
pub struct Covered {
    pub from: String,
    /// The last one.
    pub to: String,
    /// The first day of the first interval among them that this run took, and not an earlier one; the last is that of its date.
    pub first: String,
    /// What was open or stale stays so unless it begins after this day; `None`: it was taken whole.
    pub taken_after: Option<String>,
}

impl Covered {
    /// A process with `{interval_start}` covers just that. By the older placeholders a common run covers the days from its
    /// last run date on, and of those before surely what begins after its data_date; a rerun those after its data_date.
    pub fn by(run: &NodeRun<'_>, table: &Table, watermark: &Watermark, plan: &RunDates) -> Covered {
        let chosen = || table.chosen(&run.step.choose);
        if chosen().any(Process::takes_intervals) {
            let (from, to) = (plan.interval.start.clone(), plan.interval.last_day());
            return Covered { first: from.clone(), from, to, taken_after: None };
        }
        let to = run.step.run_date.clone();
        if run.mode == RunMode::Rerun {
            return Covered {
                from: plan.data_date.clone(),
                to,
                first: plan.taken_from.clone(),
                taken_after: None,
            };
        }
        let taken_after = match &watermark.rtt_column {
            Some(_) => Some(watermark.taken_after.clone()),
            // data_date stands still and says nothing of what a run takes.
            None if chosen().all(Process::takes_everything) => None,
            None => Some(to.clone()),
        };
        Covered { from: watermark.run_date.clone(), to, first: plan.taken_from.clone(), taken_after }
    }
}

/// The moment at which a run looks at its sources, and which intervals of its table are stale then. What is marked later has
/// a reason that the run does not see.
pub struct Look {
    pub at: TimestampWithTimeZone,
    pub intervals: Vec<String>,
    /// When each of them was marked.
    pub marks: Vec<String>,
}

impl Look {
    /// After the writers of the sources were waited out, and before anything is read: whoever committed a mark before this
    /// committed its rows, too.
    pub fn now(table: &str) -> Result<Look> {
        let at = clock::now();
        let stale = spi::query(
            "select interval_start::text as start, updated_at::text as marked_at
             from dfa.data_interval where table_name = $1 and state = 'stale'",
            &[table.into()],
            |row| Ok((row.get::<String>("start")?, row.get::<String>("marked_at")?)),
        )?;
        let (intervals, marks) = stale.into_iter().unzip();
        Ok(Look { at, intervals, marks })
    }
}
