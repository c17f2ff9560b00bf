//! The minimum of a smooth function of a few unknowns.
//!
//! A library's search gives nothing when its line search stalls, as it does on likelihoods that are flat; here the best
//! point that was met is what is wanted. Broyden, Fletcher, Goldfarb and Shanno's method (Nocedal and Wright, Numerical
//! Optimization, 2006, 6.1) with a line search by halving and derivatives by differences.

const DIFFERENCE: f64 = 1e-5;
/// Share of the promised decrease that a step must bring (Armijo).
const DECREASE: f64 = 1e-4;
const HALVINGS: usize = 25;

/// The best point that at most `steps` steps from `start` find, and the value there.
pub fn minimum(
    start: &[f64],
    steps: usize,
    tolerance: f64,
    mut value: impl FnMut(&[f64]) -> f64,
) -> (Vec<f64>, f64) {
    let n = start.len();
    let mut point = start.to_vec();
    let mut here = value(&point);
    let mut slope = gradient(&point, &mut value);
    // The inverse of the second derivative, as far as it is known.
    let mut inverse = identity(n);
    for _ in 0..steps {
        let mut direction: Vec<f64> = (0..n).map(|i| -dot(&inverse[i * n..][..n], &slope)).collect();
        let mut descent = dot(&direction, &slope);
        if descent.is_nan() || descent >= 0.0 {
            inverse = identity(n);
            direction = slope.iter().map(|slope| -slope).collect();
            descent = dot(&direction, &slope);
        }
        if descent.abs() <= f64::EPSILON {
            break;
        }
        let Some((next, there)) = along(&point, &direction, here, descent, &mut value) else { break };
        let next_slope = gradient(&next, &mut value);
        let moved: Vec<f64> = next.iter().zip(&point).map(|(a, b)| a - b).collect();
        let turned: Vec<f64> = next_slope.iter().zip(&slope).map(|(a, b)| a - b).collect();
        update(&mut inverse, &moved, &turned);
        let gain = here - there;
        (point, here, slope) = (next, there, next_slope);
        if gain <= tolerance * (here.abs() + tolerance) {
            break;
        }
    }
    (point, here)
}

/// The first point along a direction, halving the step, that is lower by enough.
fn along(
    point: &[f64],
    direction: &[f64],
    here: f64,
    descent: f64,
    value: &mut impl FnMut(&[f64]) -> f64,
) -> Option<(Vec<f64>, f64)> {
    let mut step = 1.0;
    for _ in 0..HALVINGS {
        let next: Vec<f64> = point.iter().zip(direction).map(|(p, d)| p + step * d).collect();
        let there = value(&next);
        if there <= here + DECREASE * step * descent {
            return Some((next, there));
        }
        step *= 0.5;
    }
    None
}

fn update(inverse: &mut [f64], moved: &[f64], turned: &[f64]) {
    let n = moved.len();
    let curvature = dot(moved, turned);
    if curvature <= 1e-12 {
        return;
    }
    let by_turned: Vec<f64> = (0..n).map(|i| dot(&inverse[i * n..][..n], turned)).collect();
    let factor = 1.0 + dot(turned, &by_turned) / curvature;
    for i in 0..n {
        for j in 0..n {
            inverse[i * n + j] +=
                (factor * moved[i] * moved[j] - by_turned[i] * moved[j] - moved[i] * by_turned[j])
                    / curvature;
        }
    }
}

fn gradient(point: &[f64], value: &mut impl FnMut(&[f64]) -> f64) -> Vec<f64> {
    let mut beside = point.to_vec();
    (0..point.len())
        .map(|i| {
            beside[i] = point[i] + DIFFERENCE;
            let above = value(&beside);
            beside[i] = point[i] - DIFFERENCE;
            let below = value(&beside);
            beside[i] = point[i];
            (above - below) / (2.0 * DIFFERENCE)
        })
        .collect()
}

fn identity(n: usize) -> Vec<f64> {
    (0..n * n).map(|i| if i / n == i % n { 1.0 } else { 0.0 }).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_valley_of_rosenbrock_is_followed_to_its_end() {
        let (point, value) = minimum(&[-1.2, 1.0], 200, 1e-14, |x| {
            (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2)
        });
        assert!(value < 1e-8 && (point[0] - 1.0).abs() < 1e-3, "{point:?} {value}");
    }
}
