//! `dfa.load_catalog`: parse, check, store. Strict, all of it or nothing; else what is sound.

use super::batch::{Batch, LoadedRow};
use super::register_pipelines;
use super::{check, nodes, retire, store};
use crate::entry::entry;
use crate::error::{given, given_each, DfaError, Result};
use crate::spi;
use dfa_catalog::model::{Body, Definition, Kind};
use dfa_catalog::name;
use dfa_catalog::set::Extent;
use dfa_catalog::undated;
use pgrx::prelude::*;
use std::collections::HashMap;
use std::rc::Rc;

extension_sql!(
    r#"
comment on function dfa.load_catalog is
'Stores the definitions of one YAML document (source: its file name, for messages). A row for each definition says new, changed, same or older. strict (the default): all or nothing, with every finding: file, line, key and what to do. strict => false: what is sound is stored, and each definition that is broken is a row refused, with its finding. Warnings come as WARNING.';
grant execute on function dfa.load_catalog to dfa_admin;
"#,
    name = "about_load_catalog",
    requires = [load_catalog]
);

#[pg_extern]
fn load_catalog(
    document: Option<&str>,
    source: default!(Option<&str>, "'sql'"),
    strict: default!(Option<bool>, true),
) -> TableIterator<
    'static,
    (
        name!(kind, String),
        name!(name, String),
        name!(version, Option<pgrx::datum::Date>),
        name!(action, String),
        name!(finding, Option<String>),
    ),
> {
    let work = || {
        let documents = [(given("document", document)?, given("source", source)?)];
        // A table may name another that comes with a later document.
        load(&documents, Extent::Part, given("strict", strict)?, false)
    };
    TableIterator::new(entry(work).into_iter().map(LoadedRow::into_tuple))
}

extension_sql!(
    r#"
comment on function dfa.load_catalogs is
'dfa.load_catalog of a whole set: the documents of all files, each with its source, in any order. prune takes the definitions out of force that none of them holds, a row retired for each; see dfa.retire.';
grant execute on function dfa.load_catalogs to dfa_admin;
"#,
    name = "about_load_catalogs",
    requires = [load_catalogs]
);

#[pg_extern]
fn load_catalogs(
    documents: Option<Vec<Option<String>>>,
    sources: Option<Vec<Option<String>>>,
    strict: default!(Option<bool>, true),
    prune: default!(Option<bool>, false),
) -> TableIterator<
    'static,
    (
        name!(kind, String),
        name!(name, String),
        name!(version, Option<pgrx::datum::Date>),
        name!(action, String),
        name!(finding, Option<String>),
    ),
> {
    let work = || {
        let documents = given("documents", given_each("documents", documents)?)?;
        let sources = given("sources", given_each("sources", sources)?)?;
        if documents.len() != sources.len() {
            return Err(DfaError::InvalidArgument {
                argument: "sources",
                value: format!("{} for {} documents", sources.len(), documents.len()),
                allowed: "Each document has its source, the name of its file.".to_owned(),
            });
        }
        let pairs: Vec<(&str, &str)> =
            documents.iter().map(String::as_str).zip(sources.iter().map(String::as_str)).collect();
        load(&pairs, Extent::Whole, given("strict", strict)?, given("prune", prune)?)
    };
    TableIterator::new(entry(work).into_iter().map(LoadedRow::into_tuple))
}

fn load(documents: &[(&str, &str)], extent: Extent, strict: bool, prune: bool) -> Result<Vec<LoadedRow>> {
    let mut batch = Batch::read(documents);
    for warning in &batch.warnings {
        pgrx::warning!("{warning}");
    }
    store::lock()?;
    batch.compare()?;
    check::statements(&mut batch)?;
    let others = check::set(&mut batch, extent)?;
    if strict && (batch.has_errors() || !others.is_empty()) {
        let mut diagnostics = batch.all_errors();
        diagnostics.extend(others);
        return Err(DfaError::InvalidCatalog { diagnostics });
    }
    for finding in others {
        pgrx::warning!("{finding}");
    }
    insert(&batch)?;
    forget_refusals(&batch)?;
    warn_of_order(&batch)?;
    warn_of_undated(&batch)?;
    register_pipelines(&batch.sound_changes().map(|given| given.definition.as_ref()).collect::<Vec<_>>())?;
    let mut rows = batch.rows();
    if prune {
        rows.extend(retire::all_but(&batch)?);
    }
    Ok(rows)
}

/// Nodes that come before what they read, by what is current now.
fn warn_of_order(batch: &Batch) -> Result<()> {
    for given in batch.sound_changes() {
        let Body::Pipeline(pipeline) = &given.definition.body else { continue };
        for early in nodes::too_early(pipeline)? {
            pgrx::warning!(
                "{}: {}: {} ({})",
                given.source,
                given.definition.name,
                early.message(),
                early.hint()
            );
        }
    }
    Ok(())
}

/// Landed tables without a date that are new or changed, or whose readers are.
fn warn_of_undated(batch: &Batch) -> Result<()> {
    let changed: HashMap<&str, &str> =
        batch.sound_changes().map(|given| (given.definition.name.as_str(), given.source.as_str())).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let stored = store::current(&[Kind::Table, Kind::View, Kind::Function], None)?;
    for undated in undated::find(stored.iter().map(|stored| stored.definition.as_ref())) {
        let mut names =
            std::iter::once(undated.definition.name.as_str()).chain(undated.readers.iter().copied());
        if let Some(source) = names.find_map(|name| changed.get(name)) {
            let (name, finding) = (&undated.definition.name, undated.finding());
            pgrx::warning!("{source}: {name}: {} ({})", finding.message, finding.hint.unwrap_or_default());
        }
    }
    Ok(())
}

/// Makes the definitions that are new or changed the current ones.
fn insert(batch: &Batch) -> Result<()> {
    for (source, given) in batch.by_source() {
        let definitions: Vec<&Rc<Definition>> = given.iter().map(|given| &given.definition).collect();
        let column = |read: &dyn Fn(&Definition) -> String| -> Vec<String> {
            definitions.iter().map(|definition| read(definition)).collect()
        };
        let kinds = column(&|definition| definition.kind().as_str().to_owned());
        let names = column(&|definition| definition.name.clone());
        spi::run(include_str!("sql/retire_catalog.sql"), &[kinds.clone().into(), names.clone().into()])?;
        let ids = spi::values::<i64>(
            include_str!("sql/store_catalog.sql"),
            &[
                kinds.into(),
                names.into(),
                column(&|definition| name::shortname(&definition.name)).into(),
                column(&|definition| definition.version.to_string()).into(),
                column(&|definition| definition.json.clone()).into(),
                source.into(),
            ],
        )?;
        for (id, definition) in ids.into_iter().zip(definitions) {
            store::remember(id, definition);
        }
    }
    Ok(())
}

/// Keeps why definitions were refused, for the nodes that name them; forgets it of those that are sound now.
fn forget_refusals(batch: &Batch) -> Result<()> {
    let (kinds, names): (Vec<String>, Vec<String>) = batch.names().into_iter().unzip();
    let refused = batch.refused();
    let column = |read: &dyn Fn(&super::batch::Refused) -> String| -> Vec<String> {
        refused.iter().map(read).collect()
    };
    spi::run(
        include_str!("sql/record_refusals.sql"),
        &[
            kinds.into(),
            names.into(),
            column(&|refused| refused.kind.as_str().to_owned()).into(),
            column(&|refused| refused.name.clone()).into(),
            column(&|refused| refused.source.clone()).into(),
            column(&|refused| refused.finding.clone()).into(),
        ],
    )
}
