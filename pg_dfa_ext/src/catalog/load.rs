//! `dfa.load_catalog`: parse, check, store; all of a document or nothing of it.

use super::graph::{lineage_values, Graph};
use super::lineage::of_statement;
use super::nodes;
use super::store;
use crate::error::{entry, given, DfaError, Result};
use crate::run::parameters::Values;
use crate::run::{in_time, relation_oid, Held};
use crate::schedule::register_pipelines;
use crate::spi;
use dfa_catalog::diagnostic::Severity;
use dfa_catalog::model::{Action, Body, Definition, Kind, Script};
use dfa_catalog::set::Extent;
use dfa_catalog::{name, placeholder};
use pgrx::prelude::*;
use std::collections::HashSet;
use std::rc::Rc;

type LoadedRow = (String, String, pgrx::datum::Date, String);

#[pg_extern]
fn load_catalog(
    document: Option<&str>,
    source: default!(Option<&str>, "'sql'"),
) -> TableIterator<
    'static,
    (name!(kind, String), name!(name, String), name!(version, pgrx::datum::Date), name!(action, String)),
> {
    TableIterator::new(entry(|| load(given("document", document)?, given("source", source)?)))
}

fn load(document: &str, source: &str) -> Result<Vec<LoadedRow>> {
    let parsed = dfa_catalog::parse(document, source);
    let (errors, warnings): (Vec<_>, Vec<_>) =
        parsed.diagnostics.into_iter().partition(|diagnostic| diagnostic.severity == Severity::Error);
    for warning in &warnings {
        pgrx::warning!("{warning}");
    }
    if !errors.is_empty() {
        return Err(DfaError::InvalidCatalog { diagnostics: errors });
    }
    // One loader at a time, so that "current" and the checks of the whole set mean one state.
    let catalog =
        relation_oid(Some("dfa"), "catalog").ok_or_else(|| DfaError::internal("dfa.catalog is missing"))?;
    in_time("dfa.catalog", (catalog, Held::Table), || {
        spi::run("lock table dfa.catalog in share row exclusive mode", &[])
    })?;
    let definitions: Vec<Rc<Definition>> = parsed.definitions.into_iter().map(Rc::new).collect();
    let rows = store_definitions(&definitions, source)?;
    let changed: HashSet<(&str, &str)> = rows
        .iter()
        .filter(|(_, _, _, action)| action == "new" || action == "changed")
        .map(|(kind, name, _, _)| (kind.as_str(), name.as_str()))
        .collect();
    let changed: Vec<&Definition> = definitions
        .iter()
        .map(AsRef::as_ref)
        .filter(|definition| changed.contains(&(definition.kind().as_str(), definition.name.as_str())))
        .collect();
    check_statements(&changed, source)?;
    check_set(&changed, source)?;
    register_pipelines(&changed)?;
    Ok(rows)
}

/// Stores what is new or changed and says of each definition what was done.
fn store_definitions(definitions: &[Rc<Definition>], source: &str) -> Result<Vec<LoadedRow>> {
    let column = |read: &dyn Fn(&Definition) -> String| -> Vec<String> {
        definitions.iter().map(|definition| read(definition)).collect()
    };
    let kinds = column(&|definition| definition.kind().as_str().to_owned());
    let names = column(&|definition| definition.name.clone());
    let versions = column(&|definition| definition.version.to_string());
    let documents = column(&|definition| definition.json.clone());
    let given = [kinds.into(), names.into(), versions.into(), documents.into()];
    let rows = spi::query(include_str!("../../../sql/compare_catalog.sql"), &given, |row| {
        Ok((
            row.get::<String>(1)?.unwrap_or_default(),
            row.get::<String>(2)?.unwrap_or_default(),
            row.get::<pgrx::datum::Date>(3)?,
            row.get::<String>(4)?.unwrap_or_default(),
            row.get::<i64>(5)?.unwrap_or_default(),
        ))
    })?;
    let stored: Vec<&Rc<Definition>> = rows
        .iter()
        .filter(|row| row.3 == "new" || row.3 == "changed")
        .filter_map(|row| definitions.get(usize::try_from(row.4 - 1).ok()?))
        .collect();
    insert(&stored, source)?;
    Ok(rows
        .into_iter()
        .filter_map(|(kind, name, version, action, _)| Some((kind, name, version?, action)))
        .collect())
}

/// Makes these definitions the current ones.
fn insert(definitions: &[&Rc<Definition>], source: &str) -> Result<()> {
    let column = |read: &dyn Fn(&Definition) -> String| -> Vec<String> {
        definitions.iter().map(|definition| read(definition)).collect()
    };
    let kinds = column(&|definition| definition.kind().as_str().to_owned());
    let names = column(&|definition| definition.name.clone());
    spi::run(include_str!("../../../sql/retire_catalog.sql"), &[kinds.clone().into(), names.clone().into()])?;
    let ids = spi::query(
        include_str!("../../../sql/store_catalog.sql"),
        &[
            kinds.into(),
            names.into(),
            column(&|definition| name::shortname(&definition.name)).into(),
            column(&|definition| definition.version.to_string()).into(),
            column(&|definition| definition.json.clone()).into(),
            source.into(),
        ],
        |row| Ok(row.get::<i64>(1)?.unwrap_or_default()),
    )?;
    for (id, definition) in ids.into_iter().zip(definitions) {
        store::remember(id, definition);
    }
    Ok(())
}

/// Statements whose placeholders are all known by now must parse.
fn check_statements(definitions: &[&Definition], source: &str) -> Result<()> {
    let values = lineage_values()?;
    for definition in definitions {
        for (process, script) in scripts(definition) {
            for template in &script.statements {
                check_statement(template, &values).map_err(|error| match error {
                    DfaError::Postgres(cause) => DfaError::Unparseable {
                        name: definition.name.clone(),
                        process: process.to_owned(),
                        place: place(definition, source),
                        cause,
                    },
                    error => error,
                })?;
            }
        }
    }
    Ok(())
}

fn check_statement(template: &str, values: &Values) -> Result<()> {
    // The rows of a DataFrame stand for a whole VALUES list, or for its rows where VALUES is written before them.
    let parse = |rows: &'static str| {
        let filled = placeholder::render(template, |name| match name {
            "function_value" => Some(rows.into()),
            _ => values.get(name),
        });
        // A placeholder that is not defined yet may be so at setup: the process checks it again when it starts.
        filled.map_or(Ok(()), |statement| of_statement(&statement).map(|_| ()))
    };
    match parse("values (null)") {
        Err(_) if parse("(null)").is_ok() => Ok(()),
        outcome => outcome,
    }
}

/// `file.yaml:12`, where a definition begins.
fn place(definition: &Definition, source: &str) -> String {
    format!("{source}:{}", definition.line)
}

fn scripts(definition: &Definition) -> Vec<(&str, &Script)> {
    match &definition.body {
        Body::Table(table) => table
            .processes
            .iter()
            .flat_map(|process| match &process.action {
                Action::Sql(script) => vec![(process.name.as_str(), script)],
                Action::DataFrame { load, save, .. } => {
                    vec![(process.name.as_str(), load), (process.name.as_str(), save)]
                }
            })
            .collect(),
        Body::Function(routine) | Body::View(routine) | Body::Query(routine) => {
            vec![("create", &routine.script)]
        }
        Body::Pipeline(_) => Vec::new(),
    }
}

/// Cross-checks what is current now: references of the new definitions, pipelines in a circle.
fn check_set(changed: &[&Definition], source: &str) -> Result<()> {
    if changed.is_empty() {
        return Ok(());
    }
    let current = store::current(&[Kind::Table, Kind::Pipeline], None)?;
    // Files are loaded one by one: a table may name another that comes with a later file.
    let definitions = current.iter().map(|stored| stored.definition.as_ref());
    let mut diagnostics = dfa_catalog::set::check(definitions, Extent::Part);
    if !diagnostics.is_empty() {
        for diagnostic in &mut diagnostics {
            source.clone_into(&mut diagnostic.source);
            // What is stored has no lines; what was just read has.
            let of = |definition: &&&Definition| Some(&definition.name) == diagnostic.definition.as_ref();
            if let Some(definition) = changed.iter().find(of) {
                diagnostic.line = definition.line;
                diagnostic.column = 1;
            }
        }
        return Err(DfaError::InvalidCatalog { diagnostics });
    }
    check_circles(changed, source)
}

fn check_circles(changed: &[&Definition], source: &str) -> Result<()> {
    let pipelines: Vec<_> = changed
        .iter()
        .filter_map(|definition| match &definition.body {
            Body::Pipeline(pipeline) => Some((definition, pipeline)),
            _ => None,
        })
        .collect();
    if pipelines.is_empty() {
        return Ok(());
    }
    let graph = Graph::load()?;
    for (definition, pipeline) in pipelines {
        let nodes = nodes::names(pipeline)?;
        if let Some(nodes) = graph.cycle(&nodes) {
            let pipeline = definition.name.clone();
            return Err(DfaError::CyclicNodes { pipeline, place: place(definition, source), nodes });
        }
        for early in nodes::too_early(pipeline)? {
            let place = place(definition, source);
            pgrx::warning!("{place}: {}: {} ({})", definition.name, early.message(), early.hint());
        }
    }
    Ok(())
}
