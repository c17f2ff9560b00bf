//! What a database would say of the SQL of a set, from PostgreSQL's own parser as a library.
//!
//! `pg_query` is the parser of the server in C: whatever it refuses, the server refuses, but for words that newer versions
//! reserved (`parser`). Nothing here knows which tables there are.

mod expression;
mod parser;
mod stand_in;
mod table;
mod types;

pub use types::created as created_types;

use dfa_catalog::diagnostic::{Diagnostic, Severity};
use dfa_catalog::model::{Body, Definition, Place};
use std::collections::HashSet;

/// Checks one definition; `own_types` are those that the set makes itself.
pub fn check(source: &str, definition: &Definition, own_types: &HashSet<String>) -> Vec<Diagnostic> {
    let mut checked = Check { source, definition, own_types, found: Vec::new() };
    for (key, script) in definition.scripts() {
        for statement in &script.statements {
            checked.statement(&key, script.place, statement);
        }
    }
    if let Body::Table(table) = &definition.body {
        checked.table(table);
    }
    checked.found
}

struct Check<'d> {
    source: &'d str,
    definition: &'d Definition,
    own_types: &'d HashSet<String>,
    found: Vec<Diagnostic>,
}

impl Check<'_> {
    /// A statement is wrong if it is so, and in the same way, whatever its parameters turn out to be.
    fn statement(&mut self, key: &str, place: Place, template: &str) {
        let Some(reason) = stand_in::fault(template) else { return };
        let first = template.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        let begin: String = first.chars().take(60).collect();
        self.error(place, key, format!("{reason}, in the statement that begins \"{begin}\""), None);
    }

    fn error(&mut self, place: Place, key: &str, message: String, hint: Option<String>) {
        let finding = self.definition.finding(Severity::Error, place, key, message, hint);
        self.found.push(Diagnostic { source: self.source.to_owned(), ..finding });
    }
}
