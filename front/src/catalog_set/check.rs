//! `dfa catalog check`: all that can be known of a set without a database.

use super::{syntax, Set};
use dfa_catalog::diagnostic::{Diagnostic, Severity};
use dfa_catalog::model::{Body, Definition, FileOption, Kind, Table};
use dfa_catalog::set::Extent;
use dfa_catalog::undated::Undated;
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// What was found in a set.
pub struct Findings {
    pub errors: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
    pub definitions: usize,
}

/// Checks each file and the set as a whole.
pub fn check(set: &Set) -> Findings {
    let mut found: Vec<Diagnostic> =
        set.files.iter().flat_map(|file| file.parsed.diagnostics.clone()).collect();
    let current = current(set);
    let broken = broken_tables(set);
    let definitions = current.values().map(|(_, definition)| *definition);
    let order = dfa_catalog::set::order(definitions.clone());
    let undated = dfa_catalog::undated::find(definitions.clone());
    let undated: Vec<Diagnostic> = undated.iter().map(Undated::finding).collect();
    for mut diagnostic in dfa_catalog::set::check_beside(definitions, Extent::Whole, &broken)
        .into_iter()
        .chain(order)
        .chain(undated)
    {
        let owner = current.iter().find(|((_, name), _)| Some(*name) == diagnostic.definition.as_deref());
        if let Some((_, (source, _))) = owner {
            (*source).clone_into(&mut diagnostic.source);
        }
        found.push(diagnostic);
    }
    let own_types = own_types(current.values().map(|(_, definition)| *definition));
    let mut ordered: Vec<(&str, &Definition)> = current.into_values().collect();
    ordered.sort_by_key(|(source, definition)| (*source, definition.line));
    for (source, definition) in ordered {
        found.extend(syntax::check(source, definition, &own_types));
    }
    found.extend(set.files.iter().flat_map(|file| {
        file.parsed.definitions.iter().filter_map(|definition| {
            let finding = encoding(definition)?;
            Some(Diagnostic { source: file.source.clone(), ..finding })
        })
    }));
    let files = set.files.iter().filter_map(|file| Some((file, set.data.as_deref()?)));
    for (file, data) in files {
        for (table, path) in file.data_files() {
            if !data.join(path).is_file() {
                found.push(missing_file(&file.source, table, path, data));
            }
        }
    }
    let (errors, warnings) = found.into_iter().partition(|diagnostic| diagnostic.severity == Severity::Error);
    let definitions = set.files.iter().map(|file| file.parsed.definitions.len()).sum();
    Findings { errors, warnings, definitions }
}

/// The types that a set makes: by statements, and with each table and view.
fn own_types<'d>(definitions: impl Iterator<Item = &'d Definition>) -> HashSet<String> {
    let mut found = HashSet::new();
    for definition in definitions {
        if matches!(definition.kind(), Kind::Table | Kind::View) {
            found.insert(definition.name.clone());
        }
        let scripts = definition.scripts();
        let statements = scripts.iter().flat_map(|(_, script)| &script.statements);
        found.extend(statements.flat_map(|statement| syntax::created_types(statement)));
    }
    found
}

/// The greatest version of each name; of equal ones the last.
pub fn current(set: &Set) -> HashMap<(Kind, &str), (&str, &Definition)> {
    let mut current: HashMap<(Kind, &str), (&str, &Definition)> = HashMap::new();
    for file in &set.files {
        for definition in &file.parsed.definitions {
            let key = (definition.kind(), definition.name.as_str());
            match current.get(&key) {
                Some((_, known)) if known.version > definition.version => {}
                _ => {
                    current.insert(key, (&file.source, definition));
                }
            }
        }
    }
    current
}

/// The tables whose own errors are told; whoever names them is not at fault.
fn broken_tables(set: &Set) -> HashSet<&str> {
    let broken = set.files.iter().flat_map(|file| &file.parsed.broken);
    broken.filter(|broken| broken.kind == Kind::Table).map(|broken| broken.name.as_str()).collect()
}

/// An encoding of files that no reader knows.
fn encoding(definition: &Definition) -> Option<Diagnostic> {
    let Body::Table(Table { source: Some(source), .. }) = &definition.body else { return None };
    let (_, label) = source.options.iter().find(|(option, _)| *option == FileOption::Encoding)?;
    let message = crate::read::encoding(label).err()?;
    Some(definition.finding(Severity::Error, source.place, "source.encoding", message, None))
}

fn missing_file(source: &str, table: &str, path: &str, data: &Path) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        source: source.to_owned(),
        line: 0,
        column: 0,
        definition: Some(table.to_owned()),
        key: Some("initial.file".to_owned()),
        message: format!("file '{path}' does not exist"),
        hint: Some(format!("it is looked up below '{}'", data.display())),
    }
}
