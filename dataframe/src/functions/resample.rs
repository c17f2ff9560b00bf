//! `resample`: a row for each period of an id, from its first to its last.

use super::kept::{Kept, Key};
use super::statistic::Statistic;
use crate::arguments::Arguments;
use crate::calendar::Period;
use crate::function::{Output, Parts, Places, Work};
use crate::refusal::{Refusal, Result};
use polars::prelude::*;

/// Rows that the result may have: a date that is far off is a wrong one.
const MOST_ROWS: f64 = 50e6;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fill {
    Zero,
    Null,
    Forward,
}

pub struct Resample {
    every: Period,
    how: Statistic,
    fill: Fill,
    rows: Kept,
}

impl Resample {
    pub fn new(arguments: &Arguments, places: Places) -> Result<Resample> {
        let fills = [("zero", Fill::Zero), ("null", Fill::Null), ("forward", Fill::Forward)];
        Ok(Resample {
            every: arguments.word("every", &Period::WORDS, None)?,
            how: Statistic::of(arguments)?,
            fill: arguments.word("fill", &fills, Some(Fill::Zero))?,
            rows: Kept::new(places, Key::Day),
        })
    }
}

/// Each period of each id, with a row or without one.
fn periods(known: &LazyFrame, every: Period) -> Result<LazyFrame> {
    let ends = known
        .clone()
        .group_by_stable([col("id")])
        .agg([col("ds").min().alias("first"), col("ds").max().alias("last")]);
    let days = (col("last") - col("first")).dt().total_days(false).sum();
    let days = ends.clone().select([days.cast(DataType::Float64)]).collect()?;
    let days = days.columns()[0].f64()?.get(0).unwrap_or(0.0);
    let length = match every {
        Period::Day => 1.0,
        Period::Week => 7.0,
        Period::Month => 28.0,
        Period::Quarter => 90.0,
        Period::Year => 365.0,
    };
    if days / length > MOST_ROWS {
        return Err(Refusal::new(format!("the result would have more than {MOST_ROWS} rows"))
            .hint("A date that is far from the rest is often a wrong one: look at min(ds) and max(ds)."));
    }
    let step = Some(Duration::parse(every.every()));
    let all = date_ranges(Some(col("first")), Some(col("last")), step, None, ClosedWindow::Both)?;
    let options = ExplodeOptions { empty_as_null: true, keep_nulls: true };
    Ok(ends.select([col("id"), all.alias("ds")]).explode(cols(["ds"]), options))
}

impl Work for Resample {
    fn take(&mut self, rows: DataFrame) -> Result<()> {
        self.rows.take(&rows)
    }

    fn finish(self: Box<Self>) -> Result<Parts> {
        let Resample { every, how, fill, rows } = *self;
        let start = col("ds").dt().truncate(lit(every.every()));
        let known = rows
            .sorted()
            .with_column(start)
            .group_by_stable([col("id"), col("ds")])
            .agg([how.over(col("y")).alias("y"), lit(true).alias("known")])
            .collect()?
            .lazy();
        let keys = [col("id"), col("ds")];
        let all = periods(&known, every)?.join(known, &keys, &keys, JoinArgs::new(JoinType::Left));
        let filled = match fill {
            Fill::Zero => lit(0.0),
            Fill::Null => lit(Null {}).cast(DataType::Float64),
            Fill::Forward => {
                col("y").fill_null_with_strategy(FillNullStrategy::Forward(None)).over([col("id")])?
            }
        };
        let frame = all
            .sort(["id", "ds"], SortMultipleOptions::default())
            .with_column(when(col("known").is_null()).then(filled).otherwise(col("y")).alias("y"))
            .select([col("id"), col("ds"), col("y")])
            .collect()?;
        Ok(Output { frame, notes: Vec::new() }.whole())
    }

    fn memory(&self) -> usize {
        self.rows.memory()
    }
}
