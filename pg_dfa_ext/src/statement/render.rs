//! From the template of a process to the statements that run.

use super::{of_statement, Lineage, Values};
use crate::error::{DfaError, Result};
use dfa_catalog::model::{Action, Process, Script};
use dfa_catalog::placeholder::{self, PlaceholderError};
use std::collections::BTreeMap;

/// The statements of one process, filled in, with what each reads and writes.
#[derive(Debug, Clone)]
pub struct Rendered {
    pub process: String,
    pub statements: Vec<(String, Lineage)>,
    /// Of a DataFrame process, whose statements are those of `load` and, after them, those of `save`.
    pub frame: Option<Frame>,
}

/// What a DataFrame process says beside its statements.
#[derive(Debug, Clone)]
pub struct Frame {
    pub function: String,
    pub arguments: BTreeMap<String, String>,
    /// So many of the statements are those of `load`.
    pub load: usize,
}

/// Where the rows of a function wait for `save`.
pub const RESULT: &str = "table pg_temp.dfa_function_value";
/// What stands for them where only the names of a statement matter.
pub const ROWS: &str = "values (null)";

impl Rendered {
    pub fn lineages(&self) -> impl Iterator<Item = &Lineage> {
        self.statements.iter().map(|(_, lineage)| lineage)
    }
}

/// Fills in a process of `table`.
///
/// # Errors
/// A placeholder that nothing defines, a statement that does not parse: all before any row changes.
pub fn render(table: &str, process: &Process, values: &Values) -> Result<Rendered> {
    let name = &process.name;
    let fill = |script: &Script| -> Result<Vec<(String, Lineage)>> {
        let of_names = render_with(table, name, script, values, ROWS)?;
        let filled = render_with(table, name, script, values, RESULT)?;
        of_names
            .into_iter()
            .zip(filled)
            .map(|(of_names, filled)| Ok((filled, parsed(table, name, &of_names)?)))
            .collect()
    };
    let (statements, frame) = match &process.action {
        Action::Sql(script) => (fill(script)?, None),
        Action::DataFrame { function, arguments, load, save } => {
            let mut statements = fill(load)?;
            let loads = statements.len();
            statements.extend(fill(save)?);
            let listed = load.parameters.iter().chain(&save.parameters);
            let known = listed.filter_map(|name| Some((name.clone(), values.get(name)?.into_owned())));
            // What the process says itself goes before what the parameter table says.
            let arguments = known.chain(arguments.iter().cloned()).collect();
            (statements, Some(Frame { function: function.clone(), arguments, load: loads }))
        }
    };
    Ok(Rendered { process: name.clone(), statements, frame })
}

/// Fills in the statements of a script, one pass: what is put in is never looked at again.
pub fn render_script(table: &str, process: &str, script: &Script, values: &Values) -> Result<Vec<String>> {
    render_with(table, process, script, values, ROWS)
}

/// [`render_script`] with `rows` for `{function_value}`.
fn render_with(
    table: &str,
    process: &str,
    script: &Script,
    values: &Values,
    rows: &'static str,
) -> Result<Vec<String>> {
    let value = |name: &str| match name {
        "function_value" => Some(rows.into()),
        _ => values.get(name),
    };
    script
        .statements
        .iter()
        .map(|template| {
            placeholder::render(template, value).map_err(|source| match source {
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

fn parsed(table: &str, process: &str, statement: &str) -> Result<Lineage> {
    of_statement(statement).map_err(|error| error.in_statement(table, process, statement))
}
