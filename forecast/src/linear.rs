//! Least squares of a few unknowns, for fits that solve thousands of them.

/// `min |constant + matrix · x|²`, its rows given one at a time.
///
/// By the normal equations and Cholesky's factorisation (Golub and Van Loan, Matrix Computations, 4.2 and 5.3), with a
/// ridge of 1e-10 of the greatest diagonal element, so that unknowns that nothing depends on come out as 0.
#[derive(Debug, Clone)]
pub struct LeastSquares {
    unknowns: usize,
    /// Lower triangle of `matrixᵀ · matrix`, row by row.
    gram: Vec<f64>,
    /// `matrixᵀ · constant`.
    moment: Vec<f64>,
    factor: Vec<f64>,
}

const RIDGE: f64 = 1e-10;

impl LeastSquares {
    pub fn new(unknowns: usize) -> LeastSquares {
        let square = unknowns * unknowns;
        LeastSquares {
            unknowns,
            gram: vec![0.0; square],
            moment: vec![0.0; unknowns],
            factor: vec![0.0; square],
        }
    }

    pub fn clear(&mut self) {
        self.gram.fill(0.0);
        self.moment.fill(0.0);
    }

    /// Adds `constant + coefficients · x` to what is to be small.
    pub fn add(&mut self, constant: f64, coefficients: &[f64]) {
        for (row, &value) in coefficients.iter().enumerate() {
            let line = &mut self.gram[row * self.unknowns..][..=row];
            for (sum, other) in line.iter_mut().zip(coefficients) {
                *sum += value * other;
            }
            self.moment[row] += value * constant;
        }
    }

    /// The solution, into `x`.
    pub fn solve(&mut self, x: &mut [f64]) {
        let n = self.unknowns;
        let greatest = (0..n).map(|i| self.gram[i * n + i]).fold(0.0, f64::max);
        let ridge = RIDGE * greatest + f64::MIN_POSITIVE;
        for row in 0..n {
            for column in 0..=row {
                let (upper, lower) = self.factor.split_at(row * n);
                let own = &lower[..column];
                let other = if row == column { own } else { &upper[column * n..][..column] };
                let known: f64 = own.iter().zip(other).map(|(a, b)| a * b).sum();
                let rest = self.gram[row * n + column] - known;
                self.factor[row * n + column] = if row == column {
                    (rest + ridge).max(ridge).sqrt()
                } else {
                    rest / self.factor[column * n + column]
                };
            }
        }
        for row in 0..n {
            let known: f64 = self.factor[row * n..][..row].iter().zip(&*x).map(|(a, b)| a * b).sum();
            x[row] = (-self.moment[row] - known) / self.factor[row * n + row];
        }
        for row in (0..n).rev() {
            let known: f64 = (row + 1..n).map(|below| self.factor[below * n + row] * x[below]).sum();
            x[row] = (x[row] - known) / self.factor[row * n + row];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_through_three_points_is_found() {
        let mut fit = LeastSquares::new(2);
        // y = 1 + 2 t, as errors y - a - b t
        for t in [0.0, 1.0, 2.0] {
            fit.add(1.0 + 2.0 * t, &[-1.0, -t]);
        }
        let mut x = [0.0; 2];
        fit.solve(&mut x);
        assert!((x[0] - 1.0).abs() < 1e-8 && (x[1] - 2.0).abs() < 1e-8, "{x:?}");
    }

    #[test]
    fn an_unknown_that_nothing_depends_on_is_zero() {
        let mut fit = LeastSquares::new(2);
        fit.add(-3.0, &[1.0, 0.0]);
        let mut x = [0.0; 2];
        fit.solve(&mut x);
        assert!((x[0] - 3.0).abs() < 1e-8 && x[1] == 0.0, "{x:?}");
    }
}
