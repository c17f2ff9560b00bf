//! The Theta method (Assimakopoulos and Nikolopoulos 2000), as Hyndman and Billah (2003) showed it to be: simple exponential
//! smoothing with a drift of half the slope of the line through the series, over what is left when a season is divided
//! out that the series shows.

use crate::smoothing::Shape;

const LEVEL: Shape = Shape { trend: false, season: 0 };
/// Of a normal distribution, 90 % lie within so many deviations: what the original takes for a season.
const SHOWN: f64 = 1.645;

/// Forecasts a series; `None` for fewer than three values.
pub fn theta(y: &[f64], season: usize, horizon: usize) -> Option<Vec<f64>> {
    if y.len() < 3 {
        return None;
    }
    let indices = if shows_season(y, season) { indices(y, season) } else { None };
    let index = |t: usize| indices.as_ref().map_or(1.0, |indices| indices[t % season]);
    let plain: Vec<f64> = y.iter().enumerate().map(|(t, value)| value / index(t)).collect();
    let fitted = LEVEL.fit(&plain, None)?;
    let (alpha, level) = (fitted.parameters[0].max(1e-6), fitted.forecast(1)[0]);
    let n = plain.len() as f64;
    let start = (1.0 - (1.0 - alpha).powf(n)) / alpha;
    let drift = slope(&plain) / 2.0;
    let values = (0..horizon).map(|step| (level + drift * (step as f64 + start)) * index(y.len() + step));
    Some(values.collect())
}

/// Of the least squares line.
fn slope(y: &[f64]) -> f64 {
    let n = y.len() as f64;
    let (mean_t, mean) = ((n - 1.0) / 2.0, y.iter().sum::<f64>() / n);
    let products: f64 = y.iter().enumerate().map(|(t, value)| (t as f64 - mean_t) * (value - mean)).sum();
    products / (n * (n * n - 1.0) / 12.0)
}

/// Whether values of a season ago tell something, by their autocorrelation.
fn shows_season(y: &[f64], season: usize) -> bool {
    if season < 2 || y.len() < 2 * season {
        return false;
    }
    let mean = y.iter().sum::<f64>() / y.len() as f64;
    let squares: f64 = y.iter().map(|value| (value - mean).powi(2)).sum();
    if squares <= 0.0 {
        return false;
    }
    let correlation =
        |lag: usize| y.iter().zip(&y[lag..]).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>() / squares;
    let before: f64 = (1..season).map(|lag| correlation(lag).powi(2)).sum();
    correlation(season).abs() > SHOWN * ((1.0 + 2.0 * before) / y.len() as f64).sqrt()
}

/// The classical multiplicative decomposition: what each place in the season is to the mean around it. `None` where a
/// ratio makes no sense, as with zeros or negative values.
fn indices(y: &[f64], season: usize) -> Option<Vec<f64>> {
    if y.iter().any(|value| *value <= 0.0) {
        return None;
    }
    let half = season / 2;
    let mut sums = vec![(0.0, 0.0); season];
    for t in half..y.len() - half {
        let window = &y[t - half..=t + half];
        let mut around = window.iter().sum::<f64>();
        if season.is_multiple_of(2) {
            // Both ends count half.
            around -= (window[0] + window[season]) / 2.0;
        }
        let (sum, count) = &mut sums[t % season];
        *sum += y[t] * season as f64 / around;
        *count += 1.0;
    }
    let means: Vec<f64> = sums.iter().map(|(sum, count)| sum / count).collect();
    let mean = means.iter().sum::<f64>() / season as f64;
    let sound = means.iter().all(|index| index.is_finite() && *index > 0.01);
    sound.then(|| means.iter().map(|index| index / mean).collect())
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
    fn nothing_breaks_it() {
        for y in
            [vec![0.0; 30], vec![5.0; 30], (0..30).map(|t| f64::from(t % 7) - 3.0).collect(), vec![1e300; 30]]
        {
            let found = theta(&y, 12, 4).unwrap();
            assert_eq!(found.len(), 4);
        }
        assert_eq!(theta(&[1.0, 2.0], 12, 3), None);
    }
}
