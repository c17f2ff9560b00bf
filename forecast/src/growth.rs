//! Forecasts by way of the growth over a season: its model forecasts growth, and the values of a season ago give the rest.

/// Growth of each value over that of a season before; of nothing to something 1, of something below nothing −1.
pub fn growth(y: &[f64], season: usize) -> Vec<f64> {
    let of = |t: usize| {
        let rate = y[t] / y[t - season] - 1.0;
        if rate.is_finite() {
            rate
        } else if rate == f64::NEG_INFINITY {
            -1.0
        } else {
            1.0
        }
    };
    (season.min(y.len())..y.len()).map(of).collect()
}

/// Values from growth; only the first season after the series has a value of a season ago.
pub fn values(y: &[f64], season: usize, growth: &[f64]) -> Vec<f64> {
    let last = &y[y.len().saturating_sub(season)..];
    last.iter().zip(growth).map(|(value, rate)| value * (1.0 + rate)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_of_nothing_is_bounded() {
        assert_eq!(growth(&[0.0, 0.0, 0.0, 2.0], 1), [1.0, 1.0, 1.0]);
        assert_eq!(growth(&[0.0, -2.0], 1), [-1.0]);
        assert_eq!(growth(&[1.0], 12), [0.0; 0]);
    }

    #[test]
    fn values_end_with_the_season() {
        assert_eq!(values(&[1.0, 2.0, 4.0], 2, &[0.5, 1.0, 9.0]), [3.0, 8.0]);
    }
}
