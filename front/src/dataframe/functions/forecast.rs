//! `forecast`: the periods after the last one of the input, and the rules that both forecasts share.

use super::series::{forecast_all, Gathered};
use crate::dataframe::arguments::Arguments;
use crate::dataframe::calendar::Period;
use crate::dataframe::frame::{Column, Frame, Values};
use crate::dataframe::function::{Output, Places, Stop, Work};
use crate::dataframe::refusal::{Refusal, Result};
use dfa_forecast::{Model, Rules};

/// What is chosen from when the catalog says nothing.
const MODELS: [&str; 7] = ["expo01", "expo02", "expo03", "theta", "croston", "snaive", "sma02"];
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
    fn take(&mut self, rows: Frame) -> Result<()> {
        self.gathered.take(&rows, &self.places)
    }

    fn finish(self: Box<Self>, stop: &Stop) -> Result<Output> {
        // Without a date there is nothing to forecast, and each id says why.
        let last = self.gathered.last_period().unwrap_or(0);
        let series = self.gathered.series(last);
        let all = forecast_all(&series, self.periods, self.period, &self.rules, stop)?;
        let rows = all.iter().filter(|one| one.choice.is_some()).count() * self.periods;
        let mut ids = Vec::with_capacity(rows);
        let mut days = Vec::with_capacity(rows);
        let mut models: Vec<Option<Box<str>>> = Vec::with_capacity(rows);
        let [mut values, mut lower, mut upper] = [(); 3].map(|()| Vec::with_capacity(rows));
        let mut notes = Vec::with_capacity(all.len());
        for one in all {
            if let Some(choice) = &one.choice {
                for (step, value) in choice.values.iter().enumerate() {
                    ids.push(Some(one.id.clone().into()));
                    days.push(Some(self.period.start(last + 1 + step as i64)));
                    values.push(Some(*value));
                    models.push(one.note.model.as_deref().map(Into::into));
                    let around = choice.deviations.as_ref().map(|deviations| deviations[step] * WITHIN);
                    let around = around.filter(|around| (value + around).is_finite());
                    let floor = if self.rules.negative { f64::NEG_INFINITY } else { 0.0 };
                    lower.push(around.map(|around| (value - around).max(floor)));
                    upper.push(around.map(|around| value + around));
                }
            }
            notes.push(one.note);
        }
        let columns = vec![
            Column::new("id", Values::Text(ids)),
            Column::new("ds", Values::Date(days)),
            Column::new("y", Values::Double(values)),
            Column::new("model", Values::Text(models)),
            Column::new("lower", Values::Double(lower)),
            Column::new("upper", Values::Double(upper)),
        ];
        Ok(Output { frame: Frame { columns }, notes })
    }

    fn memory(&self) -> usize {
        self.gathered.memory()
    }
}
