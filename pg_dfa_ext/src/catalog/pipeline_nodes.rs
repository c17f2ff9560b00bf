//! `dfa.pipeline_nodes`: which tables a pipeline runs, in which order, and what waits for what.

use super::graph::Graph;
use super::{nodes, store};
use crate::entry::entry;
use crate::error::Result;
use crate::names;
use dfa_catalog::model::Kind;
use pgrx::prelude::*;

type Row = (String, i32, String, Vec<String>);

extension_sql!(
    r#"
comment on function dfa.pipeline_nodes is
'The nodes of a pipeline (by name or short name; without one, of all) in the order in which they run: place from 1, the table, and the nodes of the same pipeline whose tables it reads.';
grant execute on function dfa.pipeline_nodes to dfa_reader;
"#,
    name = "about_pipeline_nodes",
    requires = [pipeline_nodes]
);

#[pg_extern(stable)]
fn pipeline_nodes(
    name: default!(Option<&str>, "NULL"),
) -> TableIterator<
    'static,
    (name!(pipeline, String), name!(place, i32), name!(node, String), name!(reads, Vec<String>)),
> {
    TableIterator::new(entry(|| rows(name)))
}

fn rows(name: Option<&str>) -> Result<Vec<Row>> {
    let chosen = match name {
        None => store::current(&[Kind::Pipeline], None)?,
        Some(name) => {
            let (_, name) = names::resolve(name, &[Kind::Pipeline], "pipeline")?;
            vec![store::called(Kind::Pipeline, &name)?]
        }
    };
    let graph = Graph::load()?;
    let mut rows = Vec::new();
    for stored in &chosen {
        let Some(pipeline) = stored.pipeline() else { continue };
        let tables = nodes::names(pipeline)?;
        for (place, table) in (1..).zip(&tables) {
            let sources = graph.order_sources(table);
            let reads = tables.iter().filter(|other| *other != table && sources.contains(*other)).cloned();
            rows.push((stored.name().to_owned(), place, table.clone(), reads.collect()));
        }
    }
    Ok(rows)
}
