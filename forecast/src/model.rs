//! The models by the names that catalogs give them.

use crate::arima::{self, Orders};
use crate::smoothing::{Parameters, Shape, Smoothing};
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
    /// Simple exponential smoothing.
    Level,
    /// Holt's: level and trend.
    Trend,
    /// Holt and Winters': level, trend and an additive season.
    Season,
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

const ORDERS: Orders = Orders { auto_regressive: 4, moving_average: 4 };

/// Every name of a model, as the parameter `forecast_model` lists them.
const NAMES: [(&str, Model); 21] = [
    ("sma01", Model::SimpleMean(3)),
    ("sma02", Model::SimpleMean(6)),
    ("sma03", Model::SimpleMean(12)),
    ("wma01", Model::WeightedMean(3)),
    ("wma02", Model::WeightedMean(6)),
    ("wma03", Model::WeightedMean(12)),
    ("ema01", Model::ExponentialMean(3)),
    ("ema02", Model::ExponentialMean(6)),
    ("ema03", Model::ExponentialMean(12)),
    ("expo01", Model::Level),
    ("expo02", Model::Trend),
    ("expo03", Model::Season),
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
            Model::Level | Model::Trend | Model::Season => self.shape(context).least(),
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
            Model::Level | Model::Trend | Model::Season => {
                let fitted = self.fit(y, context, hints);
                return fitted
                    .map(|fitted| Forecast {
                        values: fitted.forecast(horizon),
                        deviations: Some(fitted.deviations(horizon)),
                    })
                    .ok_or_else(|| self.too_short(y, context));
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

    /// The sum of squared one-step errors of a model that is fitted by it.
    pub fn squares(self, y: &[f64], context: Context) -> Option<f64> {
        let is_fitted = matches!(self, Model::Level | Model::Trend | Model::Season);
        let fitted = is_fitted.then(|| self.fit(y, context, &mut Hints::new())).flatten()?;
        Some(fitted.squares)
    }

    fn too_short(self, y: &[f64], context: Context) -> NoForecast {
        NoForecast::TooShort { model: self.name(), needed: self.least(context), found: y.len() }
    }

    fn shape(self, context: Context) -> Shape {
        match self {
            Model::Season => Shape { trend: true, season: context.season },
            Model::Trend => Shape { trend: true, season: 0 },
            _ => Shape { trend: false, season: 0 },
        }
    }

    fn fit(self, y: &[f64], context: Context, hints: &mut Hints) -> Option<Smoothing> {
        let fitted = self.shape(context).fit(y, hints.get(&self))?;
        hints.insert(self, fitted.parameters);
        Some(fitted)
    }
}
