//! Findings gather while a document is read; nothing stops at the first one.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Place;
use crate::tree::{Node, SyntaxError};

/// A node and the path of keys that leads to it within its definition.
#[derive(Debug, Clone)]
pub struct At<'n> {
    pub node: &'n Node,
    pub path: String,
    pub line: usize,
    pub column: usize,
}

impl<'n> At<'n> {
    pub fn root(node: &'n Node) -> Self {
        At { node, path: String::new(), line: node.line, column: node.column }
    }

    pub fn place(&self) -> Place {
        Place { line: self.line, column: self.column }
    }

    /// A node below this one, under a key or a position.
    pub fn below(&self, key: &str, node: &'n Node) -> Self {
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        At { node, path, line: node.line, column: node.column }
    }
}

/// What was found in one source.
#[derive(Debug)]
pub struct Findings {
    source: String,
    definition: Option<String>,
    list: Vec<Diagnostic>,
}

impl Findings {
    pub fn new(source: &str) -> Self {
        Findings { source: source.to_owned(), definition: None, list: Vec::new() }
    }

    pub fn source(&self) -> &str {
        &self.source
    }

    /// What is found from now on belongs to this definition.
    pub fn definition(&mut self, name: Option<&str>) {
        self.definition = name.map(str::to_owned);
    }

    pub fn error(&mut self, at: &At<'_>, message: impl Into<String>) {
        self.add(Severity::Error, at, message.into(), None);
    }

    pub fn error_hint(&mut self, at: &At<'_>, message: impl Into<String>, hint: Option<String>) {
        self.add(Severity::Error, at, message.into(), hint);
    }

    pub fn warning(&mut self, at: &At<'_>, message: impl Into<String>, hint: Option<String>) {
        self.add(Severity::Warning, at, message.into(), hint);
    }

    pub fn syntax(&mut self, error: SyntaxError) {
        let SyntaxError { line, column, message } = error;
        self.list.push(Diagnostic {
            severity: Severity::Error,
            source: self.source.clone(),
            line,
            column,
            definition: self.definition.clone(),
            key: None,
            message,
            hint: None,
        });
    }

    pub fn count_errors(&self) -> usize {
        self.list.iter().filter(|found| found.severity == Severity::Error).count()
    }

    pub fn has_errors(&self) -> bool {
        self.count_errors() > 0
    }

    pub fn into_list(self) -> Vec<Diagnostic> {
        self.list
    }

    fn add(&mut self, severity: Severity, at: &At<'_>, message: String, hint: Option<String>) {
        self.list.push(Diagnostic {
            severity,
            source: self.source.clone(),
            line: at.line,
            column: at.column,
            definition: self.definition.clone(),
            key: (!at.path.is_empty()).then(|| at.path.clone()),
            message,
            hint,
        });
    }
}

/// "did you mean …?"
pub fn did_you_mean<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    crate::name::suggest(wrong, known).map(|near| format!("did you mean '{near}'?"))
}
