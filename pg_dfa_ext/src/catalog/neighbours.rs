//! `dfa.neighbours` and `dfa.neighbourhood`: what a table reads, and what reads it, near and far.

use super::graph::Graph;
use crate::entry::entry;
use crate::error::{given, Result};
use crate::names;
use pgrx::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

extension_sql!(
    r#"
comment on function dfa.neighbours is
'The tables that a table (by name or short name) reads, also through views and functions (direction up), and those that read it (down).';
grant execute on function dfa.neighbours to dfa_reader;
"#,
    name = "about_neighbours",
    requires = [neighbours]
);

#[pg_extern(stable)]
fn neighbours(
    name: Option<&str>,
) -> TableIterator<'static, (name!(direction, String), name!(table_name, String))> {
    TableIterator::new(entry(|| rows(given("name", name)?)))
}

fn rows(name: &str) -> Result<Vec<(String, String)>> {
    let table = names::table(name)?;
    let graph = Graph::load()?;
    let of = |direction: &'static str| move |other: String| (direction.to_owned(), other);
    let up = graph.table_sources(&table).into_iter().map(of("up"));
    Ok(up.chain(graph.next_readers(&table).into_iter().map(of("down"))).collect())
}

extension_sql!(
    r#"
comment on function dfa.neighbourhood is
'A table (by name or short name) with what it reads, up steps far, and what reads it, down steps far: distance (less than 0 what it reads, 0 itself), table, and which of these it reads.';
grant execute on function dfa.neighbourhood to dfa_reader;
"#,
    name = "about_neighbourhood",
    requires = [neighbourhood]
);

#[pg_extern(stable)]
fn neighbourhood(
    name: Option<&str>,
    up: default!(Option<i32>, "1"),
    down: default!(Option<i32>, "1"),
) -> TableIterator<'static, (name!(distance, i32), name!(table_name, String), name!(reads, Vec<String>))> {
    TableIterator::new(entry(|| around(given("name", name)?, given("up", up)?, given("down", down)?)))
}

/// In rings: what is met first in one direction is as near as it can be.
fn around(name: &str, up: i32, down: i32) -> Result<Vec<(i32, String, Vec<String>)>> {
    let table = names::table(name)?;
    let graph = Graph::load()?;
    let mut found = BTreeMap::from([(table.clone(), 0)]);
    let mut ring = BTreeSet::from([table.clone()]);
    for distance in 1..=up.max(0) {
        ring = ring.iter().flat_map(|name| graph.table_sources(name)).collect();
        ring.retain(|name| !found.contains_key(name));
        if ring.is_empty() {
            break;
        }
        found.extend(ring.iter().map(|name| (name.clone(), -distance)));
    }
    let readers = if down > 0 { graph.readers_by_source() } else { BTreeMap::new() };
    ring = BTreeSet::from([table]);
    for distance in 1..=down.max(0) {
        ring = ring.iter().flat_map(|name| readers.get(name).into_iter().flatten().cloned()).collect();
        ring.retain(|name| !found.contains_key(name));
        if ring.is_empty() {
            break;
        }
        found.extend(ring.iter().map(|name| (name.clone(), distance)));
    }
    let row = |(name, distance): (&String, &i32)| {
        let reads = graph.table_sources(name).into_iter().filter(|source| found.contains_key(source));
        (*distance, name.clone(), reads.collect())
    };
    let mut rows: Vec<_> = found.iter().map(row).collect();
    rows.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    Ok(rows)
}
