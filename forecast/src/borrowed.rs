//! Models of the crate anofox-forecast: Theta and Croston, which were found to hold up beside their peers. (Its Holt,
//! Holt-Winters and ARIMA were not.)

use anofox_forecast::core::TimeSeries;
use anofox_forecast::models::intermittent::Croston;
use anofox_forecast::models::theta::Theta;
use anofox_forecast::models::Forecaster;
use chrono::{DateTime, Duration};

/// The Theta method (Assimakopoulos and Nikolopoulos 2000) of a series whose season is divided out where it is long enough
/// to show one; `None` where it cannot be fitted.
pub fn theta(y: &[f64], season: usize, horizon: usize) -> Option<Vec<f64>> {
    let mut model = if y.len() >= 2 * season { Theta::seasonal(season) } else { Theta::new() };
    forecast(&mut model, y, horizon)
}

/// Croston's method (1972) for demand that mostly is none, its smoothing optimised.
pub fn croston(y: &[f64], horizon: usize) -> Option<Vec<f64>> {
    forecast(&mut Croston::new().optimized(), y, horizon)
}

fn forecast(model: &mut dyn Forecaster, y: &[f64], horizon: usize) -> Option<Vec<f64>> {
    // These models look at the values alone; the crate wants a moment for each.
    let moments = (0..y.len()).map(|day| DateTime::UNIX_EPOCH + Duration::days(day as i64)).collect();
    let series = TimeSeries::univariate(moments, y.to_vec()).ok()?;
    model.fit(&series).ok()?;
    let values = model.predict(horizon).ok()?.primary().to_vec();
    (values.len() == horizon && values.iter().all(|value| value.is_finite())).then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn theta_follows_a_season() {
        let y: Vec<f64> = (0..48).map(|t| 100.0 + 10.0 * f64::from(t % 12)).collect();
        let found = theta(&y, 12, 12).unwrap();
        assert!((found[11] - found[0] - 110.0).abs() < 15.0, "{found:?}");
    }

    #[test]
    fn what_cannot_be_fitted_is_none() {
        assert_eq!(theta(&[1.0], 12, 3), None);
        assert_eq!(croston(&[], 3), None);
    }

    #[test]
    fn demand_that_comes_now_and_then_is_its_rate() {
        let y: Vec<f64> = (0..40).map(|t| if t % 4 == 3 { 8.0 } else { 0.0 }).collect();
        let found = croston(&y, 2).unwrap();
        assert!((found[0] - 2.0).abs() < 0.3, "{found:?}");
    }
}
