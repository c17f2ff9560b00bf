//! Croston's method (1972) for demand that mostly is none: its size and the periods between are smoothed each by itself.

/// Croston's own; greater ones follow each single order.
const ALPHA: f64 = 0.1;

/// The rate of demand, as far as it goes; `None` for no values, zeros for no demand.
pub fn croston(y: &[f64], horizon: usize) -> Option<Vec<f64>> {
    if y.is_empty() {
        return None;
    }
    // Size and interval, from the first demand on.
    let mut smoothed: Option<(f64, f64)> = None;
    let mut since = 0.0;
    for &value in y {
        since += 1.0;
        if value != 0.0 {
            smoothed = Some(match smoothed {
                None => (value, since),
                Some((size, interval)) => {
                    (size + ALPHA * (value - size), interval + ALPHA * (since - interval))
                }
            });
            since = 0.0;
        }
    }
    let rate = smoothed.map_or(0.0, |(size, interval)| size / interval);
    Some(vec![rate; horizon])
}

#[cfg(test)]
mod tests {
    use super::croston;

    #[test]
    fn demand_that_comes_now_and_then_is_its_rate() {
        let y: Vec<f64> = (0..40).map(|t| if t % 4 == 3 { 8.0 } else { 0.0 }).collect();
        let found = croston(&y, 2).unwrap();
        assert!((found[0] - 2.0).abs() < 1e-9 && found.len() == 2, "{found:?}");
    }

    #[test]
    fn no_demand_is_forecast_as_none() {
        assert_eq!(croston(&[0.0; 5], 2), Some(vec![0.0, 0.0]));
        assert_eq!(croston(&[], 2), None);
    }
}
