//! Rows of id, day or name, and number, kept until all are there.

use crate::column::{days, numbers, shortened, texts};
use crate::function::Places;
use crate::refusal::{Refusal, Result};
use polars::prelude::*;

/// What stands between the id and the number of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    None,
    /// A column `ds`.
    Day,
    /// A column `name`.
    Name,
}

impl Key {
    fn name(self) -> Option<&'static str> {
        match self {
            Key::None => None,
            Key::Day => Some("ds"),
            Key::Name => Some("name"),
        }
    }
}

/// The rows so far: `id`, the key, and `y`, a double or null.
pub struct Kept {
    places: Places,
    key: Key,
    rows: DataFrame,
}

impl Kept {
    pub fn new(places: Places, key: Key) -> Kept {
        Kept { places, key, rows: DataFrame::empty() }
    }

    pub fn memory(&self) -> usize {
        self.rows.estimated_size()
    }

    /// # Errors
    /// An id or a key that is null, columns of other types, infinities. A NaN is null.
    pub fn take(&mut self, rows: &DataFrame) -> Result<()> {
        let ids = texts(self.places.of(rows, 0))?;
        if ids.null_count() > 0 {
            return Err(Refusal::new("a row of the load has no id: it is null"));
        }
        let id = |row: usize| shortened(ids.get(row).unwrap_or_default());
        let mut columns = vec![ids.clone().with_name("id".into()).into_column()];
        if let Some(name) = self.key.name() {
            let given = self.places.of(rows, 1);
            let key = match self.key {
                Key::Day => days(given)?.into_date().into_column(),
                _ => texts(given)?.into_column(),
            };
            if let Some(row) = key.is_null().iter().position(|is_null| is_null == Some(true)) {
                return Err(Refusal::new(format!("a row of id '{}' has no date or name", id(row)))
                    .detail("It is null, infinite, or beyond the year 9999."));
            }
            columns.push(key.with_name(name.into()));
        }
        let y = numbers(self.places.of(rows, columns.len()))?;
        if let Some(row) = y.iter().position(|value| value.is_some_and(f64::is_infinite)) {
            return Err(Refusal::new(format!("a number of id '{}' is infinite", id(row))));
        }
        let y: Float64Chunked = y.iter().map(|value| value.filter(|value| !value.is_nan())).collect();
        columns.push(y.with_name("y".into()).into_column());
        self.rows.vstack_mut_owned(DataFrame::new(rows.height(), columns)?)?;
        Ok(())
    }

    /// The rows in the order of id, key and number: that of the input is nothing.
    pub fn sorted(mut self) -> LazyFrame {
        let by: Vec<&str> = ["id"].into_iter().chain(self.key.name()).chain(["y"]).collect();
        self.rows.rechunk_mut();
        self.rows.lazy().sort(by, SortMultipleOptions::default())
    }
}
