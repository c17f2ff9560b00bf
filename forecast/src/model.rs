//! The models by the names that catalogs give them.

use crate::arima::{self, Orders};
use crate::smoothing::{Parameters, Shape, Trend};
use crate::{average, forest, growth, library, prophet};
use std::collections::HashMap;

/// A way to forecast a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Model {
    /// The mean of the last so many values.
    SimpleMean(usize),
    /// Their weighted mean.
    WeightedMean(usize),
    /// The exponential mean of so many periods.
    ExponentialMean(usize),
    /// Exponential smoothing: a level, and these beside it.
    Smoothed(Trend, Season),
    Theta,
    Croston,
    /// ARIMA(4, 1, 4).
    Arima,
    /// ARMA(4, 4) of the growth over a season.
    ArimaOfGrowth,
    /// A regression forest over lags and calendar.
    Forest,
    /// The same of the growth over a season.
    ForestOfGrowth,
    Prophet,
    /// The last value.
    Naive,
    /// The value of a season ago.
    SeasonalNaive,
}

/// How a season of exponential smoothing works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Season {
    None,
    Additive,
    /// Additive of the logarithms: it grows with the level. Such a series has values above zero alone.
    Multiplicative,
}

const ORDERS: Orders = Orders { auto_regressive: 4, moving_average: 4 };

/// Every name of a model, as the parameter `forecast_model` lists them.
const NAMES: [(&str, Model); 25] = [
    ("sma01", Model::SimpleMean(3)),
    ("sma02", Model::SimpleMean(6)),
    ("sma03", Model::SimpleMean(12)),
    ("wma01", Model::WeightedMean(3)),
    ("wma02", Model::WeightedMean(6)),
    ("wma03", Model::WeightedMean(12)),
    ("ema01", Model::ExponentialMean(3)),
    ("ema02", Model::ExponentialMean(6)),
    ("ema03", Model::ExponentialMean(12)),
    ("expo01", Model::Smoothed(Trend::None, Season::None)),
    ("expo02", Model::Smoothed(Trend::Straight, Season::None)),
    ("expo03", Model::Smoothed(Trend::Straight, Season::Additive)),
    ("expo04", Model::Smoothed(Trend::Damped, Season::None)),
    ("expo05", Model::Smoothed(Trend::Damped, Season::Additive)),
    ("expo06", Model::Smoothed(Trend::None, Season::Additive)),
    ("expo07", Model::Smoothed(Trend::Damped, Season::Multiplicative)),
    ("theta", Model::Theta),
    ("croston", Model::Croston),
    ("arima01", Model::Arima),
    ("arima02", Model::ArimaOfGrowth),
    ("randomforest01", Model::Forest),
    ("randomforest02", Model::ForestOfGrowth),
    ("prophet01", Model::Prophet),
    ("naive", Model::Naive),
    ("snaive", Model::SeasonalNaive),
];

/// What a series is beside its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    /// Periods of a year, or of whatever comes again: 12 of months, 52 of weeks.
    pub season: usize,
    /// The month of the first value, counted from January of year 0; for the models that look at the calendar.
    pub first_month: i64,
}

/// The values of the periods to come.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// As many as were asked for; fewer where a model does not reach so far.
    pub values: Vec<f64>,
    /// Their standard deviations, where the model has them.
    pub deviations: Option<Vec<f64>>,
}

/// Why a model gives nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoForecast {
    #[error("{model} needs {needed} values and the series has {found}")]
    TooShort { model: &'static str, needed: usize, found: usize },
    #[error("{model} needs values above zero")]
    NotPositive { model: &'static str },
}

/// Parameters that a model had on a longer part of the same series: a fit of the rest begins there.
pub type Hints = HashMap<Model, Parameters>;

impl Model {
    /// The model of a name; its case does not matter.
    pub fn named(name: &str) -> Option<Model> {
        NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.trim())).map(|(_, model)| *model)
    }

    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, model)| *model == self).map_or("", |(name, _)| name)
    }

    /// All names, in the order in which documents list them.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }

    /// Fewer values give no forecast.
    pub fn least(self, context: Context) -> usize {
        match self {
            Model::Smoothed(trend, season) => shape(trend, season, context).least(),
            Model::SeasonalNaive => context.season,
            Model::Arima => 3,
            Model::Theta => library::LEAST_FOR_THETA,
            Model::ArimaOfGrowth => context.season + 3,
            Model::Forest => forest::LEAST,
            Model::ForestOfGrowth => context.season + forest::LEAST,
            Model::Prophet => prophet::LEAST,
            _ => 1,
        }
    }

    /// Forecasts `horizon` periods. The parameters of a fit go into `hints`, and the next fit begins at them.
    ///
    /// # Errors
    /// A series that is too short for the model.
    pub fn forecast(
        self,
        y: &[f64],
        horizon: usize,
        context: Context,
        hints: &mut Hints,
    ) -> Result<Forecast, NoForecast> {
        let flat = |value: Option<f64>| value.map(|value| vec![value; horizon]);
        let values = match self {
            Model::SimpleMean(width) => flat(average::simple(y, width)),
            Model::WeightedMean(width) => flat(average::weighted(y, width)),
            Model::ExponentialMean(span) => flat(average::exponential(y, span)),
            Model::Theta => library::theta(y, context.season, horizon),
            Model::Croston => library::croston(y, horizon),
            Model::Arima => arima::differenced(y, ORDERS, horizon),
            Model::Forest => forest::forest(y, context, horizon),
            Model::Prophet => prophet::prophet(y, context, horizon),
            Model::ArimaOfGrowth | Model::ForestOfGrowth => self.by_growth(y, context, horizon),
            Model::Naive => flat(y.last().copied()),
            Model::SeasonalNaive => y
                .len()
                .checked_sub(context.season)
                .map(|from| (0..horizon).map(|step| y[from + step % context.season]).collect()),
            Model::Smoothed(trend, season) => {
                return self.smoothed(y, trend, season, horizon, context, hints)
            }
        };
        values.map(|values| Forecast { values, deviations: None }).ok_or_else(|| self.too_short(y, context))
    }

    /// Only the first season to come has a value of a season ago: the forecast may be shorter than `horizon`.
    fn by_growth(self, y: &[f64], context: Context, horizon: usize) -> Option<Vec<f64>> {
        if y.len() < self.least(context) {
            return None;
        }
        let rates = growth::growth(y, context.season);
        let horizon = horizon.min(context.season);
        let later = Context { first_month: context.first_month + context.season as i64, ..context };
        let ahead = match self {
            Model::ArimaOfGrowth => arima::stationary(&rates, ORDERS, horizon),
            _ => forest::forest(&rates, later, horizon),
        }?;
        Some(growth::values(y, context.season, &ahead))
    }

    fn smoothed(
        self,
        y: &[f64],
        trend: Trend,
        season: Season,
        horizon: usize,
        context: Context,
        hints: &mut Hints,
    ) -> Result<Forecast, NoForecast> {
        let logarithms = match season {
            Season::Multiplicative if y.iter().any(|value| *value <= 0.0) => {
                return Err(NoForecast::NotPositive { model: self.name() })
            }
            Season::Multiplicative => Some(y.iter().map(|value| value.ln()).collect::<Vec<f64>>()),
            _ => None,
        };
        let fitted = shape(trend, season, context).fit(logarithms.as_deref().unwrap_or(y), hints.get(&self));
        let fitted = fitted.ok_or_else(|| self.too_short(y, context))?;
        hints.insert(self, fitted.parameters);
        let (mut values, mut deviations) = (fitted.forecast(horizon), fitted.deviations(horizon));
        if logarithms.is_some() {
            // Of a lognormal distribution: its median, which is the forecast of least absolute error, and its deviation.
            for (value, deviation) in values.iter_mut().zip(&mut deviations) {
                let variance = *deviation * *deviation;
                *value = value.exp();
                *deviation = *value * (variance.exp_m1() * variance.exp()).sqrt();
            }
        }
        Ok(Forecast { values, deviations: Some(deviations) })
    }

    /// The sum of squared one-step errors of a model that is fitted by it.
    pub fn squares(self, y: &[f64], context: Context) -> Option<f64> {
        match self {
            Model::Smoothed(_, Season::Multiplicative) => None,
            Model::Smoothed(trend, season) => Some(shape(trend, season, context).fit(y, None)?.squares),
            _ => None,
        }
    }

    fn too_short(self, y: &[f64], context: Context) -> NoForecast {
        NoForecast::TooShort { model: self.name(), needed: self.least(context), found: y.len() }
    }
}

fn shape(trend: Trend, season: Season, context: Context) -> Shape {
    Shape { trend, season: if season == Season::None { 0 } else { context.season } }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONTHS: Context = Context { season: 12, first_month: 2021 * 12 };

    #[test]
    fn a_multiplicative_season_grows_with_the_level() {
        let wave = |t: i32| 100.0 * 1.02_f64.powi(t) * (1.0 + 0.05 * f64::from(t % 12));
        let y: Vec<f64> = (0..48).map(wave).collect();
        let model = Model::named("expo07").unwrap();
        let found = model.forecast(&y, 12, MONTHS, &mut Hints::new()).unwrap();
        for (step, value) in found.values.iter().enumerate() {
            // Its trend is damped, and the season of the year is all there.
            let expected = wave(48 + step as i32);
            assert!((value / expected - 1.0).abs() < 0.03, "{step}: {value} is not {expected}");
        }
        assert!(found.deviations.is_some_and(|all| all.iter().all(|it| it.is_finite() && *it >= 0.0)));
    }

    #[test]
    fn a_multiplicative_season_has_no_zeros() {
        let refused = Model::named("expo07").unwrap().forecast(&[0.0; 48], 2, MONTHS, &mut Hints::new());
        assert_eq!(refused, Err(NoForecast::NotPositive { model: "expo07" }));
    }
}
