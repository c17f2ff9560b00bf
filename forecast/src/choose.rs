//! Which models of a list would have forecast a series best, and the mean of their forecasts.

use crate::model::{Context, Forecast, Hints, Model, NoForecast};

/// How models are chosen.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The candidates; of equal errors the one that stands first is taken.
    pub models: Vec<Model>,
    /// How many of them are averaged.
    pub best: usize,
    /// Cut-offs: the last 1 … `tests` periods are forecast from what lies before them.
    pub tests: usize,
    /// Forecasts below zero stay.
    pub negative: bool,
}

/// What became of a series.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Empty where no chosen model gave a forecast.
    pub values: Vec<f64>,
    /// Standard deviations, where all chosen models have them.
    pub deviations: Option<Vec<f64>>,
    /// The models that were averaged, best first.
    pub chosen: Vec<Model>,
    /// The mean absolute error of each candidate over all its cut-offs; infinite where it had none.
    pub errors: Vec<(Model, f64)>,
    /// Why chosen models gave nothing.
    pub reasons: Vec<NoForecast>,
}

/// Forecasts `horizon` periods of a regular series by the models that would have done best.
///
/// For k = 1 … `tests` each model forecasts the last k periods from those before; its error is the mean of all absolute
/// errors, so that long horizons weigh most. The first `best` of the models by error are taken, whether or not they give
/// a forecast; the result is the plain mean of those that do.
pub fn choose(y: &[f64], horizon: usize, context: Context, rules: &Rules) -> Choice {
    let mut hints = Hints::new();
    // The whole series first: what is cut off its end begins at its parameters.
    let forecasts: Vec<Result<Forecast, NoForecast>> =
        rules.models.iter().map(|model| model.forecast(y, horizon, context, &mut hints)).collect();
    let errors: Vec<(Model, f64)> = rules
        .models
        .iter()
        .map(|model| (*model, error_of(*model, y, horizon, context, rules.tests, &hints)))
        .collect();
    let mut order: Vec<usize> = (0..errors.len()).collect();
    order.sort_by(|a, b| errors[*a].1.total_cmp(&errors[*b].1));
    order.truncate(rules.best);
    let mut taken = Vec::new();
    let mut chosen = Vec::new();
    let mut reasons = Vec::new();
    for position in order {
        match &forecasts[position] {
            Ok(forecast) => {
                taken.push(forecast);
                chosen.push(errors[position].0);
            }
            Err(reason) => reasons.push(reason.clone()),
        }
    }
    let mut values = mean(taken.iter().map(|forecast| forecast.values.as_slice()));
    if !rules.negative {
        values.iter_mut().for_each(|value| *value = value.max(0.0));
    }
    let known: Option<Vec<&[f64]>> = taken.iter().map(|forecast| forecast.deviations.as_deref()).collect();
    let deviations = known.filter(|known| !known.is_empty()).map(|known| mean(known.into_iter()));
    Choice { values, deviations, chosen, errors, reasons }
}

/// The mean of some rows of numbers, element by element, of those that reach so far; empty without rows.
fn mean<'a>(rows: impl Iterator<Item = &'a [f64]>) -> Vec<f64> {
    let mut sums: Vec<(f64, f64)> = Vec::new();
    for row in rows {
        sums.resize(sums.len().max(row.len()), (0.0, 0.0));
        for ((sum, count), value) in sums.iter_mut().zip(row) {
            *sum += value;
            *count += 1.0;
        }
    }
    sums.into_iter().map(|(sum, count)| sum / count).collect()
}

fn error_of(model: Model, y: &[f64], horizon: usize, context: Context, tests: usize, hints: &Hints) -> f64 {
    let (mut sum, mut count) = (0.0, 0);
    for cut in 1..=tests.min(y.len()) {
        let (known, held_out) = y.split_at(y.len() - cut);
        let pairs = cut.min(horizon);
        // Each from the parameters of the whole series, so that the order of cut-offs is nothing.
        let mut hints = hints.clone();
        if let Ok(forecast) = model.forecast(known, pairs, context, &mut hints) {
            sum += forecast.values.iter().zip(held_out).map(|(f, y)| (f - y).abs()).sum::<f64>();
            count += forecast.values.len();
        }
    }
    if count == 0 {
        f64::INFINITY
    } else {
        sum / count as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONTHS: Context = Context { season: 12, first_month: 2021 * 12 };

    fn rules(models: &[&str], best: usize, tests: usize) -> Rules {
        let models = models.iter().map(|name| Model::named(name).unwrap()).collect();
        Rules { models, best, tests, negative: false }
    }

    #[test]
    fn the_model_that_fits_is_chosen() {
        let y: Vec<f64> = (0..24).map(|t| 10.0 + f64::from(t)).collect();
        let choice = choose(&y, 3, MONTHS, &rules(&["sma01", "expo02", "ema01"], 1, 6));
        assert_eq!(choice.chosen, [Model::named("expo02").unwrap()]);
        assert!((choice.values[2] - 36.0).abs() < 1e-3, "{choice:?}");
    }

    #[test]
    fn equal_errors_keep_the_order_of_the_list() {
        let choice = choose(&[3.0], 2, MONTHS, &rules(&["sma02", "sma01", "expo01"], 2, 6));
        assert_eq!(choice.chosen, [Model::SimpleMean(6), Model::SimpleMean(3)]);
        assert_eq!(choice.values, [3.0, 3.0]);
    }

    #[test]
    fn the_first_are_taken_though_they_give_nothing() {
        let choice = choose(&[3.0], 2, MONTHS, &rules(&["expo01", "expo02", "expo03", "sma01"], 3, 6));
        assert!(choice.values.is_empty() && choice.chosen.is_empty());
        assert_eq!(choice.reasons.len(), 3);
    }

    #[test]
    fn a_forecast_below_zero_is_zero_after_the_mean() {
        let y: Vec<f64> = (0..12).map(|t| 11.0 - f64::from(t)).collect();
        let mut rules = rules(&["expo02"], 1, 0);
        assert_eq!(choose(&y, 2, MONTHS, &rules).values, [0.0, 0.0]);
        rules.negative = true;
        assert!(choose(&y, 2, MONTHS, &rules).values[1] < -1.9);
    }

    #[test]
    fn the_same_series_gives_the_same_bits() {
        let y: Vec<f64> = (0..36).map(|t| f64::from(t * 7919 % 31)).collect();
        let rules = rules(&["expo01", "expo02", "expo03", "sma01", "wma01", "wma02", "ema01"], 3, 6);
        assert_eq!(choose(&y, 12, MONTHS, &rules).values, choose(&y, 12, MONTHS, &rules).values);
    }
}
