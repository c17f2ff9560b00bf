//! Prophet's default model, by its most probable parameters: a trend of straight pieces and a yearly wave.
//!
//! Taylor and Letham, Forecasting at Scale, 2018: slope and level ~ N(0, 5), changes of the slope at up to 25 points of the
//! first 80 % ~ Laplace(0, 0.05), ten pairs of sine and cosine of the year ~ N(0, 10) where two years are known, error
//! ~ N(0, σ), σ ~ half N(0, 0.5); values scaled by their greatest, time to \[0, 1\]. For a given σ that is a least squares
//! problem with a quadratic and an absolute penalty, which goes down coordinate by coordinate (Friedman et al. 2010); the
//! best σ for given parameters has a closed form.
//!
//! Own code: the one crate that has it, augurs-prophet, brings a compiler of WebAssembly or a toolchain of C++.

use crate::model::Context;

const CHANGES: usize = 25;
const PAIRS: usize = 10;
const CHANGE_SCALE: f64 = 0.05;
const YEAR: f64 = 365.25;
/// The yearly wave is part of the model from so many days on.
const TWO_YEARS: f64 = 730.0;
/// With more parameters than values the most probable σ would be none at all.
const LEAST_ERROR: f64 = 0.01;
const ROUNDS: usize = 12;
const SWEEPS: usize = 400;
/// Fewer values give nothing.
pub const LEAST: usize = 3;

/// Forecasts a monthly series; `None` for fewer than [`LEAST`] values.
pub fn prophet(y: &[f64], context: Context, horizon: usize) -> Option<Vec<f64>> {
    if y.len() < LEAST {
        return None;
    }
    let scale = y.iter().fold(0.0_f64, |greatest, value| greatest.max(value.abs()));
    if scale == 0.0 {
        return Some(vec![0.0; horizon]);
    }
    let day = |t: usize| days_from_civil(context.first_month + t as i64);
    let days: Vec<f64> = (0..y.len() + horizon).map(|t| day(t) - day(0)).collect();
    let span = days[y.len() - 1];
    let design = Design {
        changes: change_points(y.len()).into_iter().map(|t| days[t] / span).collect(),
        pairs: if span >= TWO_YEARS { PAIRS } else { 0 },
    };
    let rows: Vec<Vec<f64>> = days.iter().enumerate().map(|(t, at)| design.row(at / span, day(t))).collect();
    let scaled: Vec<f64> = y.iter().map(|value| value / scale).collect();
    let found = design.most_probable(&rows[..y.len()], &scaled);
    Some(rows[y.len()..].iter().map(|row| scale * dot(row, &found)).collect())
}

/// The columns of the model: level, slope, a hinge for each change, sine and cosine of the year.
struct Design {
    changes: Vec<f64>,
    pairs: usize,
}

impl Design {
    fn row(&self, at: f64, day: f64) -> Vec<f64> {
        let mut row = vec![1.0, at];
        row.extend(self.changes.iter().map(|change| (at - change).max(0.0)));
        for pair in 1..=self.pairs {
            let angle = std::f64::consts::TAU * pair as f64 * day / YEAR;
            row.extend([angle.sin(), angle.cos()]);
        }
        row
    }

    /// Reciprocals of the variances of the normal priors; 0 for the changes, which have none.
    fn precision(&self, column: usize) -> f64 {
        if column < 2 {
            1.0 / 25.0
        } else if column < 2 + self.changes.len() {
            0.0
        } else {
            1.0 / 100.0
        }
    }

    fn most_probable(&self, rows: &[Vec<f64>], y: &[f64]) -> Vec<f64> {
        let width = 2 + self.changes.len() + 2 * self.pairs;
        let (gram, moment) = products(rows, y, width);
        let n = y.len() as f64;
        let mut found = vec![0.0; width];
        let mut variance: f64 = 0.25;
        for _ in 0..ROUNDS {
            self.descend(&gram, &moment, variance, &mut found);
            let squares: f64 = rows.iter().zip(y).map(|(row, y)| (y - dot(row, &found)).powi(2)).sum();
            // n ln σ + squares / 2σ² + 2σ² is least where 4σ⁴ + nσ² = squares.
            let next = ((n * n + 16.0 * squares).sqrt() - n) / 8.0;
            let next = next.max(LEAST_ERROR * LEAST_ERROR);
            if (next - variance).abs() <= 1e-6 * variance {
                break;
            }
            variance = next;
        }
        found
    }

    /// Goes down coordinate by coordinate until nothing moves.
    fn descend(&self, gram: &[f64], moment: &[f64], variance: f64, found: &mut [f64]) {
        let width = found.len();
        let penalty = variance / CHANGE_SCALE;
        for _ in 0..SWEEPS {
            let mut moved = 0.0_f64;
            for column in 0..width {
                let line = &gram[column * width..][..width];
                let own = line[column];
                let wanted = moment[column] - dot(line, found) + own * found[column];
                let is_change = (2..2 + self.changes.len()).contains(&column);
                let next = if is_change {
                    let shrunk = (wanted.abs() - penalty).max(0.0) * wanted.signum();
                    if own > 0.0 {
                        shrunk / own
                    } else {
                        0.0
                    }
                } else {
                    wanted / (own + variance * self.precision(column))
                };
                moved = moved.max((next - found[column]).abs() * own.sqrt());
                found[column] = next;
            }
            if moved < 1e-7 {
                break;
            }
        }
    }
}

/// The periods, by position, at which the slope may change: evenly spread over the first 80 %, without the first.
fn change_points(n: usize) -> Vec<usize> {
    let history = n * 4 / 5;
    let count = if CHANGES + 1 > history { history.saturating_sub(1) } else { CHANGES };
    (1..=count)
        .map(|k| (k as f64 * history.saturating_sub(1) as f64 / count as f64).round_ties_even() as usize)
        .collect()
}

fn products(rows: &[Vec<f64>], y: &[f64], width: usize) -> (Vec<f64>, Vec<f64>) {
    let mut gram = vec![0.0; width * width];
    let mut moment = vec![0.0; width];
    for (row, y) in rows.iter().zip(y) {
        for i in 0..width {
            moment[i] += row[i] * y;
            for j in 0..width {
                gram[i * width + j] += row[i] * row[j];
            }
        }
    }
    (gram, moment)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Days from 1970-01-01 to the first of a month that is counted from year 0 (Hinnant's `days_from_civil`).
fn days_from_civil(month: i64) -> f64 {
    // Years begin in March, so that the leap day is their last.
    let march = month - 2;
    let (year, in_year) = (march.div_euclid(12), march.rem_euclid(12));
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * in_year + 2) / 5;
    (era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: Context = Context { season: 12, first_month: 2021 * 12 };

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(days_from_civil(1970 * 12), 0.0);
        assert_eq!(days_from_civil(2000 * 12 + 2), 11_017.0);
        assert_eq!(days_from_civil(2024 * 12 + 2) - days_from_civil(2024 * 12), 60.0);
    }

    #[test]
    fn a_line_goes_on() {
        let y: Vec<f64> = (0..20).map(|t| 100.0 + 5.0 * f64::from(t)).collect();
        let found = prophet(&y, CONTEXT, 3).unwrap();
        assert!((found[2] - 210.0).abs() < 5.0, "{found:?}");
    }

    #[test]
    fn a_year_comes_again() {
        let y: Vec<f64> =
            (0..48).map(|t| 100.0 + 20.0 * (std::f64::consts::TAU * f64::from(t) / 12.0).sin()).collect();
        let found = prophet(&y, CONTEXT, 12).unwrap();
        assert!(found[3] > 110.0 && found[9] < 90.0, "{found:?}");
    }

    #[test]
    fn changes_lie_in_the_first_four_fifths() {
        assert_eq!(change_points(36).len(), 25);
        assert!(change_points(36).iter().all(|t| (1..28).contains(t)));
        assert_eq!(change_points(3), [1]);
    }
}
