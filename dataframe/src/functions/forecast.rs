//! `forecast`: the periods after the last one of the input, and the rules that both forecasts share.

use super::series::{forecast_all, Forecasted, Gathered};
use crate::arguments::Arguments;
use crate::calendar::{number, Period};
use crate::function::{Output, Parts, Places, Work};
use crate::refusal::{Refusal, Result};
use dfa_forecast::{Model, Rules};
use polars::prelude::*;

/// What is chosen from when the catalog says nothing. A trend that goes on for ever is not among them: over a year, damped
/// ones do better (Gardner 2006), as they do on every set of `scripts/forecast-peers.sh`.
const MODELS: [&str; 8] = ["expo01", "expo04", "expo05", "expo06", "expo07", "theta", "croston", "ema02"];
/// Of a normal distribution, 95 % lie within so many deviations.
const WITHIN: f64 = 1.959_963_984_540_054;

pub struct Forecast {
    places: Places,
    period: Period,
    periods: usize,
    rules: Rules,
    gathered: Gathered,
}

/// How models are chosen, by the parameters of a catalog.
///
/// # Errors
/// A model that nobody knows, numbers that make no sense.
pub fn rules(arguments: &Arguments) -> Result<Rules> {
    let mut names = arguments.list(&["forecast_model", "model"]);
    if names.is_empty() {
        names = MODELS.map(str::to_owned).to_vec();
    }
    let models: Result<Vec<Model>> = names
        .iter()
        .map(|name| {
            Model::named(name).ok_or_else(|| {
                let known: Vec<&str> = Model::names().collect();
                Refusal::new(format!("model '{name}' of parameter 'forecast_model' is not known"))
                    .hint(format!("The models are {}.", known.join(", ")))
            })
        })
        .collect();
    Ok(Rules {
        models: models?,
        best: arguments.whole("forecast_top_model", 3, 1, 100)?,
        tests: arguments.whole("forecast_test_period", 6, 1, 120)?,
        negative: arguments.flag("forecast_allow_negative"),
    })
}

impl Forecast {
    pub fn new(arguments: &Arguments, places: Places) -> Result<Forecast> {
        let words = [("month", Period::Month), ("week", Period::Week)];
        let period = arguments.word("forecast_period", &words, Some(Period::Month))?;
        let periods = arguments.whole("forecast_end_period", 12, 1, 1200)?;
        Ok(Forecast { places, period, periods, rules: rules(arguments)?, gathered: Gathered::new(period) })
    }
}

impl Work for Forecast {
    fn take(&mut self, rows: DataFrame) -> Result<()> {
        self.gathered.take(&rows, &self.places)
    }

    fn finish(self: Box<Self>) -> Result<Parts> {
        // Without a date there is nothing to forecast, and each id says why.
        let last = self.gathered.last_period().unwrap_or(0);
        let ends = self.period.start(last + self.periods as i64);
        if ends == jiff::civil::Date::MAX {
            return Err(Refusal::new("the forecast would reach beyond the year 9999")
                .detail(format!("The input ends with {}.", self.period.start(last)))
                .hint("A date that is far from the rest is often a wrong one: look at max(ds)."));
        }
        let Forecast { period, periods, rules, gathered, .. } = *self;
        let starts: Vec<i32> = (1..=periods as i64).map(|step| number(period.start(last + step))).collect();
        let least = if rules.negative { f64::NEG_INFINITY } else { 0.0 };
        let parts = forecast_all(gathered.series(last), periods, period, rules);
        Ok(Box::new(parts.map(move |part| written(part, &starts, least))))
    }

    fn memory(&self) -> usize {
        self.gathered.memory()
    }
}

/// Rows for periods that begin on these days, and notes.
fn written(part: Vec<Forecasted>, starts: &[i32], least: f64) -> Result<Output> {
    let rows = part.iter().filter(|one| one.choice.is_some()).count() * starts.len();
    let mut ids = StringChunkedBuilder::new("id".into(), rows);
    let mut models = StringChunkedBuilder::new("model".into(), rows);
    let mut days = Vec::with_capacity(rows);
    let mut values = Vec::with_capacity(rows);
    let (mut lower, mut upper) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    let mut notes = Vec::with_capacity(part.len());
    for one in part {
        for (step, value) in one.choice.iter().flat_map(|choice| choice.values.iter().enumerate()) {
            ids.append_value(&one.id);
            models.append_option(one.note.model.as_deref());
            days.push(starts[step]);
            values.push(*value);
            let around = one.choice.as_ref().and_then(|choice| choice.deviations.as_ref());
            let around = around.map(|deviations| deviations[step] * WITHIN);
            let around = around.filter(|around| (value + around).is_finite());
            lower.push(around.map(|around| (value - around).max(least)));
            upper.push(around.map(|around| value + around));
        }
        notes.push(one.note);
    }
    let columns = vec![
        ids.finish().into_column(),
        Int32Chunked::from_vec("ds".into(), days).into_date().into_column(),
        Column::new("y".into(), values),
        models.finish().into_column(),
        Column::new("lower".into(), lower),
        Column::new("upper".into(), upper),
    ];
    Ok(Output { frame: DataFrame::new_infer_height(columns)?, notes })
}
