//! The one table of DataFrame functions and of the names that they have elsewhere: a file each.

mod abc_class;
mod forecast;
mod min_max_service_level;
mod pivot;
mod prod_cls_criteria;
mod resample;
mod rolling;
mod run_tbl_forecast;
mod sql;

use super::signature::{column, optional, Column, Kind, Parameter, Signature, Takes};

const SERIES: &[Column] = &[column("id", Kind::Text), column("ds", Kind::Date), column("y", Kind::Number)];

/// Each model of `dfa_forecast`, in the order in which documents list them.
pub const MODELS: &[&str] = &[
    "sma01",
    "sma02",
    "sma03",
    "wma01",
    "wma02",
    "wma03",
    "ema01",
    "ema02",
    "ema03",
    "expo01",
    "expo02",
    "expo03",
    "expo04",
    "expo05",
    "expo06",
    "expo07",
    "theta",
    "croston",
    "arima01",
    "arima02",
    "randomforest01",
    "randomforest02",
    "prophet01",
    "naive",
    "snaive",
];
const STATISTICS: &[&str] = &["sum", "mean", "min", "max", "first", "last", "count"];

const MODEL: Parameter = Parameter {
    name: "forecast_model",
    aliases: &["model"],
    required: false,
    takes: Takes::Words(MODELS),
    about: "models to choose from, of equal errors the first",
};
const BEST: Parameter =
    optional("forecast_top_model", Takes::Whole(1, 100), "how many of the best are averaged (3)");
const TESTS: Parameter =
    optional("forecast_test_period", Takes::Whole(1, 120), "cut-offs by which models are judged (6)");
const PERIODS: Parameter = optional("forecast_end_period", Takes::Whole(1, 1200), "periods to forecast (12)");
const PERIODS_OR_NONE: Parameter =
    optional("forecast_end_period", Takes::Whole(0, 1200), "months after the first one (12)");
const NEGATIVE: Parameter =
    optional("forecast_allow_negative", Takes::Words(&["Y", "N"]), "Y keeps forecasts below zero (N)");

static FUNCTIONS: [&Signature; 9] = [
    &forecast::SIGNATURE,
    &run_tbl_forecast::SIGNATURE,
    &min_max_service_level::SIGNATURE,
    &prod_cls_criteria::SIGNATURE,
    &resample::SIGNATURE,
    &pivot::SIGNATURE,
    &rolling::SIGNATURE,
    &abc_class::SIGNATURE,
    &sql::SIGNATURE,
];

/// The function that a catalog names.
pub fn named(name: &str) -> Option<&'static Signature> {
    let name = name.trim();
    FUNCTIONS.into_iter().find(|it| it.name == name || it.aliases.contains(&name))
}

/// All names, those from elsewhere too.
pub fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.into_iter().flat_map(|it| std::iter::once(it.name).chain(it.aliases.iter().copied()))
}
