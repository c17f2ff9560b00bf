//! `dfa.lineage` and `dfa.dependency`: what reads what, as rows.

use super::graph::{lineage_values, statements, Graph};
use super::store::{self, Stored};
use crate::entry::entry;
use crate::error::{given, DfaError, Result};
use crate::names;
use crate::statement::Relation;
use dfa_catalog::model::Kind;
use pgrx::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

type Edge = (String, String, String, Option<String>, Option<String>);

extension_sql!(
    r#"
comment on function dfa.lineage is
'What reads what: a row for each table, view or function that a process, view, function or query reads. name narrows to one definition.';
grant execute on function dfa.lineage to dfa_reader;
"#,
    name = "about_lineage",
    requires = [lineage]
);

#[pg_extern(stable)]
fn lineage(
    name: default!(Option<&str>, "NULL"),
) -> TableIterator<
    'static,
    (
        name!(node, String),
        name!(process, String),
        name!(target, String),
        name!(source, Option<String>),
        name!(source_kind, Option<String>),
    ),
> {
    TableIterator::new(entry(|| edges(name)))
}

extension_sql!(
    r#"
comment on function dfa.dependency is
'The processes of a table (by name or short name) with the table that each writes and the tables that it reads.';
grant execute on function dfa.dependency to dfa_reader;
"#,
    name = "about_dependency",
    requires = [dependency]
);

#[pg_extern(stable)]
fn dependency(
    shortname: Option<&str>,
) -> TableIterator<'static, (name!(process, String), name!(target, String), name!(sources, Vec<String>))> {
    TableIterator::new(entry(|| by_process(given("shortname", shortname)?)))
}

/// A row for each source of each target; a target that reads nothing has one row without source.
fn edges(name: Option<&str>) -> Result<Vec<Edge>> {
    let kinds = [Kind::Table, Kind::View, Kind::Function, Kind::Query];
    let chosen = match name {
        None => store::current(&kinds, None)?,
        Some(name) => {
            let (kind, name) = names::resolve(name, &kinds, "table, view, function or query")?;
            vec![store::called(kind, &name)?]
        }
    };
    let known = store::current(&[Kind::Table, Kind::View, Kind::Function], None)?;
    let kind_of: BTreeMap<&str, Kind> =
        known.iter().map(|stored| (stored.name(), stored.definition.kind())).collect();
    let graph = Graph::load()?;
    let values = lineage_values()?;
    let mut rows = BTreeSet::new();
    for stored in &chosen {
        for statement in statements(stored, &values) {
            let sources: Vec<String> = statement
                .lineage
                .sources
                .iter()
                .map(|source| graph.local(source))
                .chain(
                    statement
                        .lineage
                        .functions
                        .iter()
                        .map(|function| graph.local(function))
                        .filter(|function| kind_of.get(function.as_str()) == Some(&Kind::Function)),
                )
                .collect();
            for target in targets(stored, &graph, &statement.lineage.targets) {
                let row = |source: Option<String>, kind: Option<String>| {
                    (stored.name().to_owned(), statement.process.clone(), target.clone(), source, kind)
                };
                if sources.is_empty() {
                    rows.insert(row(None, None));
                }
                for source in &sources {
                    let kind = kind_of.get(source.as_str()).map_or("relation", |kind| kind.as_str());
                    rows.insert(row(Some(source.clone()), Some(kind.to_owned())));
                }
            }
        }
    }
    Ok(rows.into_iter().collect())
}

/// A statement that writes nothing (a view's query, the load of a DataFrame) feeds its own definition.
fn targets(stored: &Stored, graph: &Graph, targets: &BTreeSet<Relation>) -> Vec<String> {
    if targets.is_empty() {
        return vec![stored.name().to_owned()];
    }
    targets.iter().map(|target| graph.local(target)).collect()
}

fn by_process(shortname: &str) -> Result<Vec<(String, String, Vec<String>)>> {
    let table = names::table(shortname)?;
    let mut found: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for (_, process, target, source, _) in edges(Some(&table))? {
        found.entry((process, target)).or_default().extend(source);
    }
    if found.is_empty() {
        return Err(DfaError::UnknownName { what: "process of table", name: table, suggestion: None });
    }
    Ok(found.into_iter().map(|((process, target), sources)| (process, target, sources)).collect())
}
