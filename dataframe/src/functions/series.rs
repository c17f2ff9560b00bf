//! Regular series from rows: sums by id and period, and what is known of the input as a whole.

use crate::calendar::{civil, Period};
use crate::column::{days, numbers, texts};
use crate::function::{Note, Places};
use crate::refusal::{Refusal, Result};
use dfa_forecast::{choose, Choice, Context, Model, Rules};
use jiff::ToSpan;
use polars::prelude::DataFrame;
use rayon::prelude::*;
use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::panic::{catch_unwind, AssertUnwindSafe};

/// No series is longer: 200 years of months. A date that stands for "never" would make each of them so.
const MOST_PERIODS: i64 = 2_400;

/// Series whose forecasts are kept at once, until they are written.
const PART: usize = 1024;

/// A sum to twice the precision of a double, so that the order of the rows is nothing.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    sum: f64,
    rest: f64,
}

impl Sum {
    fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        // Knuth's TwoSum: what the addition lost.
        let part = sum - self.sum;
        let lost = (self.sum - (sum - part)) + (value - part);
        self.rest += lost;
        self.sum = sum;
    }

    fn value(self) -> f64 {
        self.sum + self.rest
    }
}

/// What is known of one id.
#[derive(Debug, Default)]
struct Known {
    /// In the order of their periods, in which a load mostly gives them.
    sums: Vec<(i64, Sum)>,
    /// Rows whose y is infinite, and those without a date.
    infinite: u64,
    undated: u64,
}

impl Known {
    /// Adds to the sum of a period; whether that is its first value.
    fn add(&mut self, period: i64, value: f64) -> bool {
        let place = match self.sums.last() {
            Some(last) if last.0 < period => Err(self.sums.len()),
            _ => self.sums.binary_search_by_key(&period, |sum| sum.0),
        };
        match place {
            Ok(place) => {
                self.sums[place].1.add(value);
                false
            }
            Err(place) => {
                let mut sum = Sum::default();
                sum.add(value);
                self.sums.insert(place, (period, sum));
                true
            }
        }
    }

    /// A value for each period of a range.
    fn values(&self, periods: RangeInclusive<i64>) -> Vec<f64> {
        let mut rest = self.sums.iter().peekable();
        periods
            .map(|period| match rest.next_if(|sum| sum.0 == period) {
                Some((_, sum)) => sum.value(),
                None => 0.0,
            })
            .collect()
    }
}

/// The rows of all ids, gathered by period.
pub struct Gathered {
    period: Period,
    by_id: HashMap<Box<str>, Known>,
    /// The greatest day.
    last_day: Option<jiff::civil::Date>,
    /// Each day is the first of its period: the load gathered them already.
    first_days_alone: bool,
    memory: usize,
}

/// A series without gaps, up to the last period of the input.
pub struct Series {
    pub id: String,
    pub first: i64,
    pub values: Vec<f64>,
    /// Rows that are in it no more than as a note.
    refused: Option<String>,
}

impl Gathered {
    pub fn new(period: Period) -> Gathered {
        Gathered { period, by_id: HashMap::new(), last_day: None, first_days_alone: true, memory: 0 }
    }

    pub fn memory(&self) -> usize {
        self.memory
    }

    /// Takes rows of id, ds and y. Null and NaN are 0; an id is anything but null.
    ///
    /// # Errors
    /// Columns of other types; an id that is null.
    pub fn take(&mut self, rows: &DataFrame, places: &Places) -> Result<()> {
        let (ids, days) = (texts(places.of(rows, 0))?, days(places.of(rows, 1))?);
        let numbers = numbers(places.of(rows, 2))?;
        for ((id, day), value) in ids.iter().zip(days.iter()).zip(numbers.iter()) {
            let Some(id) = id else {
                return Err(Refusal::new("a row of the load has no id: it is null")
                    .hint("Leave such rows out: where id is not null."));
            };
            if !self.by_id.contains_key(id) {
                self.memory += id.len() + 128;
                self.by_id.insert(id.into(), Known::default());
            }
            let Some(known) = self.by_id.get_mut(id) else { continue };
            let Some(date) = day.and_then(civil) else {
                known.undated += 1;
                continue;
            };
            let value = value.filter(|value| !value.is_nan()).unwrap_or(0.0);
            if value.is_infinite() {
                known.infinite += 1;
                continue;
            }
            let period = self.period.of(date);
            self.first_days_alone &= self.period.start(period) == date;
            self.last_day = self.last_day.max(Some(date));
            if known.add(period, value) {
                self.memory += 32;
            }
        }
        Ok(())
    }

    /// The last period of the input; one that has not ended is none, unless the load gives each by its first day.
    pub fn last_period(&self) -> Option<i64> {
        let day = self.last_day?;
        let period = self.period.of(day);
        let ended = self.first_days_alone || self.period.of(day.saturating_add(1.day())) != period;
        Some(if ended { period } else { period - 1 })
    }

    /// A series for each id in the order of the ids, each up to `last`; one of an id that begins later is empty, as is one
    /// that would be too long.
    pub fn series(self, last: i64) -> Vec<Series> {
        let period = self.period;
        let mut all: Vec<Series> = self
            .by_id
            .into_iter()
            .map(|(id, known)| {
                let first = known.sums.first().map_or(last + 1, |sum| sum.0).min(last + 1);
                let too_long = last - first >= MOST_PERIODS;
                let values = known.values(if too_long { first..=first - 1 } else { first..=last });
                let refused = (known.infinite > 0)
                    .then(|| format!("y is infinite in {} of its rows", known.infinite))
                    .or_else(|| {
                        (known.undated > 0).then(|| format!("{} of its rows have no date", known.undated))
                    })
                    .or_else(|| {
                        let (from, to) = (period.start(first), period.start(last));
                        too_long.then(|| format!("it would reach from {from} to {to}, the end of the input: more than {MOST_PERIODS} periods"))
                    });
                Series { id: id.into(), first, values, refused }
            })
            .collect();
        all.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        all
    }
}

/// What became of one series.
pub struct Forecasted {
    pub id: String,
    pub choice: Option<Choice>,
    pub note: Note,
}

/// Forecasts all series on all threads, part by part; one that cannot be forecast stops no other.
pub fn forecast_all(
    series: Vec<Series>,
    horizon: usize,
    period: Period,
    rules: Rules,
) -> impl Iterator<Item = Vec<Forecasted>> {
    let mut rest = series.into_iter();
    std::iter::from_fn(move || {
        let part: Vec<Series> = rest.by_ref().take(PART).collect();
        let all = part.par_iter().map(|one| forecast_one(one, horizon, period, &rules));
        (!part.is_empty()).then(|| all.collect())
    })
}

fn forecast_one(series: &Series, horizon: usize, period: Period, rules: &Rules) -> Forecasted {
    let none = |reason: String| {
        let note = Note { id: series.id.clone(), model: None, errors: None, reason: Some(reason) };
        Forecasted { id: series.id.clone(), choice: None, note }
    };
    if let Some(reason) = &series.refused {
        return none(reason.clone());
    }
    if series.values.is_empty() {
        return none("it has no rows in a period that has ended".to_owned());
    }
    if series.values.iter().any(|value| !value.is_finite()) {
        return none("the sum of a period is beyond the greatest number".to_owned());
    }
    let first_month = Period::Month.of(period.start(series.first));
    let context = Context { season: period.season(), first_month };
    let alone = series.values.len() == 1;
    let of_one = Rules { models: vec![Model::Naive], best: 1, ..rules.clone() };
    let rules = if alone { &of_one } else { rules };
    // Nothing of a series is known to whoever wrote a model.
    let chosen = catch_unwind(AssertUnwindSafe(|| choose(&series.values, horizon, context, rules)));
    let Ok(choice) = chosen else {
        return none("a model failed at this series".to_owned());
    };
    let errors = errors_json(&choice);
    let sound = choice.values.len() == horizon && choice.values.iter().all(|value| value.is_finite());
    let reason = if alone {
        Some("one observation: its value goes on".to_owned())
    } else if sound {
        None
    } else if choice.values.is_empty() {
        let reasons: Vec<String> = choice.reasons.iter().map(ToString::to_string).collect();
        Some(format!("none of the chosen models gave a forecast: {}", reasons.join("; ")))
    } else {
        Some("the forecast is not finite, or does not reach to the end".to_owned())
    };
    let names: Vec<&str> = choice.chosen.iter().map(|model| model.name()).collect();
    let model = sound.then(|| names.join("|"));
    let note = Note { id: series.id.clone(), model, errors, reason };
    Forecasted { id: series.id.clone(), choice: sound.then_some(choice), note }
}

/// `{"sma01": 1.5, "expo03": null}`; null where a model was not judged.
fn errors_json(choice: &Choice) -> Option<String> {
    let errors = choice.errors.iter().map(|(model, error)| {
        let error =
            serde_json::Number::from_f64(*error).map_or(serde_json::Value::Null, serde_json::Value::Number);
        (model.name().to_owned(), error)
    });
    serde_json::to_string(&errors.collect::<serde_json::Map<_, _>>()).ok()
}
