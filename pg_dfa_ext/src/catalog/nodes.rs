//! The nodes of a pipeline in the order in which they run: as written, or by what reads what.

use super::graph::Graph;
use super::store::{self, Stored};
use crate::error::Result;
use dfa_catalog::model::{Kind, Order, Pipeline, PipelineNode};
use dfa_catalog::order::{self, TooEarly};
use dfa_catalog::select::Selector;
use std::collections::BTreeSet;

/// The nodes of a pipeline; those that it selects, among what the catalog has now.
pub fn of(pipeline: &Pipeline) -> Result<Vec<PipelineNode>> {
    if pipeline.select.is_empty() && pipeline.order == Order::Written {
        return Ok(pipeline.nodes.clone());
    }
    let graph = Graph::load()?;
    let mut nodes = pipeline.nodes.clone();
    if !pipeline.select.is_empty() {
        nodes.extend(selected(&pipeline.select, &graph)?.into_iter().map(PipelineNode::whole));
    }
    let names: Vec<&str> = nodes.iter().map(|node| node.table.as_str()).collect();
    let ordered = order::by_sources(&names, |node| graph.order_sources(node));
    let find = |name: &&str| nodes.iter().find(|node| node.table == **name).cloned();
    Ok(ordered.iter().filter_map(find).collect())
}

/// The names of the tables of [`of`].
pub fn names(pipeline: &Pipeline) -> Result<Vec<String>> {
    Ok(of(pipeline)?.into_iter().map(|node| node.table).collect())
}

/// The tables that a definition is about: a table itself, the nodes of a pipeline.
pub fn tables(stored: &Stored) -> Result<Vec<Stored>> {
    match stored.pipeline() {
        Some(pipeline) => store::current(&[Kind::Table], Some(&names(pipeline)?)),
        None => Ok(vec![stored.clone()]),
    }
}

/// The nodes that come before what they read.
pub fn too_early(pipeline: &Pipeline) -> Result<Vec<TooEarly>> {
    if pipeline.nodes.len() < 2 || pipeline.order == Order::Lineage {
        return Ok(Vec::new());
    }
    let graph = Graph::load()?;
    let nodes: Vec<&str> = pipeline.nodes.iter().map(|node| node.table.as_str()).collect();
    Ok(order::too_early(&nodes, |node| graph.order_sources(node)))
}

/// The tables that are selected, by name; of those that are only read, the ones that have processes.
fn selected(selectors: &[Selector], graph: &Graph) -> Result<BTreeSet<String>> {
    let tables = store::current(&[Kind::Table], None)?;
    let has = |name: &str| tables.iter().any(|stored| stored.name() == name);
    let is_filled = |name: &str| {
        let stored = tables.iter().find(|stored| stored.name() == name);
        stored.and_then(|stored| stored.table()).is_some_and(|table| !table.processes.is_empty())
    };
    let mut found = BTreeSet::new();
    for selector in selectors {
        let taken: Vec<String> = tables
            .iter()
            .filter(|stored| stored.table().is_some_and(|table| selector.takes(stored.name(), table, has)))
            .map(|stored| stored.name().to_owned())
            .collect();
        let mut open = if selector.with_sources { taken.clone() } else { Vec::new() };
        let mut met: BTreeSet<String> = open.iter().cloned().collect();
        found.extend(taken);
        while let Some(name) = open.pop() {
            for source in graph.table_sources(&name) {
                if met.insert(source.clone()) {
                    if is_filled(&source) {
                        found.insert(source.clone());
                    }
                    open.push(source);
                }
            }
        }
    }
    Ok(found)
}
