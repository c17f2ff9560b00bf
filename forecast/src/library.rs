//! Models of `anofox-forecast`: what its users get, with its errors as `None`.

use anofox_forecast::core::TimeSeries;
use anofox_forecast::models::intermittent::Croston;
use anofox_forecast::models::theta::Theta;
use anofox_forecast::models::Forecaster;
use chrono::DateTime;

const DAY: i64 = 86_400;
/// Fewer values show no trend.
pub const LEAST_FOR_THETA: usize = 4;

/// Theta (Assimakopoulos and Nikolopoulos 2000) over what is left when a season is divided out that the series shows.
pub fn theta(y: &[f64], season: usize, horizon: usize) -> Option<Vec<f64>> {
    forecast(Theta::seasonal(season), y, horizon)
}

/// Croston's method (1972) for demand that mostly is none.
pub fn croston(y: &[f64], horizon: usize) -> Option<Vec<f64>> {
    // The library has no answer where there was no demand at all.
    if !y.is_empty() && y.iter().all(|value| *value == 0.0) {
        return Some(vec![0.0; horizon]);
    }
    forecast(Croston::new(), y, horizon)
}

fn forecast(mut model: impl Forecaster, y: &[f64], horizon: usize) -> Option<Vec<f64>> {
    // It wants moments; none of these models looks at them.
    let moments =
        (0..y.len() as i64).map(|period| DateTime::from_timestamp(period * DAY, 0)).collect::<Option<_>>()?;
    let series = TimeSeries::univariate(moments, y.to_vec()).ok()?;
    model.fit(&series).ok()?;
    let values = model.predict(horizon).ok()?.primary().to_vec();
    (values.len() == horizon && values.iter().all(|value| value.is_finite())).then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_on_at_half_its_slope_from_where_it_is() {
        let y: Vec<f64> = (0..20).map(f64::from).collect();
        let found = theta(&y, 12, 3).unwrap();
        assert!((found[2] - found[0] - 1.0).abs() < 1e-6, "{found:?}");
        assert!(found[0] > 18.9 && found[0] < 20.1, "{found:?}");
    }

    #[test]
    fn a_season_comes_again() {
        let y: Vec<f64> = (0..48).map(|t| 100.0 + 10.0 * f64::from(t % 12)).collect();
        let found = theta(&y, 12, 12).unwrap();
        assert!((found[11] - found[0] - 110.0).abs() < 15.0, "{found:?}");
    }

    #[test]
    fn demand_that_comes_now_and_then_is_its_rate() {
        let y: Vec<f64> = (0..40).map(|t| if t % 4 == 3 { 8.0 } else { 0.0 }).collect();
        let found = croston(&y, 2).unwrap();
        assert!((found[0] - 2.0).abs() < 0.3 && found.len() == 2, "{found:?}");
    }

    #[test]
    fn odd_series_give_finite_numbers_or_nothing() {
        for n in 0..40 {
            for scale in [0.0, 1.0, -1.0, 1e17, 1e300] {
                let y: Vec<f64> = (0..n).map(|t| f64::from(t * 7919 % 101) * scale).collect();
                for found in [theta(&y, 12, 5), croston(&y, 5)].into_iter().flatten() {
                    assert!(found.len() == 5 && found.iter().all(|value| value.is_finite()), "{n} {scale}");
                }
            }
        }
        assert_eq!(croston(&[0.0; 5], 2), Some(vec![0.0, 0.0]));
    }
}
