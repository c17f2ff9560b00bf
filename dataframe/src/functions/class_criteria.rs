//! `prod_cls_criteria`: the cumulated bounds of the classes A, B and C.

use super::service_level::versioned;
use crate::column::{numbers, texts};
use crate::function::{Output, Parts, Work};
use crate::refusal::{Refusal, Result};
use polars::prelude::*;

#[derive(Default)]
pub struct ClassCriteria {
    rows: Vec<([f64; 3], Option<String>)>,
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

/// The bounds that three numbers mean: shares where they add up to 1 or to 100, cumulated bounds else.
fn bounds([a, b, c]: [f64; 3]) -> Result<[f64; 3]> {
    let sum = a + b + c;
    let (bounds, meant) = if near(sum, 100.0) || near(sum, 1.0) {
        let unit = if near(sum, 100.0) { 100.0 } else { 1.0 };
        let cumulated = ((a / unit + b / unit) * 1e10).round_ties_even() / 1e10;
        ([a / unit, cumulated, 1.0], "shares")
    } else {
        let unit = if sum > 100.0 { 100.0 } else { 1.0 };
        ([a / unit, b / unit, c / unit], "cumulated bounds")
    };
    let fault = if !sum.is_finite() {
        "one of them is not a finite number"
    } else if bounds[0] <= 0.0 || a < 0.0 || b < 0.0 || c < 0.0 {
        "one of them is negative, or the first is zero"
    } else if bounds[0] > bounds[1] || bounds[1] > bounds[2] || near(bounds[0], 1.0) {
        "they do not rise from A to C"
    } else if !near(bounds[2], 1.0) {
        "the last one is not the whole"
    } else {
        return Ok(bounds);
    };
    Err(Refusal::new(format!("class criteria ({a}, {b}, {c}) are none: {fault}"))
        .detail(format!("They were taken for {meant}."))
        .hint("Give shares that add up to 1 (or 100), or bounds that rise to 1 (or 100)."))
}

impl Work for ClassCriteria {
    fn take(&mut self, rows: DataFrame) -> Result<()> {
        let [a, b, c, version] = rows.columns() else {
            return Err(Refusal::new("the load gives three classes and a version"));
        };
        let classes = [a, b, c].map(|column| numbers(column).map(|values| (column.name(), values)));
        let versions = texts(version)?;
        for row in 0..rows.height() {
            let mut given = [0.0; 3];
            for (value, class) in given.iter_mut().zip(&classes) {
                let (name, values) = class.as_ref().map_err(Clone::clone)?;
                *value = values
                    .get(row)
                    .ok_or_else(|| Refusal::new(format!("the class criterion of column '{name}' is null")))?;
            }
            self.rows.push((bounds(given)?, versions.get(row).map(str::to_owned)));
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Parts> {
        let class = |(place, name): (usize, &&str)| {
            Column::new((*name).into(), self.rows.iter().map(|row| row.0[place]).collect::<Vec<_>>())
        };
        let classes = ["class_a", "class_b", "class_c"];
        let mut columns: Vec<Column> = classes.iter().enumerate().map(class).collect();
        columns.extend(versioned(self.rows.into_iter().map(|row| row.1).collect())?);
        Ok(Output { frame: DataFrame::new_infer_height(columns)?, notes: Vec::new() }.whole())
    }

    fn memory(&self) -> usize {
        self.rows.len() * 64
    }
}

#[cfg(test)]
mod tests {
    use super::bounds;

    #[test]
    fn shares_and_bounds_of_one_or_a_hundred_are_bounds_of_one() {
        for given in [[0.5, 0.3, 0.2], [50.0, 30.0, 20.0], [0.5, 0.8, 1.0], [50.0, 80.0, 100.0]] {
            assert_eq!(bounds(given).unwrap(), [0.5, 0.8, 1.0], "{given:?}");
        }
    }

    #[test]
    fn what_makes_no_classes_is_refused() {
        for given in [
            [0.5, 0.3, 0.3],
            [0.5, 0.8, 0.9],
            [50.0, 25.0, 24.99],
            [f64::NAN, 0.8, 1.0],
            [0.9, 0.2, 1.0],
            [80.0, 50.0, 100.0],
            [-0.5, 0.8, 1.0],
            [1.0, 1.0, 1.0],
            [0.0, 0.0, 1.0],
        ] {
            assert!(bounds(given).is_err(), "{given:?}");
        }
    }
}
