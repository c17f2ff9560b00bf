//! Starting a pipeline that is due.

use super::tick::Started;
use crate::catalog;
use crate::error::Result;
use crate::spi;
use crate::subtransaction::subtransaction;
use crate::task::{submit_plan, tracking, Mode, Plan};
use dfa_catalog::model::{Kind, Pipeline};
use jiff::Zoned;
use serde_json::json;

/// Submits a run, common where the watermark allows it and a rerun before it. One that cannot be submitted is tracked as failed and stops no other pipeline.
pub fn start(
    name: &str,
    pipeline: &Pipeline,
    run_dates: Vec<String>,
    reason: String,
    parent: Option<String>,
) -> Result<Started> {
    let submitted = subtransaction(|| {
        // By its very name: what a key's request sets off is not what the key is asked for.
        let target = catalog::called(Kind::Pipeline, name)?;
        let mut plan = Plan::new(target, run_dates, Mode::Auto, None)?;
        plan.priority = pipeline.priority;
        plan.parent = parent;
        submit_plan(&plan, &json!({ "started_by": reason }))
    });
    match submitted {
        Ok(process_id) => Ok((name.to_owned(), reason, Some(process_id), "Submitted".to_owned())),
        Err(error) if error.is_interrupt() => Err(error),
        Err(error) => {
            tracking::not_started(name)?;
            Ok((name.to_owned(), reason, None, format!("Error: {}", error.report().message)))
        }
    }
}

/// Writes down that these slots came, with the task that runs them.
pub fn record_slots(
    id: &str,
    slots: &[Zoned],
    process_id: Option<&str>,
    deadline: Option<&str>,
) -> Result<()> {
    let slots: Vec<String> = slots.iter().map(|slot| slot.timestamp().to_string()).collect();
    spi::run(
        "insert into dfa.schedule_slot (pipeline_id, slot, process_id, deadline_at)
         select $1, slot::timestamptz, $3, slot::timestamptz + $4::interval from unnest($2) as slot
         on conflict (pipeline_id, slot) do update set process_id = coalesce(schedule_slot.process_id, excluded.process_id)",
        &[id.into(), slots.into(), process_id.into(), deadline.into()],
    )
}
