//! The tracking row of each pipeline, written when its catalog is loaded.

use crate::clock;
use crate::error::Result;
use crate::spi;
use dfa_catalog::model::{Body, Definition, Pipeline};
use dfa_catalog::slots;
use jiff::Timestamp;

/// A row of `dfa.task_schedule` for each pipeline, with its next slot, and for each id outside that triggers or alerts
/// name; a row of `dfa.schedule_trigger` for each id of a trigger.
pub fn register_pipelines(changed: &[&Definition]) -> Result<()> {
    let mut ids = Vec::new();
    let mut names = Vec::new();
    let mut next_slots: Vec<Option<String>> = Vec::new();
    let mut mentioned: Vec<String> = Vec::new();
    let mut triggered: Vec<String> = Vec::new();
    let mut triggers: Vec<String> = Vec::new();
    for definition in changed {
        if let Body::Pipeline(pipeline) = &definition.body {
            ids.push(pipeline.id.clone());
            names.push(definition.name.clone());
            next_slots.push(next_slot(pipeline)?);
            mentioned.extend(pipeline.alerts.iter().cloned());
            for id in pipeline.trigger.iter().flat_map(|trigger| trigger.ids()) {
                mentioned.push(id.to_owned());
                triggered.push(pipeline.id.clone());
                triggers.push(id.to_owned());
            }
        }
    }
    if ids.is_empty() {
        return Ok(());
    }
    spi::run(
        include_str!("sql/register_pipelines.sql"),
        &[ids.clone().into(), names.into(), next_slots.into()],
    )?;
    spi::run(include_str!("sql/register_sources.sql"), &[mentioned.into()])?;
    spi::run(include_str!("sql/register_triggers.sql"), &[ids.into(), triggered.into(), triggers.into()])
}

/// The first slot after now, as SQL takes it.
fn next_slot(pipeline: &Pipeline) -> Result<Option<String>> {
    if pipeline.schedules.is_empty() {
        return Ok(None);
    }
    let zone = clock::zone(pipeline.timezone.as_deref())?;
    Ok(slots::next_after(pipeline, &zone, Timestamp::now()).map(|slot| slot.to_string()))
}
