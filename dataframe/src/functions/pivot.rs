//! `pivot`: a row for each id, a column for each name.

use super::kept::{Kept, Key};
use super::statistic::Statistic;
use crate::arguments::Arguments;
use crate::function::{Output, Parts, Places, Work};
use crate::refusal::{Refusal, Result};
use polars::frame::PivotColumnNaming;
use polars::prelude::*;
use std::sync::Arc;

pub struct Pivot {
    names: Vec<String>,
    how: Statistic,
    rows: Kept,
}

impl Pivot {
    pub fn new(arguments: &Arguments, places: Places) -> Result<Pivot> {
        let names = arguments.list(&["values"]);
        if names.is_empty() {
            return Err(Refusal::new("parameter 'values' names no column: [\"a\", \"b\"]"));
        }
        for (place, name) in names.iter().enumerate() {
            if name == "id" || names[..place].contains(name) {
                return Err(Refusal::new(format!("parameter 'values' names '{name}' twice, or the id")));
            }
        }
        Ok(Pivot { names, how: Statistic::of(arguments)?, rows: Kept::new(places, Key::Name) })
    }
}

impl Work for Pivot {
    fn take(&mut self, rows: DataFrame) -> Result<()> {
        self.rows.take(&rows)
    }

    fn finish(self: Box<Self>) -> Result<Parts> {
        let Pivot { names, how, rows } = *self;
        let on = Column::new("name".into(), names);
        // What an id has no row of is null, not 0: polars gives a sum of none as 0.
        let number = when(element().len().eq(lit(0)))
            .then(lit(Null {}).cast(DataType::Float64))
            .otherwise(how.over(element()));
        let frame = rows
            .sorted()
            .pivot(
                cols(["name"]),
                Arc::new(DataFrame::new_infer_height(vec![on])?),
                cols(["id"]),
                cols(["y"]),
                number,
                true,
                PlSmallStr::from_static("_"),
                PivotColumnNaming::Auto,
            )
            .collect()?;
        Ok(Output { frame, notes: Vec::new() }.whole())
    }

    fn memory(&self) -> usize {
        self.rows.memory()
    }
}
