//! What a function is to the one who runs it.

use crate::arguments::Arguments;
use crate::functions;
use crate::refusal::{Refusal, Result};
use dfa_catalog::dataframe::{named, Input};
use polars::prelude::{Column, DataFrame};

/// What a function says of an id beside its rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    pub id: String,
    /// The models that were averaged, joined by `|`.
    pub model: Option<String>,
    /// The error of each candidate, as a JSON object.
    pub errors: Option<String>,
    /// Why there is no forecast, or another than was asked for.
    pub reason: Option<String>,
}

/// The result of a function.
#[derive(Debug, Clone, Default)]
pub struct Output {
    pub frame: DataFrame,
    pub notes: Vec<Note>,
}

/// A result part by part, all of the same columns; each is computed when it is asked for.
pub type Parts = Box<dyn Iterator<Item = Result<Output>>>;

impl Output {
    /// A result of one part.
    pub fn whole(self) -> Parts {
        Box::new(std::iter::once(Ok(self)))
    }
}

/// A function that has begun: it takes the input piece by piece, then gives its result.
pub trait Work: Send {
    /// # Errors
    /// Rows that the function does not take.
    fn take(&mut self, rows: DataFrame) -> Result<()>;

    /// # Errors
    /// Input that as a whole makes no sense.
    fn finish(self: Box<Self>) -> Result<Parts>;

    /// Bytes that it keeps, roughly.
    fn memory(&self) -> usize;
}

/// The columns of `load` that a function reads, in the order in which it names them.
#[derive(Debug, Clone)]
pub struct Places(Vec<usize>);

impl Places {
    pub fn of<'f>(&self, frame: &'f DataFrame, place: usize) -> &'f Column {
        &frame.columns()[self.0[place]]
    }
}

/// Begins a function over rows of these columns.
///
/// # Errors
/// A name that nobody knows, columns or parameters that it does not take.
pub fn begin(name: &str, arguments: &Arguments, columns: &[String]) -> Result<Box<dyn Work>> {
    let Some(signature) = named(name) else {
        return Err(Refusal::new(format!("function '{name}' is not known to this service")).hint(
            "The service is older than the extension, or the catalog was stored before names were checked.",
        ));
    };
    let places = Places(match &signature.input {
        Input::Named(wanted) => {
            let place = |name: &str| columns.iter().position(|column| column.eq_ignore_ascii_case(name));
            let missing: Vec<&str> =
                wanted.iter().map(|it| it.name).filter(|name| place(name).is_none()).collect();
            if !missing.is_empty() {
                return Err(columns_refused(signature.name, &format!("'{}'", missing.join("', '")), columns));
            }
            wanted.iter().filter_map(|it| place(it.name)).collect()
        }
        Input::AtLeast(least) if columns.len() < *least => {
            return Err(columns_refused(signature.name, &format!("{least} columns at least"), columns));
        }
        Input::Exactly(number) if columns.len() != *number => {
            return Err(columns_refused(signature.name, &format!("{number} columns"), columns));
        }
        _ => (0..columns.len()).collect(),
    });
    functions::begin(signature.name, arguments, places)
}

fn columns_refused(function: &str, wanted: &str, columns: &[String]) -> Refusal {
    Refusal::new(format!("function '{function}' needs {wanted} of its load"))
        .detail(format!("The load gives {}.", columns.join(", ")))
        .hint("Name the columns in the select list of the load: … AS id.")
}
