//! From the name that a caller gives to the definition that is meant.

use crate::api_key;
use crate::error::{DfaError, Result};
use crate::spi;
use dfa_catalog::model::Kind;
use dfa_catalog::name;

/// The one current definition of these kinds called `given`: by full name (a type as in `sql:x` is dropped),
/// else by short name.
pub fn resolve(given: &str, kinds: &[Kind], what: &'static str) -> Result<(Kind, String)> {
    let (_, bare) = name::strip_type(given.trim());
    let kinds: Vec<String> = kinds.iter().map(|kind| kind.as_str().to_owned()).collect();
    let matches =
        spi::query(include_str!("sql/resolve_name.sql"), &[bare.into(), kinds.clone().into()], |row| {
            Ok((row.get::<String>("kind")?, row.get::<String>("name")?))
        })?;
    match matches.as_slice() {
        [] => {
            Err(DfaError::UnknownName { what, name: bare.to_owned(), suggestion: suggestion(bare, kinds)? })
        }
        [(kind, found)] => {
            api_key::check(found)?;
            Ok((kind.parse().map_err(|_| unknown(what, bare))?, found.clone()))
        }
        several => Err(DfaError::AmbiguousName {
            name: bare.to_owned(),
            candidates: several.iter().map(|(kind, name)| format!("{kind} {name}")).collect(),
        }),
    }
}

/// [`resolve`] for a table.
pub fn table(given: &str) -> Result<String> {
    resolve(given, &[Kind::Table], "table").map(|(_, name)| name)
}

fn unknown(what: &'static str, name: &str) -> DfaError {
    DfaError::UnknownName { what, name: name.to_owned(), suggestion: None }
}

fn suggestion(wrong: &str, kinds: Vec<String>) -> Result<Option<String>> {
    let known = spi::values::<String>(
        "select name from dfa.catalog where current and kind::text = any($1)",
        &[kinds.into()],
    )?;
    Ok(name::suggest(wrong, known.iter().map(String::as_str)).map(str::to_owned))
}
