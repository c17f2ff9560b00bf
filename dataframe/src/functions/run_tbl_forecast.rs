//! `run_tbl_forecast`: the shape and the months that inherited sets expect of `app.vendor.forecast`.

use super::forecast::rules;
use super::series::{forecast_all, Forecasted, Gathered};
use crate::arguments::Arguments;
use crate::calendar::{number, parse, Period};
use crate::column::moments;
use crate::function::{Output, Parts, Places, Work};
use crate::refusal::{Refusal, Result};
use dfa_forecast::Rules;
use jiff::civil::Date;
use jiff::ToSpan;
use polars::prelude::*;

pub struct RunTblForecast {
    places: Places,
    run_date: Date,
    /// Months after the first one.
    periods: usize,
    rules: Rules,
    gathered: Gathered,
}

impl RunTblForecast {
    pub fn new(arguments: &Arguments, places: Places) -> Result<RunTblForecast> {
        let text = arguments.text(&["run_date"]).unwrap_or_default();
        let run_date = parse(text)
            .ok_or_else(|| Refusal::new(format!("parameter 'run_date' is a date, and this is '{text}'")))?;
        let later = arguments.whole("date_range_sla_month_forecast", 0, 0, 1200)? as i64;
        let periods = arguments.whole("forecast_end_period", 12, 0, 1200)?;
        // The same day so many months later, or the last one of that month.
        let run_date = run_date.saturating_add(later.months());
        Ok(RunTblForecast {
            places,
            run_date,
            periods,
            rules: rules(arguments)?,
            gathered: Gathered::new(Period::Month),
        })
    }
}

impl Work for RunTblForecast {
    fn take(&mut self, rows: DataFrame) -> Result<()> {
        self.gathered.take(&rows, &self.places)
    }

    fn finish(self: Box<Self>) -> Result<Parts> {
        let start = Period::Month.of(self.run_date);
        let end = start + self.periods as i64;
        let last = self.gathered.last_period().unwrap_or(start - 1);
        if last >= start {
            let name = |month| Period::Month.start(month);
            return Err(Refusal::new("Data date must be before forecast start date.")
                .detail(format!(
                    "The data reach the month {}, and the forecast begins with {}.",
                    name(last),
                    name(start)
                ))
                .hint("Let the load end before the month of run_date."));
        }
        let horizon = usize::try_from(end - last).unwrap_or(0);
        let RunTblForecast { run_date, rules, gathered, .. } = *self;
        // Months between the data and the start are forecast and not written.
        let skipped = usize::try_from(start - last - 1).unwrap_or(0);
        let months: Vec<i32> = (last + 1..=end).map(|month| number(Period::Month.start(month))).collect();
        let now = jiff::Timestamp::now().as_microsecond();
        let parts = forecast_all(gathered.series(last), horizon, Period::Month, rules);
        Ok(Box::new(parts.map(move |part| written(part, skipped, &months, run_date, now))))
    }

    fn memory(&self) -> usize {
        self.gathered.memory()
    }
}

/// Rows for these months but the first ones, and notes.
fn written(
    part: Vec<Forecasted>,
    skipped: usize,
    months: &[i32],
    run_date: Date,
    now: i64,
) -> Result<Output> {
    let mut ids = StringChunkedBuilder::new("id".into(), part.len() * (months.len() - skipped));
    let (mut values, mut days) = (Vec::new(), Vec::new());
    let mut notes = Vec::with_capacity(part.len());
    for one in part {
        let forecast = one.choice.iter().flat_map(|choice| choice.values.iter().enumerate());
        for (step, value) in forecast.skip(skipped) {
            ids.append_value(&one.id);
            values.push(*value);
            days.push(months[step]);
        }
        notes.push(one.note);
    }
    let rows = values.len();
    let date =
        |name: &str, days: Vec<i32>| Int32Chunked::from_vec(name.into(), days).into_date().into_column();
    let columns = vec![
        ids.finish().into_column(),
        Column::new("forecast".into(), values),
        date("month", days),
        date("run_date", vec![number(run_date); rows]),
        moments("upload_date", vec![now; rows])?,
    ];
    Ok(Output { frame: DataFrame::new_infer_height(columns)?, notes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_later_is_its_last_day_where_it_has_no_such_day() {
        let later =
            |text: &str, months: i64| parse(text).unwrap().saturating_add(months.months()).to_string();
        assert_eq!(later("2024-01-31", 1), "2024-02-29");
        assert_eq!(later("2024-01-15", 12), "2025-01-15");
        assert_eq!(later("2023-11-30", 3), "2024-02-29");
    }
}
