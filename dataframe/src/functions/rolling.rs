//! `rolling`: beside each row a figure over it and the rows of its id before it.

use super::kept::{Kept, Key};
use crate::arguments::Arguments;
use crate::function::{Output, Parts, Places, Work};
use crate::refusal::Result;
use polars::prelude::*;

#[derive(Debug, Clone, Copy)]
enum Figure {
    Sum,
    Mean,
    Min,
    Max,
    Count,
}

const FIGURES: [(&str, Figure); 5] = [
    ("sum", Figure::Sum),
    ("mean", Figure::Mean),
    ("min", Figure::Min),
    ("max", Figure::Max),
    ("count", Figure::Count),
];

pub struct Rolling {
    window: usize,
    least: usize,
    how: Figure,
    rows: Kept,
}

impl Rolling {
    pub fn new(arguments: &Arguments, places: Places) -> Result<Rolling> {
        let window = arguments.whole("window", 1, 1, 100_000)?;
        Ok(Rolling {
            window,
            least: arguments.whole("least", 1, 1, window)?,
            how: arguments.word("how", &FIGURES, Some(Figure::Mean))?,
            rows: Kept::new(places, Key::Day),
        })
    }

    fn figure(&self) -> Expr {
        let options = |least: usize| RollingOptionsFixedWindow {
            window_size: self.window,
            min_periods: least,
            ..RollingOptionsFixedWindow::default()
        };
        let (y, least) = (col("y"), options(self.least));
        match self.how {
            Figure::Sum => y.rolling_sum(least),
            Figure::Mean => y.rolling_mean(least),
            Figure::Min => y.rolling_min(least),
            Figure::Max => y.rolling_max(least),
            // A null is no number; `least` counts numbers, as in the others.
            Figure::Count => {
                let counts = y.is_not_null().cast(DataType::Float64).rolling_sum(options(1));
                let enough = counts.clone().gt_eq(lit(self.least as f64));
                when(enough).then(counts).otherwise(lit(Null {}))
            }
        }
    }
}

impl Work for Rolling {
    fn take(&mut self, rows: DataFrame) -> Result<()> {
        self.rows.take(&rows)
    }

    fn finish(self: Box<Self>) -> Result<Parts> {
        let figure = self.figure().over([col("id")])?.alias("rolling");
        let frame = self.rows.sorted().with_column(figure).collect()?;
        Ok(Output { frame, notes: Vec::new() }.whole())
    }

    fn memory(&self) -> usize {
        self.rows.memory()
    }
}
