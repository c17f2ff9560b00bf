//! A definition: its name, kind and version, and what it defines.

use super::words::{spelling, Words};
use super::{Pipeline, Place, Routine, Table};
use crate::diagnostic::{self, Diagnostic};
use jiff::civil::Date;

/// The kinds of definition that a catalog folder can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Function,
    Table,
    View,
    Query,
    Pipeline,
}

impl Kind {
    pub const WORDS: Words<Kind> = &[
        ("function", Kind::Function),
        ("table", Kind::Table),
        ("view", Kind::View),
        ("query", Kind::Query),
        ("pipeline", Kind::Pipeline),
    ];

    /// The word for this kind in SQL, messages and the `catalog` table.
    pub fn as_str(self) -> &'static str {
        spelling(Kind::WORDS, self)
    }
}

impl std::str::FromStr for Kind {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let found = Kind::WORDS.iter().find(|(known, _)| *known == word);
        found.map(|(_, kind)| *kind).ok_or_else(|| format!("'{word}' is no kind of definition"))
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One definition of a catalog file.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    pub name: String,
    /// The greatest version of a name is the current one; 1990-01-01 when a file gives none.
    pub version: Date,
    pub description: Option<String>,
    /// Line of the definition's name in its file, from 1; 0 when it was read from storage.
    pub line: usize,
    /// The definition as written, as JSON in the order of the file: what storage keeps.
    pub json: String,
    pub body: Body,
}

impl Definition {
    pub fn kind(&self) -> Kind {
        match &self.body {
            Body::Table(_) => Kind::Table,
            Body::Function(_) => Kind::Function,
            Body::View(_) => Kind::View,
            Body::Query(_) => Kind::Query,
            Body::Pipeline(_) => Kind::Pipeline,
        }
    }

    /// What is found of it at a place in it, as far as that is known; the source is for the caller to say.
    pub fn finding(
        &self,
        severity: diagnostic::Severity,
        place: Place,
        key: &str,
        message: String,
        hint: Option<String>,
    ) -> Diagnostic {
        let (line, column) = match (place.line, self.line) {
            (0, 0) => (0, 0),
            (0, line) => (line, 1),
            (line, _) => (line, place.column),
        };
        Diagnostic {
            severity,
            source: String::new(),
            line,
            column,
            definition: Some(self.name.clone()),
            key: Some(key.to_owned()),
            message,
            hint,
        }
    }
}

/// What a definition defines.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    Table(Table),
    Function(Routine),
    View(Routine),
    Query(Routine),
    Pipeline(Pipeline),
}
