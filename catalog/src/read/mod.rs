//! From documents to definitions: every form and alias of the catalog format.

mod audit;
mod definition;
mod features;
mod fields;
mod findings;
mod index;
mod initial;
mod keys;
mod kind;
mod misplaced;
mod operating;
mod pipeline;
mod process;
mod routine;
mod script;
mod settings;
mod table;

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::{Definition, Kind};
use crate::tree::{self, Node, Value};
use findings::{At, Findings};
use kind::kind_and_name;

/// What was read of a file: the definitions without errors, and all that was found.
#[derive(Debug, Clone, Default)]
pub struct Parsed {
    pub definitions: Vec<Definition>,
    /// What is named in the file and cannot be taken, because of errors among the diagnostics.
    pub broken: Vec<Broken>,
    pub diagnostics: Vec<Diagnostic>,
}

/// A definition that has errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    pub kind: Kind,
    pub name: String,
}

impl Parsed {
    pub fn has_errors(&self) -> bool {
        self.errors().next().is_some()
    }

    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error)
    }

    pub fn warnings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning)
    }
}

/// Reads one YAML file of definitions; `source` is its path, or a label for messages.
pub fn parse(text: &str, source: &str) -> Parsed {
    let mut findings = Findings::new(source);
    let mut parsed = Parsed::default();
    match tree::from_yaml(text) {
        Err(error) => findings.syntax(error),
        Ok(documents) => {
            for document in &documents {
                read_document(document, &mut parsed, &mut findings);
            }
        }
    }
    parsed.diagnostics = findings.into_list();
    parsed
}

/// Reads the body of one definition as it was stored: [`Definition::json`].
pub fn from_json(kind: Kind, name: &str, json: &str) -> Result<Definition, Vec<Diagnostic>> {
    let mut findings = Findings::new("stored catalog");
    findings.definition(Some(name));
    match tree::from_json(json) {
        Err(error) => {
            findings.syntax(tree::SyntaxError {
                line: error.line(),
                column: error.column(),
                message: error.to_string(),
            });
            Err(findings.into_list())
        }
        Ok(body) => match definition::read(kind, name, &At::root(&body), &mut findings) {
            Some(read) if !findings.has_errors() => Ok(Definition { json: json.to_owned(), ..read }),
            _ => Err(findings.into_list()),
        },
    }
}

fn read_document(document: &Node, parsed: &mut Parsed, findings: &mut Findings) {
    findings.definition(None);
    let root = At::root(document);
    let entries = match &document.value {
        Value::Null => return,
        Value::Map(entries) => entries,
        _ => {
            return findings.error(
                &root,
                format!("a catalog is a map of definitions by name, and this is {}", document.describe()),
            )
        }
    };
    for (key, body) in entries {
        let at = At { line: key.line, column: key.column, ..At::root(body) };
        let (kind, name) = kind_and_name(&key.text, &at, findings);
        findings.definition(Some(&name));
        if parsed.definitions.iter().any(|known| known.name == name && known.kind() == kind) {
            findings.error(&at, format!("{kind} '{name}' is defined twice in this file"));
            continue;
        }
        let before = findings.count_errors();
        let read = definition::read(kind, &name, &at, findings);
        match read.filter(|_| findings.count_errors() == before) {
            Some(definition) => parsed.definitions.push(definition),
            None => parsed.broken.push(Broken { kind, name }),
        }
    }
    findings.definition(None);
}
