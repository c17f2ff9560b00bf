//! `dfa.neighbours`: what a table reads, and what reads it.

use super::graph::Graph;
use crate::entry::entry;
use crate::error::{given, Result};
use crate::names;
use pgrx::prelude::*;

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
