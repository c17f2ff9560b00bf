//! A regression forest over the last three values and the calendar, each forecast being the next one's last value.

use crate::model::Context;
use smartcore::ensemble::random_forest_regressor::{RandomForestRegressor, RandomForestRegressorParameters};
use smartcore::linalg::basic::matrix::DenseMatrix;

/// Values before the one that is forecast.
const LAGS: usize = 3;
/// The lags, the year, a mark for each month and one for each quarter.
const FEATURES: usize = LAGS + 1 + 12 + 4;
const GROWTH: RandomForestRegressorParameters = RandomForestRegressorParameters {
    max_depth: None,
    min_samples_leaf: 3,
    min_samples_split: 6,
    n_trees: 100,
    m: Some(FEATURES),
    keep_samples: false,
    seed: 1,
};
/// Fewer values show nothing of a year.
pub const LEAST: usize = 25;

/// Forecasts a monthly series; `None` for fewer than [`LEAST`] values.
pub fn forest(y: &[f64], context: Context, horizon: usize) -> Option<Vec<f64>> {
    if y.len() < LEAST {
        return None;
    }
    let rows: Vec<Vec<f64>> = (LAGS..y.len()).map(|t| features(y, t, context)).collect();
    let matrix = DenseMatrix::from_2d_vec(&rows).ok()?;
    let fitted = RandomForestRegressor::fit(&matrix, &y[LAGS..].to_vec(), GROWTH).ok()?;
    let mut known = y.to_vec();
    for t in y.len()..y.len() + horizon {
        let row = DenseMatrix::from_2d_vec(&vec![features(&known, t, context)]).ok()?;
        known.push(fitted.predict(&row).ok()?.first().copied()?);
    }
    Some(known.split_off(y.len()))
}

/// What is known of period `t` before its value is.
fn features(y: &[f64], t: usize, context: Context) -> Vec<f64> {
    let month = context.first_month + t as i64;
    let mut row = vec![0.0; FEATURES];
    for (lag, cell) in row.iter_mut().take(LAGS).enumerate() {
        *cell = y[t - lag - 1];
    }
    row[LAGS] = month.div_euclid(12) as f64;
    let in_year = month.rem_euclid(12) as usize;
    row[LAGS + 1 + in_year] = 1.0;
    row[LAGS + 1 + 12 + in_year / 3] = 1.0;
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: Context = Context { season: 12, first_month: 2021 * 12 };

    #[test]
    fn a_month_that_is_high_each_year_is_high_again() {
        let y: Vec<f64> = (0..48).map(|t| if t % 12 == 11 { 100.0 } else { 10.0 }).collect();
        let found = forest(&y, CONTEXT, 12).unwrap();
        assert!(found[11] > 50.0 && found[5] < 30.0, "{found:?}");
        assert_eq!(forest(&y, CONTEXT, 12), Some(found));
    }

    #[test]
    fn too_few_values_give_nothing() {
        assert_eq!(forest(&[1.0; 24], CONTEXT, 2), None);
    }
}
