//! Pipelines that are due because of what succeeded.

use super::tick::{pipelines, Started};
use super::{slots, start};
use crate::catalog::Stored;
use crate::error::Result;
use crate::settings;
use crate::spi;
use jiff::Timestamp;

struct Candidate {
    name: String,
    /// It failed, and its back-off is over.
    may_retry: bool,
    newer: Vec<String>,
    succeeded: Vec<String>,
}

/// Starts the pipelines whose trigger is true: of ids that succeeded after the pipeline's last run began; after a failure
/// also of ids that had succeeded before, up to `dfa.trigger_retries` times.
pub fn start_due(at: Timestamp) -> Result<Vec<Started>> {
    let candidates = spi::query(
        include_str!("../../../sql/due_triggers.sql"),
        &[at.to_string().into(), settings::trigger_retries().into()],
        |row| {
            Ok(Candidate {
                name: row.get::<String>(2)?.unwrap_or_default(),
                may_retry: row.get::<bool>(3)?.unwrap_or_default(),
                newer: row.get::<Vec<String>>(4)?.unwrap_or_default(),
                succeeded: row.get::<Vec<String>>(5)?.unwrap_or_default(),
            })
        },
    )?;
    let known = pipelines(candidates.iter().map(|candidate| candidate.name.clone()).collect())?;
    let mut rows = Vec::new();
    for candidate in candidates {
        let Some(pipeline) = known.get(&candidate.name).and_then(Stored::pipeline) else { continue };
        let Some(trigger) = &pipeline.trigger else { continue };
        let is_in = |ids: &[String], id: &str| ids.iter().any(|known| known == id);
        let reason = if trigger.holds(|id| is_in(&candidate.newer, id)) {
            format!("trigger {}", candidate.newer.join(", "))
        } else if candidate.may_retry && trigger.holds(|id| is_in(&candidate.succeeded, id)) {
            "retry after a failure".to_owned()
        } else {
            continue;
        };
        let run_date = at.to_zoned(slots::zone(pipeline)?).date().to_string();
        rows.push(start::start(&candidate.name, pipeline, vec![run_date], reason)?);
    }
    Ok(rows)
}
