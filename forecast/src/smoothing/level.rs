//! Simple exponential smoothing, for which the search can be far cheaper: one parameter, and one state.
//!
//! For a given α each error is a − b · l₀, so the best l₀ and the sum of squares have a closed form. A row of α is tried in
//! one pass over the series, as lanes of vectors; the next row lies around the best of it.

use super::{Parameters, Smoothing};

/// Points of α that go through a series together.
const LANES: usize = 16;
/// Rows of them; each is 2 / (LANES − 1) as wide as the one before, so the last one's step is 3e-7.
const ROWS: usize = 8;

/// What a pass over the series leaves of each α: sums of a², a·b and b², and the level as a + b · l₀.
struct Pass {
    squares: [f64; LANES],
    both: [f64; LANES],
    ones: [f64; LANES],
    known: [f64; LANES],
    unknown: [f64; LANES],
}

/// The best fit of a series of two values at least.
pub fn fit(y: &[f64]) -> Smoothing {
    // The level of a sale in millions and that of a share are one problem.
    let scale = y.iter().fold(0.0_f64, |greatest, value| greatest.max(value.abs())).max(f64::MIN_POSITIVE);
    let (mut from, mut to) = (0.0, 1.0);
    let mut best = (f64::INFINITY, 0.0, 0.0, 0.0);
    for _ in 0..ROWS {
        let step = (to - from) / (LANES - 1) as f64;
        let alphas: [f64; LANES] = std::array::from_fn(|lane| from + step * lane as f64);
        let pass = run(y, scale, &alphas);
        for (lane, alpha) in alphas.into_iter().enumerate() {
            let start = pass.both[lane] / pass.ones[lane];
            let squares = (pass.squares[lane] - start * pass.both[lane]).max(0.0);
            if squares < best.0 {
                best = (squares, alpha, pass.known[lane] + pass.unknown[lane] * start, start);
            }
        }
        (from, to) = ((best.1 - step).max(0.0), (best.1 + step).min(1.0));
    }
    let (_, alpha, level, start) = best;
    let parameters: Parameters = [alpha, 0.0, 0.0, 0.0];
    Smoothing {
        parameters,
        squares: squares(y, alpha, start * scale),
        level: level * scale,
        slope: 0.0,
        damping: 1.0,
        season: Vec::new(),
        observations: y.len(),
        unknowns: 2,
    }
}

fn run(y: &[f64], scale: f64, alphas: &[f64; LANES]) -> Pass {
    let none = [0.0; LANES];
    let mut pass = Pass { squares: none, both: none, ones: none, known: none, unknown: [1.0; LANES] };
    for value in y {
        let value = value / scale;
        for lane in 0..LANES {
            let missed = value - pass.known[lane];
            let share = pass.unknown[lane];
            pass.squares[lane] += missed * missed;
            pass.both[lane] += missed * share;
            pass.ones[lane] += share * share;
            pass.known[lane] += alphas[lane] * missed;
            pass.unknown[lane] -= alphas[lane] * share;
        }
    }
    pass
}

/// The sum of squares of one fit, without what differences of sums lose.
fn squares(y: &[f64], alpha: f64, start: f64) -> f64 {
    let mut level = start;
    let mut sum = 0.0;
    for value in y {
        let missed = value - level;
        sum += missed * missed;
        level += alpha * missed;
    }
    sum
}
