//! What Postgres and the rest of the set say of definitions that are to be stored. All is found, nothing stops at the
//! first finding.

use super::batch::{Batch, Given};
use super::graph::{lineage_values, Graph};
use super::store::{self, Stored};
use crate::error::{Captured, DfaError, Result};
use crate::statement::of_statement;
use crate::statement::Values;
use dfa_catalog::diagnostic::{Diagnostic, Severity};
use dfa_catalog::model::{Body, Definition, Kind, Place};
use dfa_catalog::placeholder;
use dfa_catalog::set::{check_beside, Extent};
use std::collections::HashSet;
use std::rc::Rc;

/// Statements whose placeholders are all known by now must parse.
pub fn statements(batch: &mut Batch) -> Result<()> {
    let values = lineage_values()?;
    for given in batch.given.iter_mut().filter(|given| given.is_change()) {
        let definition = Rc::clone(&given.definition);
        for (key, script) in definition.scripts() {
            for template in &script.statements {
                match check_statement(template, &values) {
                    Ok(()) => {}
                    Err(DfaError::Postgres(cause)) if !cause.sqlstate.starts_with("57") => {
                        let finding = unparseable(given, &key, script.place, template, &cause);
                        given.errors.push(finding);
                    }
                    Err(error) => return Err(error),
                }
            }
        }
    }
    Ok(())
}

/// Cross-checks what would be current: references, pipelines in a cycle. Whoever names what is refused is not at fault
/// for that. Returns what is found of definitions that are stored already, and was not found before.
pub fn set(batch: &mut Batch, extent: Extent) -> Result<Vec<Diagnostic>> {
    if !batch.given.iter().any(Given::is_change) {
        return Ok(Vec::new());
    }
    let stored = store::current(&[Kind::Table, Kind::View, Kind::Function, Kind::Pipeline], None)?;
    let refused_before = store::refused_tables()?;
    loop {
        let replaced: HashSet<(Kind, &str)> = batch
            .sound_changes()
            .map(|given| (given.definition.kind(), given.definition.name.as_str()))
            .collect();
        let others: Vec<Rc<Definition>> = stored
            .iter()
            .filter(|stored| !replaced.contains(&(stored.definition.kind(), stored.name())))
            .map(|stored| Rc::clone(&stored.definition))
            .collect();
        // What is new comes last, so that it is at fault for what two definitions cannot both have.
        let all: Vec<Rc<Definition>> = others
            .into_iter()
            .chain(batch.sound_changes().map(|given| Rc::clone(&given.definition)))
            .collect();
        let names = batch.broken_tables();
        let broken: HashSet<&str> = names.iter().chain(&refused_before).map(String::as_str).collect();
        let mut found = check_beside(all.iter().map(AsRef::as_ref), extent, &broken);
        found.extend(cycles(batch, &all)?);
        let mut of_others = Vec::new();
        let mut is_refused = false;
        for finding in found {
            match owner(batch, &finding) {
                Some(given) => {
                    is_refused = true;
                    let source = given.source.clone();
                    given.errors.push(Diagnostic { source, ..finding });
                }
                None => of_others.push(finding),
            }
        }
        if !is_refused {
            let before = match of_others.is_empty() {
                true => Vec::new(),
                false => {
                    check_beside(stored.iter().map(|stored| stored.definition.as_ref()), extent, &broken)
                }
            };
            of_others.retain(|finding| !before.contains(finding));
            return Ok(stored_ones(of_others));
        }
    }
}

/// Findings of definitions that are stored already, whose files are not at hand.
pub fn stored_ones(mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    for finding in &mut findings {
        "stored catalog".clone_into(&mut finding.source);
    }
    findings
}

/// The definition that a finding of the set is about, among those that are to be stored.
fn owner<'b>(batch: &'b mut Batch, finding: &Diagnostic) -> Option<&'b mut Given> {
    batch.given.iter_mut().find(|given| {
        given.is_sound_change()
            && matches!(given.definition.kind(), Kind::Table | Kind::Pipeline)
            && Some(&given.definition.name) == finding.definition.as_ref()
    })
}

/// New pipelines whose nodes read each other in a cycle.
fn cycles(batch: &Batch, all: &[Rc<Definition>]) -> Result<Vec<Diagnostic>> {
    let pipelines: Vec<_> = batch
        .sound_changes()
        .filter_map(|given| match &given.definition.body {
            Body::Pipeline(pipeline) => Some((given, pipeline)),
            _ => None,
        })
        .collect();
    if pipelines.is_empty() {
        return Ok(Vec::new());
    }
    let graph = Graph::of(all.iter().map(|definition| Stored { id: 0, definition: Rc::clone(definition) }))?;
    let mut found = Vec::new();
    for (given, pipeline) in pipelines {
        let nodes: Vec<String> = pipeline.nodes.iter().map(|node| node.table.clone()).collect();
        if let Some(cycle) = graph.cycle(&nodes) {
            let message = format!("nodes read each other in a cycle: {}", cycle.join(" → "));
            let hint = "split the pipeline, or move the shared part into a table of its own".to_owned();
            found.push(finding(given, "nodes", Place::default(), message, Some(hint)));
        }
    }
    Ok(found)
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

/// "syntax error at or near …, at character 8: insert ino…"
fn unparseable(given: &Given, key: &str, place: Place, template: &str, cause: &Captured) -> Diagnostic {
    let first = template.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let begin: String = first.chars().take(60).collect();
    let at = cause.position.map_or(String::new(), |position| format!(", at character {position}"));
    let message = format!("{}{at} of the statement that begins \"{begin}\"", cause.message);
    finding(given, key, place, message, cause.hint.clone())
}

fn finding(given: &Given, key: &str, place: Place, message: String, hint: Option<String>) -> Diagnostic {
    let finding = given.definition.finding(Severity::Error, place, key, message, hint);
    Diagnostic { source: given.source.clone(), ..finding }
}
