//! Reads current definitions from `dfa.catalog`; a version is parsed once in a session.
//!
//! What an older version stored may break a rule of this one. It stays in force and keeps nobody from the others: it is left
//! out of what is read, and whoever needs it is told why.

use crate::error::{DfaError, Result};
use crate::lock::{in_time, Held};
use crate::relation;
use crate::{api_key, names, spi};
use dfa_catalog::diagnostic::{Diagnostic, Severity};
use dfa_catalog::model::{Body, Definition, Kind, Pipeline, Table};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// At most this many are kept. Rows of `dfa.catalog` never change their document, so the id is a safe key.
const CACHED_DEFINITIONS: usize = 20_000;

/// The id of what stands for a definition that cannot be used.
const NO_ROW: i64 = 0;

thread_local! {
    static PARSED: RefCell<HashMap<i64, Parsed>> = RefCell::new(HashMap::new());
}

#[derive(Clone)]
enum Parsed {
    Sound(Rc<Definition>),
    Unsound(Rc<Unsound>),
}

/// A definition in force that breaks a rule.
struct Unsound {
    name: String,
    finding: String,
}

/// A current definition and the id of its row.
#[derive(Debug, Clone)]
pub struct Stored {
    pub id: i64,
    pub definition: Rc<Definition>,
}

/// One loader at a time, so that "current" and the checks of the whole set mean one state.
pub fn lock() -> Result<()> {
    let catalog =
        relation::oid(Some("dfa"), "catalog").ok_or_else(|| DfaError::internal("dfa.catalog is missing"))?;
    in_time("dfa.catalog", (catalog, Held::Table), || {
        spi::run("lock table dfa.catalog in share row exclusive mode", &[])
    })
}

/// The current definitions of these kinds, all of them or those of these names, by kind and name.
pub fn current(kinds: &[Kind], names: Option<&[String]>) -> Result<Vec<Stored>> {
    let sound = |(id, parsed)| match parsed {
        Parsed::Sound(definition) => Some(Stored { id, definition }),
        Parsed::Unsound(_) => None,
    };
    Ok(parsed(kinds, names)?.into_iter().filter_map(sound).collect())
}

/// Those among them that break a rule.
fn unsound(kinds: &[Kind], names: Option<&[String]>) -> Result<Vec<Rc<Unsound>>> {
    let unsound = |(_, parsed)| match parsed {
        Parsed::Sound(_) => None,
        Parsed::Unsound(unsound) => Some(unsound),
    };
    Ok(parsed(kinds, names)?.into_iter().filter_map(unsound).collect())
}

fn parsed(kinds: &[Kind], names: Option<&[String]>) -> Result<Vec<(i64, Parsed)>> {
    if names.is_some_and(<[String]>::is_empty) {
        return Ok(Vec::new());
    }
    let kinds: Vec<String> = kinds.iter().map(|kind| kind.as_str().to_owned()).collect();
    let ids = match names {
        None => spi::values::<i64>(include_str!("sql/current_definitions.sql"), &[kinds.into()])?,
        Some(names) => spi::values::<i64>(
            include_str!("sql/named_definitions.sql"),
            &[kinds.into(), names.to_vec().into()],
        )?,
    };
    parse_new(&ids)?;
    PARSED
        .with_borrow(|parsed| Ok(ids.iter().filter_map(|id| Some((*id, parsed.get(id)?.clone()))).collect()))
}

/// Parses the rows that this session has not met yet.
fn parse_new(ids: &[i64]) -> Result<()> {
    let new: Vec<i64> =
        PARSED.with_borrow(|parsed| ids.iter().copied().filter(|id| !parsed.contains_key(id)).collect());
    if new.is_empty() {
        return Ok(());
    }
    let kept = PARSED.with_borrow(HashMap::len);
    if kept > 0 && kept + new.len() > CACHED_DEFINITIONS {
        PARSED.with_borrow_mut(HashMap::clear);
        return parse_new(ids);
    }
    spi::query(
        "select id, kind::text, name, document::text from dfa.catalog where id = any($1)",
        &[new.into()],
        |row| {
            parse(
                row.get::<i64>("id")?,
                &row.get::<String>("kind")?,
                &row.get::<String>("name")?,
                &row.get::<String>("document")?,
            )
        },
    )?;
    Ok(())
}

/// Keeps a definition that was just stored, so that this session need not parse it again.
pub fn remember(id: i64, definition: &Rc<Definition>) {
    PARSED.with_borrow_mut(|parsed| {
        if parsed.len() < CACHED_DEFINITIONS {
            parsed.insert(id, Parsed::Sound(Rc::clone(definition)));
        }
    });
}

fn parse(id: i64, kind: &str, name: &str, document: &str) -> Result<()> {
    let kind: Kind = kind.parse().map_err(DfaError::internal)?;
    let read = match dfa_catalog::from_json(kind, name, document) {
        Ok(definition) => Parsed::Sound(Rc::new(definition)),
        Err(diagnostics) => {
            let errors = diagnostics.iter().filter(|found| found.severity == Severity::Error);
            let finding = errors.map(Diagnostic::without_place).collect::<Vec<_>>().join("\n");
            pgrx::warning!(
                "{kind} '{name}' is left out, since what is stored of it breaks a rule: {finding}"
            );
            Parsed::Unsound(Rc::new(Unsound { name: name.to_owned(), finding }))
        }
    };
    PARSED.with_borrow_mut(|parsed| parsed.insert(id, read));
    Ok(())
}

impl Stored {
    pub fn name(&self) -> &str {
        &self.definition.name
    }

    /// False for what only stands for a table that was refused.
    pub fn is_usable(&self) -> bool {
        self.id != NO_ROW
    }

    /// The table that this defines; `None` for the other kinds.
    pub fn table(&self) -> Option<&Table> {
        match &self.definition.body {
            Body::Table(table) => Some(table),
            _ => None,
        }
    }

    pub fn pipeline(&self) -> Option<&Pipeline> {
        match &self.definition.body {
            Body::Pipeline(pipeline) => Some(pipeline),
            _ => None,
        }
    }
}

/// The current definition of a table, by name, short name or `sql:name`.
pub fn table(given: &str) -> Result<Stored> {
    match names::table(given) {
        Ok(name) => table_called(&name),
        Err(DfaError::UnknownName { what, name, suggestion }) => match unusable(Kind::Table, &name)? {
            Some(reason) => Err(reason),
            None => Err(DfaError::UnknownName { what, name, suggestion }),
        },
        Err(error) => Err(error),
    }
}

/// The current definition of the table of this very name.
pub fn table_called(name: &str) -> Result<Stored> {
    called(Kind::Table, name)
}

/// The current definition of a pipeline, by name, short name or id.
pub fn pipeline(given: &str) -> Result<Stored> {
    let by_id = spi::value::<String>(
        "select pipeline_name from dfa.task_schedule where pipeline_id = $1 and kind = 'pipeline'",
        &[given.into()],
    )?;
    let name = match by_id {
        Some(name) => {
            api_key::check(&name)?;
            name
        }
        None => names::resolve(given, &[Kind::Pipeline], "pipeline")?.1,
    };
    called(Kind::Pipeline, &name)
}

/// The current definition of this very name.
pub fn called(kind: Kind, name: &str) -> Result<Stored> {
    if let Some(stored) = current(&[kind], Some(&[name.to_owned()]))?.pop() {
        return Ok(stored);
    }
    let what = kind.as_str();
    let unknown = || DfaError::UnknownName { what, name: name.to_owned(), suggestion: None };
    Err(unusable(kind, name)?.unwrap_or_else(unknown))
}

/// Why there is a definition of this name and it cannot be used.
fn unusable(kind: Kind, name: &str) -> Result<Option<DfaError>> {
    let what = kind.as_str();
    if let Some(unsound) = unsound(&[kind], Some(&[name.to_owned()]))?.pop() {
        return Ok(Some(DfaError::Unsound { what, name: name.to_owned(), finding: unsound.finding.clone() }));
    }
    let refused = refusal(kind, name)?;
    Ok(refused.map(|(source, finding)| DfaError::Refused { what, name: name.to_owned(), source, finding }))
}

/// Why a definition was refused when it was loaded last, and from where it came.
fn refusal(kind: Kind, name: &str) -> Result<Option<(String, String)>> {
    spi::query_one(
        "select source, finding from dfa.refused_definition where kind = $1::dfa.definition_kind and name = $2",
        &[kind.as_str().into(), name.into()],
        |row| Ok((row.get::<String>("source")?, row.get::<String>("finding")?)),
    )
}

/// The tables that were refused when they were loaded last, and those in force that break a rule.
pub fn refused_tables() -> Result<Vec<String>> {
    let mut names =
        spi::values::<String>("select name from dfa.refused_definition where kind = 'table'", &[])?;
    names.extend(unsound(&[Kind::Table], None)?.iter().map(|unsound| unsound.name.clone()));
    Ok(names)
}

/// Stands for a table that cannot be used, in the pipelines that name it: nothing is known of it but its name.
pub fn refused_table(name: &str) -> Result<Option<Stored>> {
    if unusable(Kind::Table, name)?.is_none() {
        return Ok(None);
    }
    let definition = Definition {
        name: name.to_owned(),
        version: jiff::civil::Date::ZERO,
        description: None,
        line: 0,
        json: String::new(),
        body: Body::Table(Table::default()),
    };
    Ok(Some(Stored { id: NO_ROW, definition: Rc::new(definition) }))
}
