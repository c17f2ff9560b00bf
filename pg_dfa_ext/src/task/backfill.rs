//! `dfa.backfill`: a task over every interval of a range.

use super::plan::{nodes_of, ChosenNode, Mode, Plan};
use super::{find_target, submit_plan};
use crate::catalog::graph::Graph;
use crate::catalog::{self, Stored};
use crate::error::{entry, given, given_each, DfaError, Result};
use crate::run::{self, date_of};
use crate::spi;
use dfa_catalog::model::Kind;
use pgrx::prelude::*;
use serde_json::json;

/// A range has at most so many dates.
const MOST_DATES: i64 = 10_000;

/// Submits a task that runs every interval from one day to another, oldest first: each node on the first day of each
/// interval of its run type. Null when there is nothing to do.
#[pg_extern]
pub fn backfill(
    name: Option<&str>,
    from: Option<Date>,
    to: Option<Date>,
    run_mode: default!(Option<&str>, "'auto'"),
    choose: default!(Option<Vec<Option<String>>>, "NULL"),
    only_gaps: default!(Option<bool>, "false"),
    downstream: default!(Option<bool>, "false"),
    priority: default!(Option<f64>, "99"),
) -> Option<String> {
    let submit = || {
        let target = find_target(given("name", name)?)?;
        let range = Range::new(given("from", from)?, given("to", to)?)?;
        let mode = Mode::parse(given("run_mode", run_mode)?)?;
        let choose = given_each("a name of choose", choose)?;
        let mut nodes = nodes_of(&target, choose.as_deref())?;
        if given("downstream", downstream)? {
            nodes = with_readers(nodes)?;
        }
        let only_gaps = given("only_gaps", only_gaps)?;
        let dated = nodes
            .into_iter()
            .map(|node| {
                let dates = range.dates_of(&node.0, only_gaps)?;
                Ok((node, dates))
            })
            .collect::<Result<_>>()?;
        let mut plan = Plan::by_node(target, mode, format!("{}..{}", range.from, range.to), dated)?;
        if plan.is_empty() {
            return Ok(None);
        }
        plan.priority = given("priority", priority)?;
        let asked = json!({ "backfill": { "from": range.from, "to": range.to }, "choose": choose,
                            "only_gaps": only_gaps, "downstream": downstream });
        submit_plan(&plan, &asked).map(Some)
    };
    entry(submit)
}

struct Range {
    from: String,
    to: String,
}

impl Range {
    fn new(from: Date, to: Date) -> Result<Range> {
        let wrong =
            |argument, value: String, allowed: String| DfaError::InvalidArgument { argument, value, allowed };
        let (first, last) = (date_of("from", from)?, date_of("to", to)?);
        if from > to {
            return Err(wrong("from", first, format!("The first day is not after the last, {last}.")));
        }
        let days = i64::from(to.to_unix_epoch_days()) - i64::from(from.to_unix_epoch_days()) + 1;
        if days > MOST_DATES {
            let allowed =
                format!("A backfill has at most {MOST_DATES} days: take a part of the range at a time.");
            return Err(wrong("to", format!("{last}, {days} days after {first}"), allowed));
        }
        Ok(Range { from: first, to: last })
    }

    /// The first days of the node's intervals that begin in the range; with `only_gaps`, of those that no run has
    /// covered or that are stale.
    fn dates_of(&self, node: &str, only_gaps: bool) -> Result<Vec<String>> {
        if only_gaps {
            return run::gap_dates(node, &self.from, &self.to);
        }
        let range = [node.into(), self.from.as_str().into(), self.to.as_str().into()];
        spi::query(include_str!("../../../sql/interval_dates.sql"), &range, |row| {
            Ok(row.get::<String>(1)?.unwrap_or_default())
        })
    }
}

/// The nodes and all tables that read them, directly or through others, each after what it reads.
fn with_readers(mut nodes: Vec<ChosenNode>) -> Result<Vec<ChosenNode>> {
    let graph = Graph::load()?;
    let mut readers: Vec<String> = nodes.iter().flat_map(|(node, _)| graph.readers(node)).collect();
    readers.sort();
    readers.dedup();
    readers.retain(|reader| nodes.iter().all(|(node, _)| node != reader));
    let stored: Vec<Stored> = catalog::current(&[Kind::Table], Some(&readers))?;
    while !readers.is_empty() {
        let ready = readers.iter().position(|reader| {
            let sources = graph.table_sources(reader);
            readers.iter().all(|other| other == reader || !sources.contains(other))
        });
        // Tables that read each other in a circle have no order: they come as they are.
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
