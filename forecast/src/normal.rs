//! The normal distribution.

use statrs::distribution::{ContinuousCDF, Normal};

/// The value below which a share of a standard normal distribution lies; `None` for a share that is not between 0 and 1.
pub fn quantile(share: f64) -> Option<f64> {
    (share > 0.0 && share < 1.0).then(|| Normal::standard().inverse_cdf(share))
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (share, expected) in [
            (0.5, 0.0),
            (0.95, 1.644_853_626_951_472_7),
            (0.975, 1.959_963_984_540_054),
            (0.85, 1.036_433_389_493_789_8),
            (0.05, -1.644_853_626_951_472_7),
            (1e-10, -6.361_340_902_404_056),
        ] {
            let found = quantile(share).unwrap();
            assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{share}: {found}");
        }
        for share in [0.0, 1.0, -0.1, 1.1, f64::NAN] {
            assert_eq!(quantile(share), None);
        }
    }
}
