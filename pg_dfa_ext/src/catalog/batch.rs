//! The definitions that a load is about, with all that is found of each.

use crate::error::Result;
use crate::spi;
use dfa_catalog::diagnostic::{Diagnostic, Severity};
use dfa_catalog::model::{Definition, Kind};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A definition that was read, and how it compares with the current one.
pub struct Given {
    pub definition: Rc<Definition>,
    pub source: String,
    /// new, changed, same or older.
    pub action: String,
    pub errors: Vec<Diagnostic>,
}

/// A definition, or a whole document, that cannot be taken.
pub struct Refused {
    pub kind: Kind,
    pub name: String,
    pub source: String,
    pub finding: String,
}

/// A row of the answer.
pub struct LoadedRow {
    pub kind: String,
    pub name: String,
    /// Of a definition that could be read.
    pub version: Option<pgrx::datum::Date>,
    pub action: String,
    pub finding: Option<String>,
}

#[derive(Default)]
pub struct Batch {
    pub given: Vec<Given>,
    pub warnings: Vec<Diagnostic>,
    /// Definitions that could not be read, each with its source.
    broken: Vec<(Kind, String, String)>,
    /// Errors of documents and of definitions that could not be read.
    errors: Vec<Diagnostic>,
}

impl Given {
    pub fn is_change(&self) -> bool {
        matches!(self.action.as_str(), "new" | "changed")
    }

    pub fn is_sound_change(&self) -> bool {
        self.is_change() && self.errors.is_empty()
    }
}

impl LoadedRow {
    pub fn into_tuple(self) -> (String, String, Option<pgrx::datum::Date>, String, Option<String>) {
        (self.kind, self.name, self.version, self.action, self.finding)
    }
}

impl Batch {
    /// Reads documents, each with its source.
    pub fn read(documents: &[(&str, &str)]) -> Batch {
        let mut batch = Batch::default();
        for (document, source) in documents {
            let parsed = dfa_catalog::parse(document, source);
            let (errors, warnings): (Vec<_>, Vec<_>) =
                parsed.diagnostics.into_iter().partition(|found| found.severity == Severity::Error);
            batch.errors.extend(errors);
            batch.warnings.extend(warnings);
            let place = |broken: dfa_catalog::Broken| (broken.kind, broken.name, (*source).to_owned());
            batch.broken.extend(parsed.broken.into_iter().map(place));
            batch.given.extend(parsed.definitions.into_iter().map(|definition| Given {
                definition: Rc::new(definition),
                source: (*source).to_owned(),
                action: String::new(),
                errors: Vec::new(),
            }));
        }
        batch
    }

    /// Says of each definition how it compares with the current one.
    pub fn compare(&mut self) -> Result<()> {
        let column = |read: &dyn Fn(&Definition) -> String| -> Vec<String> {
            self.given.iter().map(|given| read(&given.definition)).collect()
        };
        let arguments = [
            column(&|definition| definition.kind().as_str().to_owned()).into(),
            column(&|definition| definition.name.clone()).into(),
            column(&|definition| definition.version.to_string()).into(),
            column(&|definition| definition.json.clone()).into(),
        ];
        let actions = spi::values::<String>(include_str!("sql/compare_catalog.sql"), &arguments)?;
        for (given, action) in self.given.iter_mut().zip(actions) {
            given.action = action;
        }
        Ok(())
    }

    /// What is to become current.
    pub fn sound_changes(&self) -> impl Iterator<Item = &Given> {
        self.given.iter().filter(|given| given.is_sound_change())
    }

    /// The same, by source, in the order given.
    pub fn by_source(&self) -> Vec<(&str, Vec<&Given>)> {
        let mut found: Vec<(&str, Vec<&Given>)> = Vec::new();
        for given in self.sound_changes() {
            match found.last_mut() {
                Some((source, list)) if *source == given.source => list.push(given),
                _ => found.push((&given.source, vec![given])),
            }
        }
        found
    }

    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty() || self.given.iter().any(|given| !given.errors.is_empty())
    }

    /// Every error, in the order of the documents as far as it is known.
    pub fn all_errors(self) -> Vec<Diagnostic> {
        self.errors.into_iter().chain(self.given.into_iter().flat_map(|given| given.errors)).collect()
    }

    /// The names of the tables that are broken.
    pub fn broken_tables(&self) -> Vec<String> {
        let refused = self.refused().into_iter().filter(|refused| refused.kind == Kind::Table);
        refused.map(|refused| refused.name).collect()
    }

    /// Kind and name of all that the documents hold, sound or not.
    pub fn names(&self) -> BTreeSet<(String, String)> {
        let read = self.given.iter().map(|given| (given.definition.kind(), given.definition.name.as_str()));
        let broken = self.broken.iter().map(|(kind, name, _)| (*kind, name.as_str()));
        read.chain(broken).map(|(kind, name)| (kind.as_str().to_owned(), name.to_owned())).collect()
    }

    /// A document of which not even the names are known.
    pub fn unreadable(&self) -> Option<&Diagnostic> {
        self.errors.iter().find(|error| error.definition.is_none())
    }

    /// The definitions that are refused, each with its findings.
    pub fn refused(&self) -> Vec<Refused> {
        let mut found: BTreeMap<(Kind, &str), Refused> = BTreeMap::new();
        let broken = self.broken.iter().map(|(kind, name, source)| {
            let of = |error: &&Diagnostic| error.definition.as_ref() == Some(name) && error.source == *source;
            (*kind, name.as_str(), source, listed(self.errors.iter().filter(of)))
        });
        let given = self.given.iter().filter(|given| !given.errors.is_empty()).map(|given| {
            let definition = &given.definition;
            (definition.kind(), definition.name.as_str(), &given.source, listed(given.errors.iter()))
        });
        for (kind, name, source, finding) in broken.chain(given) {
            let refused = Refused { kind, name: name.to_owned(), source: source.clone(), finding };
            found.insert((kind, name), refused);
        }
        found.into_values().collect()
    }

    pub fn rows(&self) -> Vec<LoadedRow> {
        let taken = self.given.iter().filter(|given| given.errors.is_empty()).map(|given| LoadedRow {
            kind: given.definition.kind().as_str().to_owned(),
            name: given.definition.name.clone(),
            version: version(&given.definition),
            action: given.action.clone(),
            finding: None,
        });
        let refused = self.refused().into_iter().map(|refused| LoadedRow {
            kind: refused.kind.as_str().to_owned(),
            name: refused.name,
            version: None,
            action: "refused".to_owned(),
            finding: Some(refused.finding),
        });
        let documents =
            self.errors.iter().filter(|error| error.definition.is_none()).map(|error| LoadedRow {
                kind: "document".to_owned(),
                name: error.source.clone(),
                version: None,
                action: "refused".to_owned(),
                finding: Some(error.to_string()),
            });
        taken.chain(refused).chain(documents).collect()
    }
}

fn listed<'d>(diagnostics: impl Iterator<Item = &'d Diagnostic>) -> String {
    diagnostics.map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn version(definition: &Definition) -> Option<pgrx::datum::Date> {
    let version = definition.version;
    pgrx::datum::Date::new(
        version.year().into(),
        u8::try_from(version.month()).ok()?,
        u8::try_from(version.day()).ok()?,
    )
    .ok()
}
