//! What a function is to the one who runs it.

use super::arguments::Arguments;
use super::frame::{Column, Frame, Values};
use super::functions;
use super::refusal::{Refusal, Result};
use dfa_catalog::dataframe::{named, Input};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

/// Set when nobody wants the result any more; whoever computes looks at it for each id.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// # Errors
    /// When it is set; what is said then nobody hears.
    pub fn check(&self) -> Result<()> {
        if self.is_set() {
            Err(Refusal::new("it was stopped"))
        } else {
            Ok(())
        }
    }
}

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
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Output {
    pub frame: Frame,
    pub notes: Vec<Note>,
}

/// A function that has begun: it takes the input piece by piece, then gives its result.
pub trait Work: Send {
    /// # Errors
    /// Rows that the function does not take.
    fn take(&mut self, rows: Frame) -> Result<()>;

    /// # Errors
    /// Input that as a whole makes no sense.
    fn finish(self: Box<Self>, stop: &Stop) -> Result<Output>;

    /// Bytes that it keeps, roughly.
    fn memory(&self) -> usize;
}

/// The columns of `load` that a function reads, in the order in which it names them.
#[derive(Debug, Clone)]
pub struct Places(Vec<usize>);

impl Places {
    pub fn of<'f>(&self, frame: &'f Frame, place: usize) -> &'f Column {
        &frame.columns[self.0[place]]
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

/// The number in a row, or why it is none.
///
/// # Errors
/// A column of another type.
pub fn number(column: &Column, row: usize) -> Result<Option<f64>> {
    if let Values::Text(values) = &column.values {
        let Some(text) = &values[row] else { return Ok(None) };
        return text.trim().parse().map(Some).map_err(|_| {
            Refusal::new(format!("'{}' of column '{}' is not a number", shortened(text), column.name))
        });
    }
    column.values.number(row).map_err(|kind| {
        Refusal::new(format!("column '{}' holds numbers, and the load gives {kind}", column.name))
    })
}

/// The day in a row.
///
/// # Errors
/// A column of another type, a text that is not a date.
pub fn day(column: &Column, row: usize) -> Result<Option<i32>> {
    const DAY: i64 = 86_400_000_000;
    match &column.values {
        Values::Date(values) => Ok(values[row]),
        Values::Timestamp(values) | Values::Moment(values) => Ok(values[row].map(|micros| match micros {
            i64::MAX => i32::MAX,
            i64::MIN => i32::MIN,
            micros => i32::try_from(micros.div_euclid(DAY)).unwrap_or(i32::MAX),
        })),
        Values::Text(values) => match &values[row] {
            None => Ok(None),
            Some(text) => super::calendar::parse(text).map(Some).ok_or_else(|| {
                Refusal::new(format!("'{}' of column '{}' is not a date", shortened(text), column.name))
                    .hint("Dates are YYYY-MM-DD.")
            }),
        },
        other => Err(Refusal::new(format!(
            "column '{}' holds dates, and the load gives {}",
            column.name,
            other.type_name()
        ))),
    }
}

/// A value as a message can show it.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
