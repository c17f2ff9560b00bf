//! Pipelines: their nodes, and when they run.

use super::{Limit, Place, Words};
use crate::choose::Choose;
use crate::length::Length;
use crate::schedule::Schedule;
use crate::select::Selector;
use crate::trigger::Trigger;

/// An ordered set of nodes.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    pub id: String,
    pub priority: f64,
    /// As written; in the order in which they run, unless `order` says otherwise.
    pub nodes: Vec<PipelineNode>,
    /// Instead of nodes: tables in the order of what reads what.
    pub select: Vec<Selector>,
    pub order: Order,
    pub schedules: Vec<Schedule>,
    pub trigger: Option<Trigger>,
    pub alerts: Vec<String>,
    pub catch_up: CatchUp,
    pub overlap: Overlap,
    pub timezone: Option<String>,
    /// How long after its slot a run must have ended.
    pub deadline: Option<Length>,
    /// The run date of a slot is its day less this; whole days.
    pub lag: Option<Length>,
    pub tags: Vec<String>,
    pub owner: Option<String>,
    pub limits: Vec<Limit>,
}

/// In which order nodes run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    #[default]
    Written,
    /// Each after what it reads.
    Lineage,
}

impl Order {
    pub const WORDS: Words<Order> = &[("written", Order::Written), ("lineage", Order::Lineage)];
}

/// Which of the slots that were missed in an outage run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CatchUp {
    None,
    #[default]
    Last,
    All,
}

impl CatchUp {
    pub const WORDS: Words<CatchUp> =
        &[("none", CatchUp::None), ("last", CatchUp::Last), ("all", CatchUp::All)];
}

/// What becomes of a slot that comes while its pipeline runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overlap {
    Skip,
    #[default]
    Queue,
    Parallel,
}

impl Overlap {
    pub const WORDS: Words<Overlap> =
        &[("skip", Overlap::Skip), ("queue", Overlap::Queue), ("parallel", Overlap::Parallel)];
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PipelineNode {
    pub place: Place,
    pub table: String,
    pub choose: Choose,
}

impl PipelineNode {
    /// With all processes of the table.
    pub fn whole(table: String) -> PipelineNode {
        PipelineNode { place: Place::default(), table, choose: Choose::all() }
    }
}
