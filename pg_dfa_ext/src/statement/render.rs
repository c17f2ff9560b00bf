//! From the template of a process to the statements that run.

use super::{of_statement, Lineage, Values};
use crate::error::{DfaError, Result};
use dfa_catalog::model::{Action, Process, Script};
use dfa_catalog::placeholder::{self, PlaceholderError};

/// The statements of one process, filled in, with what each reads and writes.
#[derive(Debug, Clone)]
pub struct Rendered {
    pub process: String,
    pub statements: Vec<(String, Lineage)>,
}

impl Rendered {
    pub fn lineages(&self) -> impl Iterator<Item = &Lineage> {
        self.statements.iter().map(|(_, lineage)| lineage)
    }
}

/// Fills in a process of `table`.
///
/// # Errors
/// A placeholder that nothing defines, a statement that does not parse, a DataFrame process: all before any row
/// changes.
pub fn render(table: &str, process: &Process, values: &Values) -> Result<Rendered> {
    match &process.action {
        Action::Sql(script) => Ok(Rendered {
            process: process.name.clone(),
            statements: render_script(table, &process.name, script, values)?
                .into_iter()
                .map(|statement| parsed(table, &process.name, statement))
                .collect::<Result<_>>()?,
        }),
        Action::DataFrame { function, .. } => Err(DfaError::DataFrame {
            table: table.to_owned(),
            process: process.name.clone(),
            function: function.clone(),
        }),
    }
}

/// Fills in the statements of a script, one pass: what is put in is never looked at again.
pub fn render_script(table: &str, process: &str, script: &Script, values: &Values) -> Result<Vec<String>> {
    script
        .statements
        .iter()
        .map(|template| {
            placeholder::render(template, |name| values.get(name)).map_err(|source| match source {
                PlaceholderError::Undefined { name, .. } => DfaError::UndefinedPlaceholder {
                    table: table.to_owned(),
                    process: process.to_owned(),
                    name,
                },
                source => {
                    DfaError::Placeholder { table: table.to_owned(), process: process.to_owned(), source }
                }
            })
        })
        .collect()
}

fn parsed(table: &str, process: &str, statement: String) -> Result<(String, Lineage)> {
    let lineage = of_statement(&statement).map_err(|error| error.in_statement(table, process, &statement))?;
    Ok((statement, lineage))
}
