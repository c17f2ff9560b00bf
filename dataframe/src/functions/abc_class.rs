//! `abc_class`: classes by cumulated share, the greatest first.

use super::kept::{Kept, Key};
use crate::arguments::Arguments;
use crate::function::{Output, Parts, Places, Work};
use crate::refusal::{Refusal, Result};
use polars::prelude::*;

pub struct AbcClass {
    bounds: Vec<f64>,
    rows: Kept,
}

impl AbcClass {
    pub fn new(arguments: &Arguments, places: Places) -> Result<AbcClass> {
        let given = arguments.list(&["bounds"]);
        let mut bounds: Vec<f64> = if given.is_empty() { vec![0.8, 0.95, 1.0] } else { Vec::new() };
        for text in &given {
            bounds.push(
                text.parse()
                    .map_err(|_| Refusal::new(format!("'{text}' of parameter 'bounds' is not a number")))?,
            );
        }
        let rises = bounds.windows(2).all(|pair| pair[0] < pair[1]);
        if !rises || bounds.iter().any(|bound| !(*bound > 0.0 && *bound <= 1.0)) || bounds.len() > 26 {
            return Err(Refusal::new(format!(
                "parameter 'bounds' rises within 0 and 1, and this is {given:?}"
            )));
        }
        Ok(AbcClass { bounds, rows: Kept::new(places, Key::None) })
    }
}

impl Work for AbcClass {
    fn take(&mut self, rows: DataFrame) -> Result<()> {
        self.rows.take(&rows)
    }

    fn finish(self: Box<Self>) -> Result<Parts> {
        let AbcClass { bounds, rows } = *self;
        // Of equal sums the id decides, so that the order of the rows is nothing.
        let order = SortMultipleOptions::default().with_order_descending_multi([true, false]);
        let sums = rows
            .sorted()
            .group_by_stable([col("id")])
            .agg([col("y").sum()])
            .sort(["y", "id"], order)
            .collect()?;
        let least = sums.tail(Some(1));
        if let Some(sum) = least.column("y")?.f64()?.get(0).filter(|sum| *sum < 0.0) {
            let id = least.column("id")?.str()?.get(0).unwrap_or_default().to_owned();
            return Err(Refusal::new(format!("the sum {sum} of id '{id}' is negative, which has no share")));
        }
        let total: f64 = sums.column("y")?.f64()?.iter().flatten().sum();
        let share =
            |part: Expr, of_nothing: f64| if total > 0.0 { part / lit(total) } else { lit(of_nothing) };
        let reached = col("y").cum_sum(false);
        // An id belongs to the class in which its share begins: the first one is always an A.
        let before = share(reached.clone() - col("y"), 1.0);
        let letter = |place: usize| lit(char::from(b'A' + u8::try_from(place).unwrap_or(25)).to_string());
        let last = letter(bounds.len() - 1);
        let class = bounds.iter().enumerate().rev().fold(last, |rest, (place, bound)| {
            when(before.clone().lt(lit(bound - 1e-12))).then(letter(place)).otherwise(rest)
        });
        let frame = sums
            .lazy()
            .select([
                col("id"),
                col("y"),
                share(col("y"), 0.0).alias("share"),
                share(reached, 0.0).alias("cumulated"),
                class.alias("class"),
            ])
            .collect()?;
        Ok(Output { frame, notes: Vec::new() }.whole())
    }

    fn memory(&self) -> usize {
        self.rows.memory()
    }
}
