//! Which steps a front service runs, and who has one.

use super::identity::Submitter;
use crate::error::Result;
use crate::lock::Lock;
use crate::spi;
use crate::worker;
use pgrx::prelude::*;

/// Step, task, when it was claimed, node, seconds that it may take.
type Claim = (i64, String, TimestampWithTimeZone, String, Option<f64>);

/// Takes the next step. Who looks, looks alone, as workers do: no two are at one table.
pub fn claim() -> Result<Vec<Claim>> {
    Lock::Look.hold();
    let ready = spi::values::<i64>(include_str!("sql/ready_dataframe_steps.sql"), &[])?;
    for step in ready {
        // A role that has lost the one it ran as keeps nobody from the rest.
        let Ok(submitter) = Submitter::of(step) else { continue };
        let claimed = submitter.owning(|| {
            spi::query_one(include_str!("sql/claim_dataframe_step.sql"), &[step.into()], |row| {
                let claimed_at = row.get::<Option<TimestampWithTimeZone>>("started_at")?;
                let claimed_at = claimed_at.unwrap_or_else(TimestampWithTimeZone::negative_infinity);
                Ok((row.get::<String>("process_id")?, claimed_at, row.get::<String>("node")?))
            })
        })?;
        if let Some((process_id, claimed_at, node)) = claimed {
            let seconds = worker::time_limit(&node).map(|limit| limit as f64 / 1000.0);
            return Ok(vec![(step, process_id, claimed_at, node, seconds)]);
        }
    }
    Ok(Vec::new())
}

/// Holds a step until the transaction ends: its lock says that somebody is at it, and its row is written.
pub fn hold(step: i64, claimed_at: TimestampWithTimeZone) -> Result<bool> {
    let submitter = Submitter::of(step)?;
    if !Lock::Front(step).try_hold() {
        return Ok(false);
    }
    submitter.owning(|| {
        let held = spi::query_one(
            include_str!("sql/hold_dataframe_step.sql"),
            &[step.into(), claimed_at.into()],
            |_| Ok(()),
        )?;
        Ok(held.is_some())
    })
}
