//! `dfa.backfill`: a task over every interval of a range.

use super::plan::{nodes_of, ChosenNode, Plan};
use super::range::Range;
use super::{find_target, submit_plan, Mode};
use crate::catalog::graph::Graph;
use crate::catalog::{self, Stored};
use crate::date::Days;
use crate::entry::entry;
use crate::error::{given, given_each, Result};
use crate::ledger::gone;
use dfa_catalog::model::Kind;
use pgrx::prelude::*;
use serde_json::{json, Value};
use std::collections::HashMap;

extension_sql!(
    r#"
comment on function dfa.backfill is
'Asks for a run in the background over every interval that touches the days from one to another, oldest first: each node on the first day of each interval of its run_type, a week, month or year once, after the last of the shorter intervals in it. run_mode auto is common where the watermark allows it and rerun before it. only_gaps takes the intervals that dfa.gaps lists, and what reads them; downstream adds all tables that read these. Returns the process_id; null when there is nothing to do. if_preview: a token of dfa.preview_token; refused (DF015) when there is something else to do by now.';
grant execute on function dfa.backfill to dfa_operator;
"#,
    name = "about_backfill",
    requires = [backfill]
);

/// Submits a task that runs every interval that touches the days from one to another, oldest first: each node on the first
/// day of each interval of its run type, a longer interval after the shorter ones in it. Null when there is nothing to do.
#[pg_extern]
#[allow(clippy::too_many_arguments)]
pub fn backfill(
    name: Option<&str>,
    from: Option<Date>,
    to: Option<Date>,
    run_mode: default!(Option<&str>, "'auto'"),
    choose: default!(Option<Vec<Option<String>>>, "NULL"),
    only_gaps: default!(Option<bool>, "false"),
    downstream: default!(Option<bool>, "false"),
    priority: default!(Option<f64>, "99"),
    if_preview: default!(Option<&str>, "NULL"),
) -> Option<String> {
    let submit = || {
        let backfill = Backfill {
            target: find_target(given("name", name)?)?,
            range: Range::new(given("from", from)?, given("to", to)?)?,
            mode: Mode::parse(given("run_mode", run_mode)?)?,
            choose: given_each("a name of choose", choose)?,
            only_gaps: given("only_gaps", only_gaps)?,
            downstream: given("downstream", downstream)?,
        };
        let asked = backfill.to_json();
        let mut planned = backfill.plan()?;
        planned.plan.check_preview(if_preview)?;
        if planned.plan.is_empty() {
            return Ok(None);
        }
        planned.plan.priority = given("priority", priority)?;
        submit_plan(&planned.plan, &asked).map(Some)
    };
    entry(submit)
}

/// What a backfill is asked for.
pub struct Backfill {
    pub target: Stored,
    pub range: Range,
    pub mode: Mode,
    pub choose: Option<Vec<String>>,
    pub only_gaps: bool,
    pub downstream: bool,
}

/// What it does.
pub struct Planned {
    pub plan: Plan,
    /// The nodes of what was asked for; others are in it because they read these.
    pub asked: Vec<String>,
}

impl Backfill {
    /// As its task keeps it.
    pub fn to_json(&self) -> Value {
        json!({ "backfill": { "from": self.range.from, "to": self.range.to }, "choose": self.choose,
                "only_gaps": self.only_gaps, "downstream": self.downstream })
    }

    /// Its steps; warns of days that retention has deleted.
    pub fn plan(self) -> Result<Planned> {
        let mut nodes = nodes_of(&self.target, self.choose.as_deref())?;
        let asked = nodes.iter().map(|(node, _)| node.clone()).collect();
        if self.downstream {
            nodes = with_readers(nodes)?;
        }
        let reads = reads(&nodes)?;
        let mut intervals = self.range.intervals(&nodes)?;
        if self.only_gaps {
            intervals = self.range.only_gaps(&nodes, &intervals, &reads)?;
        }
        warn_of_what_is_gone(&nodes, &intervals)?;
        let asked_dates = format!("{}..{}", self.range.from, self.range.to);
        let plan = Plan::of_intervals(self.target, self.mode, asked_dates, &nodes, &intervals, &reads)?;
        Ok(Planned { plan, asked })
    }
}

/// The nodes and all tables that read them, directly or through others, each after what it reads.
fn with_readers(mut nodes: Vec<ChosenNode>) -> Result<Vec<ChosenNode>> {
    let graph = Graph::load()?;
    let of_node = |(node, _): &ChosenNode| graph.readers(node).iter().cloned().collect::<Vec<_>>();
    let mut readers: Vec<String> = nodes.iter().flat_map(of_node).collect();
    readers.sort();
    readers.dedup();
    readers.retain(|reader| nodes.iter().all(|(node, _)| node != reader));
    let stored: Vec<Stored> = catalog::current(&[Kind::Table], Some(&readers))?;
    while !readers.is_empty() {
        let ready = readers.iter().position(|reader| {
            let sources = graph.table_sources(reader);
            readers.iter().all(|other| other == reader || !sources.contains(other))
        });
        // Tables that read each other in a cycle have no order: they come as they are.
        let reader = readers.remove(ready.unwrap_or(0));
        let processes = stored.iter().find(|it| it.name() == reader).and_then(|it| it.table());
        let all: Vec<String> =
            processes.into_iter().flat_map(|table| &table.processes).map(|it| it.name.clone()).collect();
        if !all.is_empty() {
            nodes.push((reader, all));
        }
    }
    Ok(nodes)
}

/// For each node the others that it reads.
fn reads(nodes: &[ChosenNode]) -> Result<Vec<Vec<usize>>> {
    if nodes.len() < 2 {
        return Ok(vec![Vec::new(); nodes.len()]);
    }
    let graph = Graph::load()?;
    let places: HashMap<&str, usize> =
        nodes.iter().enumerate().map(|(place, (node, _))| (node.as_str(), place)).collect();
    let sources = |node: &str| {
        graph.table_sources(node).iter().filter_map(|source| places.get(source.as_str()).copied()).collect()
    };
    Ok(nodes.iter().map(|(node, _)| sources(node)).collect())
}

/// What retention has deleted cannot be summed again.
fn warn_of_what_is_gone(nodes: &[ChosenNode], intervals: &[Vec<Days>]) -> Result<()> {
    for ((node, _), days) in nodes.iter().zip(intervals) {
        let Some(first) = days.first() else { continue };
        for warning in gone::of_node(node, &first.start)? {
            pgrx::warning!("{warning}");
        }
    }
    Ok(())
}
