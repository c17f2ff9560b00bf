//! Moving averages, whose forecast is the same for every period to come.

/// The mean of the last `width` values, of fewer where the series is shorter; `None` of an empty series.
pub fn simple(y: &[f64], width: usize) -> Option<f64> {
    let last = &y[y.len().saturating_sub(width)..];
    (!last.is_empty()).then(|| last.iter().sum::<f64>() / last.len() as f64)
}

/// The mean of the last `width` values with weights 1 … `width`, the newest `width`. Of a shorter series the greatest
/// weights are taken: of two values with a width of three, 2 and 3.
pub fn weighted(y: &[f64], width: usize) -> Option<f64> {
    let last = &y[y.len().saturating_sub(width)..];
    let first = width - last.len();
    let weights = || (first + 1..=width).map(|weight| weight as f64);
    let sum: f64 = weights().zip(last).map(|(weight, value)| weight * value).sum();
    (!last.is_empty()).then(|| sum / weights().sum::<f64>())
}

/// The exponential mean of the whole series with α = 2 / (`span` + 1), its weights made to sum to one (the
/// `adjust=True` of pandas).
pub fn exponential(y: &[f64], span: usize) -> Option<f64> {
    let keep = 1.0 - 2.0 / (span as f64 + 1.0);
    let (sum, weights) =
        y.iter().fold((0.0, 0.0), |(sum, weights), value| (sum * keep + value, weights * keep + 1.0));
    (!y.is_empty()).then(|| sum / weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Option<f64>, expected: f64) {
        let found = found.unwrap();
        assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found} is not {expected}");
    }

    #[test]
    fn a_simple_mean_takes_what_there_is() {
        close(simple(&[9.0, 1.0, 2.0, 3.0], 3), 2.0);
        close(simple(&[4.0], 3), 4.0);
        assert_eq!(simple(&[], 3), None);
    }

    #[test]
    fn a_weighted_mean_keeps_the_greatest_weights() {
        close(weighted(&[9.0, 1.0, 2.0, 3.0], 3), (1.0 + 4.0 + 9.0) / 6.0);
        close(weighted(&[1.0, 2.0], 3), (2.0 + 6.0) / 5.0);
        assert_eq!(weighted(&[], 3), None);
    }

    #[test]
    fn an_exponential_mean_is_that_of_pandas() {
        // pandas.Series([1, 2, 4]).ewm(span=3).mean().iloc[-1]
        close(exponential(&[1.0, 2.0, 4.0], 3), (4.0 + 0.5 * 2.0 + 0.25) / 1.75);
        assert_eq!(exponential(&[], 3), None);
    }
}
