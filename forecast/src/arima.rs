//! ARMA and ARIMA without a constant, by exact maximum likelihood.
//!
//! The likelihood is that of Kalman's filter over Harvey's state space form (Harvey, Forecasting, Structural Time Series
//! Models and the Kalman Filter, 1989, 3.4 and 4.4), its variance concentrated out. The filter begins with nothing known of
//! the state, a great variance, and values by which it gets to know it are no part of the likelihood (3.4.3): so a series
//! that is hardly longer than the model goes on as it is, instead of as its few values happen to lie. Stationarity and invertibility hold by
//! the way the coefficients are made of partial autocorrelations (Monahan 1984). The search begins at Hannan and Rissanen's
//! estimates (1982) and takes at most fifty steps.
//!
//! Own code: the ARIMA(4, 1, 4) of anofox-forecast has a MASE of 2.26 where statsmodels has 1.29, and panics on short series.

use crate::linear::LeastSquares;
use crate::minimum::minimum;

/// Orders of the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Orders {
    pub auto_regressive: usize,
    pub moving_average: usize,
}

const STEPS: usize = 50;
const TOLERANCE: f64 = 1e-8;
/// The variance of a state of which nothing is known; that of an error is 1.
const UNKNOWN: f64 = 1e6;

/// Forecasts a series by an ARMA of its first differences; `None` for fewer than three values.
pub fn differenced(y: &[f64], orders: Orders, horizon: usize) -> Option<Vec<f64>> {
    if y.len() < 3 {
        return None;
    }
    let differences: Vec<f64> = y.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let mut level = *y.last()?;
    let steps = stationary(&differences, orders, horizon)?;
    Some(
        steps
            .into_iter()
            .map(|step| {
                level += step;
                level
            })
            .collect(),
    )
}

/// Forecasts a series that has no trend by an ARMA; `None` for an empty one.
pub fn stationary(w: &[f64], orders: Orders, horizon: usize) -> Option<Vec<f64>> {
    let scale = (w.iter().map(|value| value * value).sum::<f64>() / w.len() as f64).sqrt();
    if w.is_empty() || !scale.is_finite() {
        return None;
    }
    if scale == 0.0 {
        return Some(vec![0.0; horizon]);
    }
    let w: Vec<f64> = w.iter().map(|value| value / scale).collect();
    let start = first_estimate(&w, orders);
    let (point, _) = minimum(&start, STEPS, TOLERANCE, |point| {
        let loss = Filter::new(&coefficients(point, orders)).run(&w).loss();
        if loss.is_finite() {
            loss
        } else {
            f64::MAX
        }
    });
    let fitted = coefficients(&point, orders);
    let mut filter = Filter::new(&fitted).run(&w);
    let values: Vec<f64> = (0..horizon).map(|_| filter.next() * scale).collect();
    values.iter().all(|value| value.is_finite()).then_some(values)
}

/// Coefficients of both sides, of the same length, one more than the moving average needs.
struct Coefficients {
    auto_regressive: Vec<f64>,
    /// Begins with 1.
    moving_average: Vec<f64>,
}

fn coefficients(point: &[f64], orders: Orders) -> Coefficients {
    let size = orders.auto_regressive.max(orders.moving_average + 1);
    let mut auto_regressive = of_partial(&point[..orders.auto_regressive]);
    auto_regressive.resize(size, 0.0);
    let mut moving_average = vec![1.0];
    moving_average.extend(of_partial(&point[orders.auto_regressive..]).into_iter().map(|it| -it));
    moving_average.resize(size, 0.0);
    Coefficients { auto_regressive, moving_average }
}

/// Any numbers as the coefficients of a stationary side: each becomes a partial autocorrelation in (−1, 1), and these
/// become coefficients by Durbin and Levinson's recursion.
fn of_partial(free: &[f64]) -> Vec<f64> {
    let mut made: Vec<f64> = Vec::with_capacity(free.len());
    for x in free {
        let partial = x / (1.0 + x * x).sqrt();
        let before = made.clone();
        for (own, mirrored) in made.iter_mut().zip(before.iter().rev()) {
            *own -= partial * mirrored;
        }
        made.push(partial);
    }
    made
}

/// The other way round; `None` for coefficients that are not stationary.
fn to_partial(coefficients: &[f64]) -> Option<Vec<f64>> {
    let mut rest = coefficients.to_vec();
    let mut free = vec![0.0; rest.len()];
    while let Some(partial) = rest.pop() {
        if partial.is_nan() || partial.abs() >= 0.999 {
            return None;
        }
        free[rest.len()] = partial / (1.0 - partial * partial).sqrt();
        let before = rest.clone();
        for (own, mirrored) in rest.iter_mut().zip(before.iter().rev()) {
            *own = (*own + partial * mirrored) / (1.0 - partial * partial);
        }
    }
    Some(free)
}

/// Hannan and Rissanen: the errors of a long autoregression stand for the errors, and the rest is least squares.
fn first_estimate(w: &[f64], orders: Orders) -> Vec<f64> {
    let Orders { auto_regressive: p, moving_average: q } = orders;
    let none = vec![0.0; p + q];
    let long = (w.len() / 3).min(p + q);
    if long == 0 || w.len() < long + 2 * (p + q) {
        return none;
    }
    let errors = regress(w.len(), long, long, |t, row| {
        row.iter_mut().enumerate().for_each(|(lag, cell)| *cell = -w[t - lag - 1]);
        w[t]
    })
    .1;
    let (found, _) = regress(w.len(), long + q.max(p), p + q, |t, row| {
        for (lag, cell) in row.iter_mut().enumerate() {
            *cell = if lag < p { -w[t - lag - 1] } else { -errors[t - (lag - p) - 1] };
        }
        w[t]
    });
    let moving_average: Vec<f64> = found[p..].iter().map(|it| -it).collect();
    let mut start = to_partial(&found[..p]).unwrap_or_else(|| vec![0.0; p]);
    start.extend(to_partial(&moving_average).unwrap_or_else(|| vec![0.0; q]));
    start
}

/// Least squares over `from..to`; the coefficients and the errors, 0 before `from`.
fn regress(
    to: usize,
    from: usize,
    unknowns: usize,
    mut read: impl FnMut(usize, &mut [f64]) -> f64,
) -> (Vec<f64>, Vec<f64>) {
    let mut fit = LeastSquares::new(unknowns);
    let mut row = vec![0.0; unknowns];
    for t in from..to {
        let value = read(t, &mut row);
        fit.add(value, &row);
    }
    let mut found = vec![0.0; unknowns];
    fit.solve(&mut found);
    let mut errors = vec![0.0; to];
    for (t, error) in errors.iter_mut().enumerate().skip(from) {
        let value = read(t, &mut row);
        *error = value + row.iter().zip(&found).map(|(a, b)| a * b).sum::<f64>();
    }
    (found, errors)
}

/// Kalman's filter: the state expected next, and its covariance while that still changes.
struct Filter<'c> {
    coefficients: &'c Coefficients,
    state: Vec<f64>,
    covariance: Vec<f64>,
    /// Values so far, and of those that the likelihood takes the squares and the logarithms of their variances.
    seen: usize,
    squares: f64,
    logarithms: f64,
}

impl<'c> Filter<'c> {
    /// Before the first value: expected 0, which says nothing.
    fn new(coefficients: &'c Coefficients) -> Filter<'c> {
        let n = coefficients.auto_regressive.len();
        Filter {
            coefficients,
            state: vec![0.0; n],
            covariance: (0..n * n).map(|i| if i / n == i % n { UNKNOWN } else { 0.0 }).collect(),
            seen: 0,
            squares: 0.0,
            logarithms: 0.0,
        }
    }

    fn run(mut self, w: &[f64]) -> Filter<'c> {
        let n = self.state.len();
        let mut settled = false;
        let mut gain = vec![0.0; n];
        let mut variance = 1.0;
        for value in w {
            let missed = value - self.state[0];
            if !settled {
                variance = self.covariance[0].max(f64::MIN_POSITIVE);
                for (row, gain) in gain.iter_mut().enumerate() {
                    *gain = self.covariance[row * n] / variance;
                }
                self.update(&gain);
                settled = (self.covariance[0] - 1.0).abs() < 1e-10 && (variance - 1.0).abs() < 1e-10;
            }
            self.seen += 1;
            if self.seen > n {
                self.squares += missed * missed / variance;
                self.logarithms += variance.ln();
            }
            for (state, gain) in self.state.iter_mut().zip(&gain) {
                *state += gain * missed;
            }
            self.next();
        }
        self
    }

    /// Minus twice the logarithm of the likelihood of each value, but for a constant.
    fn loss(&self) -> f64 {
        let n = self.seen.saturating_sub(self.state.len()).max(1) as f64;
        (self.squares / n).max(f64::MIN_POSITIVE).ln() + self.logarithms / n
    }

    /// The value expected at the state, which goes one period on.
    fn next(&mut self) -> f64 {
        let expected = self.state[0];
        for row in 0..self.state.len() {
            let following = self.state.get(row + 1).copied().unwrap_or(0.0);
            self.state[row] = self.coefficients.auto_regressive[row] * expected + following;
        }
        expected
    }

    /// The covariance after a value was seen, one period on.
    fn update(&mut self, gain: &[f64]) {
        let n = self.state.len();
        let first: Vec<f64> = self.covariance[..n].to_vec();
        for row in 0..n {
            for column in 0..n {
                self.covariance[row * n + column] -= gain[row] * first[column];
            }
        }
        let moved = transition(&self.covariance, &self.coefficients.auto_regressive);
        let shock = &self.coefficients.moving_average;
        for row in 0..n {
            for column in 0..n {
                self.covariance[row * n + column] = moved[row * n + column] + shock[row] * shock[column];
            }
        }
    }
}

/// `T · P · Tᵀ`, T having the coefficients in its first column and ones above its diagonal.
fn transition(covariance: &[f64], auto_regressive: &[f64]) -> Vec<f64> {
    let n = auto_regressive.len();
    let at =
        |row: usize, column: usize| if row < n && column < n { covariance[row * n + column] } else { 0.0 };
    let half = |row: usize, column: usize| auto_regressive[row] * at(0, column) + at(row + 1, column);
    let mut moved = vec![0.0; n * n];
    for row in 0..n {
        let first = half(row, 0);
        for column in 0..n {
            let beside = if column + 1 < n { half(row, column + 1) } else { 0.0 };
            moved[row * n + column] = auto_regressive[column] * first + beside;
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUR: Orders = Orders { auto_regressive: 4, moving_average: 4 };

    #[test]
    fn partial_autocorrelations_and_coefficients_are_two_ways_of_one_thing() {
        let free = [0.3, -0.7, 0.1, 0.9];
        let back = to_partial(&of_partial(&free)).unwrap();
        free.iter().zip(&back).for_each(|(a, b)| assert!((a - b).abs() < 1e-9, "{back:?}"));
    }

    #[test]
    fn a_series_that_is_no_longer_than_the_model_goes_on_as_it_is() {
        let found = differenced(&[81.0, 148.0, 158.0, 222.0, 267.0], FOUR, 12).unwrap();
        assert!(found.iter().all(|value| (260.0..340.0).contains(value)), "{found:?}");
    }

    #[test]
    fn an_autoregression_is_found_in_its_own_series() {
        let mut w = vec![1.0];
        for t in 1..200 {
            let noise = ((t as f64 * 12.9898).sin() * 43_758.545).fract();
            w.push(0.8 * w[t - 1] + noise);
        }
        let ar1 = Orders { auto_regressive: 1, moving_average: 0 };
        let found = stationary(&w, ar1, 2).unwrap();
        assert!((found[1] / found[0] - 0.8).abs() < 0.1, "{found:?}");
    }

    #[test]
    fn a_constant_goes_on_and_too_few_values_give_nothing() {
        assert_eq!(differenced(&[7.0; 9], FOUR, 2), Some(vec![7.0, 7.0]));
        assert_eq!(differenced(&[7.0, 8.0], FOUR, 2), None);
    }

    #[test]
    fn short_and_odd_series_give_finite_numbers_or_nothing() {
        for n in 3..30 {
            let y: Vec<f64> = (0..n).map(|t| (t * 7919 % 101) as f64 * 1e6).collect();
            if let Some(found) = differenced(&y, FOUR, 13) {
                assert!(found.iter().all(|value| value.is_finite()), "{n}");
            }
        }
    }
}
