//! The order in which tables are set up: control tables, landed ones, derived ones; parents before children, and tables before those that are laid beside them.

use crate::catalog::Stored;
use dfa_catalog::model::Distribution;
use dfa_catalog::name;
use std::collections::{HashMap, HashSet};

/// The control tables that the extension has itself; the data schema shows them as views.
pub const CONTROL_VIEWS: [&str; 5] =
    ["ctr_data_parameter", "ctr_data_pipeline", "ctr_data_logging", "ctr_task_process", "ctr_task_schedule"];

/// Sorts tables for creation. Tables in a cycle of foreign keys keep their place in the file order.
pub fn by_dependency(tables: Vec<Stored>) -> Vec<Stored> {
    let mut tables = tables;
    tables.sort_by_key(|stored| (rank(stored.name()), stored.id));
    let by_name: HashMap<String, Stored> =
        tables.iter().map(|stored| (stored.name().to_owned(), stored.clone())).collect();
    let mut placed = HashSet::new();
    let mut sorted = Vec::with_capacity(tables.len());
    for stored in &tables {
        place(stored, &by_name, &mut placed, &mut sorted);
    }
    sorted
}

fn place(
    stored: &Stored,
    by_name: &HashMap<String, Stored>,
    placed: &mut HashSet<String>,
    sorted: &mut Vec<Stored>,
) {
    if !placed.insert(stored.name().to_owned()) {
        return;
    }
    let Some(table) = stored.table() else { return sorted.push(stored.clone()) };
    let beside = match table.distribution.as_deref() {
        Some(Distribution::By { colocate_with, .. }) => colocate_with.as_ref(),
        _ => None,
    };
    for parent in table.foreign_keys.iter().map(|key| &key.ref_table).chain(beside) {
        if let Some(parent) = by_name.get(parent) {
            place(parent, by_name, placed, sorted);
        }
    }
    sorted.push(stored.clone());
}

fn rank(table: &str) -> usize {
    if let Some(place) = CONTROL_VIEWS.iter().position(|known| *known == table) {
        return place;
    }
    match name::prefix(table) {
        "ctr" => 10,
        "ai" => 12,
        _ => 11,
    }
}
