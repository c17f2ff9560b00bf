//! The search for the smoothing parameters: variable projection, and Levenberg and Marquardt's steps.

use super::{Parameters, Shape, Smoothing, Trend};
use crate::linear::LeastSquares;

/// A number that depends on the unknown states: a constant, then a coefficient for each.
type Affine = Vec<f64>;

/// The least squares problem of one series, solved for one set of parameters after another.
pub struct Search<'y> {
    shape: Shape,
    y: &'y [f64],
    fit: LeastSquares,
    states: Vec<f64>,
    level: Affine,
    slope: Affine,
    /// The next season first at `t` % length.
    season: Vec<Affine>,
    errors: Vec<Affine>,
    residuals: Vec<f64>,
}

/// Steps of the search from one point; it mostly ends after five to ten.
const MOST_STEPS: usize = 40;
/// Relative gain below which it ends.
const GAIN: f64 = 1e-9;
/// Step of the numerical derivative.
const DIFFERENCE: f64 = 1e-5;
/// The best points of the grid from which a descent begins.
const STARTS: usize = 3;

impl<'y> Search<'y> {
    pub fn new(shape: Shape, y: &'y [f64]) -> Search<'y> {
        let unknowns = shape.unknowns();
        Search {
            shape,
            y,
            fit: LeastSquares::new(unknowns),
            states: vec![0.0; unknowns],
            level: vec![0.0; unknowns + 1],
            slope: vec![0.0; unknowns + 1],
            season: vec![vec![0.0; unknowns + 1]; shape.season],
            errors: vec![vec![0.0; unknowns + 1]; y.len()],
            residuals: vec![0.0; y.len()],
        }
    }

    /// The recursion, for all initial states at once.
    fn run(&mut self, parameters: &Parameters) {
        let [alpha, beta, gamma, _] = *parameters;
        let damping = self.shape.damping(parameters);
        let width = self.states.len() + 1;
        self.level.fill(0.0);
        self.level[1] = 1.0;
        self.slope.fill(0.0);
        if self.shape.has_trend() {
            self.slope[2] = 1.0;
        }
        let first_season = width - self.shape.season.saturating_sub(1);
        for (position, season) in self.season.iter_mut().enumerate() {
            season.fill(0.0);
            if position + 1 < self.shape.season {
                season[first_season + position] = 1.0;
            }
        }
        for (t, &y) in self.y.iter().enumerate() {
            let mut none = [];
            let season: &mut [f64] = match self.shape.season {
                0 => &mut none,
                length => &mut self.season[t % length],
            };
            let error = &mut self.errors[t];
            for i in 0..width {
                let value = if i == 0 { y } else { 0.0 };
                let seasonal = season.get(i).copied().unwrap_or(0.0);
                let slope = damping * self.slope[i];
                let missed = value - (self.level[i] + slope + seasonal);
                error[i] = missed;
                self.level[i] += slope + alpha * missed;
                self.slope[i] = slope + alpha * beta * missed;
                if let Some(seasonal) = season.get_mut(i) {
                    *seasonal += gamma * (1.0 - alpha) * missed;
                }
            }
        }
    }

    /// The sum of squares at these parameters, with the best initial states.
    pub fn squares(&mut self, parameters: &Parameters) -> f64 {
        self.run(parameters);
        self.fit.clear();
        for error in &self.errors {
            self.fit.add(error[0], &error[1..]);
        }
        self.fit.solve(&mut self.states);
        for (residual, error) in self.residuals.iter_mut().zip(&self.errors) {
            *residual = at(error, &self.states);
        }
        self.residuals.iter().map(|residual| residual * residual).sum()
    }

    /// The best points of a coarse grid, and the best of those whose trend and season hardly change.
    pub fn starts(&mut self) -> Vec<Parameters> {
        const LEVELS: [f64; 5] = [0.02, 0.15, 0.4, 0.7, 0.95];
        const TRENDS: [f64; 3] = [0.01, 0.15, 0.6];
        const SEASONS: [f64; 3] = [0.02, 0.3, 0.8];
        let trends: &[f64] = if self.shape.has_trend() { &TRENDS } else { &[0.0] };
        let seasons: &[f64] = if self.shape.season > 0 { &SEASONS } else { &[0.0] };
        let damping = if self.shape.trend == Trend::Damped { 0.5 } else { 0.0 };
        let mut points = Vec::new();
        for alpha in LEVELS {
            for &beta in trends {
                for &gamma in seasons {
                    let point = [alpha, beta, gamma, damping];
                    points.push((self.squares(&point), point));
                }
            }
        }
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let calm = points.iter().find(|(_, [_, beta, gamma, _])| *beta <= TRENDS[0] && *gamma <= SEASONS[0]);
        let best = points.iter().take(STARTS);
        best.chain(calm).map(|(_, point)| *point).collect()
    }

    /// Levenberg and Marquardt's search within \[0, 1\], with derivatives by differences.
    pub fn descend(&mut self, start: Parameters) -> (f64, Parameters) {
        let free = self.shape.free();
        let mut point = start;
        let mut squares = self.squares(&point);
        let mut residuals = self.residuals.clone();
        let mut damping = 1e-2;
        let mut normal = LeastSquares::new(free.len());
        let mut slopes = vec![vec![0.0; self.y.len()]; free.len()];
        let mut stale = true;
        for _ in 0..MOST_STEPS {
            if stale {
                for (slope, &position) in slopes.iter_mut().zip(&free) {
                    let step = if point[position] > 0.5 { -DIFFERENCE } else { DIFFERENCE };
                    let mut beside = point;
                    beside[position] += step;
                    self.squares(&beside);
                    for ((slope, beside), here) in slope.iter_mut().zip(&self.residuals).zip(&residuals) {
                        *slope = (beside - here) / step;
                    }
                }
                stale = false;
            }
            let next = step(&mut normal, &residuals, &slopes, &free, &point, damping);
            let found = self.squares(&next);
            if found < squares {
                let gain = squares - found;
                point = next;
                squares = found;
                residuals.copy_from_slice(&self.residuals);
                damping = (damping * 0.2).max(1e-9);
                stale = true;
                if gain <= GAIN * squares {
                    break;
                }
            } else {
                damping *= 8.0;
                if damping > 1e6 {
                    break;
                }
            }
        }
        (squares, point)
    }

    /// The model at the end of the series.
    pub fn end(mut self, parameters: Parameters) -> Smoothing {
        let squares = self.squares(&parameters);
        let value = |state: &Affine| at(state, &self.states);
        let length = self.shape.season;
        let season = (0..length).map(|step| value(&self.season[(self.y.len() + step) % length])).collect();
        Smoothing {
            parameters,
            squares,
            level: value(&self.level),
            slope: value(&self.slope),
            damping: self.shape.damping(&parameters),
            season,
            observations: self.y.len(),
            unknowns: self.states.len() + self.shape.free().len(),
        }
    }
}

fn at(affine: &[f64], states: &[f64]) -> f64 {
    affine[0] + affine[1..].iter().zip(states).map(|(coefficient, state)| coefficient * state).sum::<f64>()
}

/// The next point, held within the box: a parameter that would leave it stays at its bound.
fn step(
    normal: &mut LeastSquares,
    residuals: &[f64],
    slopes: &[Vec<f64>],
    free: &[usize],
    point: &Parameters,
    damping: f64,
) -> Parameters {
    // At most one bound more is met in each round.
    let mut held = vec![false; free.len()];
    let mut move_by = vec![0.0; free.len()];
    let mut row = vec![0.0; free.len()];
    for _ in 0..=free.len() {
        normal.clear();
        let mut scale = vec![0.0; free.len()];
        for (t, residual) in residuals.iter().enumerate() {
            for (k, slope) in slopes.iter().enumerate() {
                row[k] = if held[k] { 0.0 } else { slope[t] };
                scale[k] += row[k] * row[k];
            }
            normal.add(*residual, &row);
        }
        for k in 0..free.len() {
            row.fill(0.0);
            row[k] = (damping * scale[k].max(f64::MIN_POSITIVE)).sqrt();
            normal.add(0.0, &row);
        }
        normal.solve(&mut move_by);
        let mut met = false;
        for (k, &position) in free.iter().enumerate() {
            let target = point[position] + move_by[k];
            let at_bound =
                (point[position] <= 0.0 && target < 0.0) || (point[position] >= 1.0 && target > 1.0);
            if at_bound && !held[k] {
                held[k] = true;
                met = true;
            }
        }
        if !met {
            break;
        }
    }
    let mut next = *point;
    for (k, &position) in free.iter().enumerate() {
        if !held[k] {
            next[position] = (point[position] + move_by[k]).clamp(0.0, 1.0);
        }
    }
    next
}
