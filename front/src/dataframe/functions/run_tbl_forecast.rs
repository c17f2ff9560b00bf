//! `run_tbl_forecast`: the shape and the months that inherited sets expect of `app.vendor.forecast`.

use super::forecast::rules;
use super::series::{forecast_all, Gathered};
use crate::dataframe::arguments::Arguments;
use crate::dataframe::calendar::{civil, days, parse, Period};
use crate::dataframe::frame::{Column, Frame, Values};
use crate::dataframe::function::{Output, Places, Stop, Work};
use crate::dataframe::refusal::{Refusal, Result};
use dfa_forecast::Rules;

pub struct RunTblForecast {
    places: Places,
    run_date: i32,
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
        let later = arguments.whole("date_range_sla_month_forecast", 0, 0, 1200)?;
        let periods = arguments.whole("forecast_end_period", 12, 0, 1200)?;
        let run_date = month_later(run_date, later);
        Ok(RunTblForecast {
            places,
            run_date,
            periods,
            rules: rules(arguments)?,
            gathered: Gathered::new(Period::Month),
        })
    }
}

/// The same day so many months later, or the last one of that month.
fn month_later(day: i32, months: usize) -> i32 {
    let (_, _, of_month) = civil(i64::from(day));
    let month = Period::Month.of(day) + months as i64;
    let last = Period::Month.start(month + 1) - 1;
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    i32::try_from(days(year, month, of_month)).map_or(last, |day| day.min(last))
}

impl Work for RunTblForecast {
    fn take(&mut self, rows: Frame) -> Result<()> {
        self.gathered.take(&rows, &self.places)
    }

    fn finish(self: Box<Self>, stop: &Stop) -> Result<Output> {
        let start = Period::Month.of(self.run_date);
        let end = start + self.periods as i64;
        let last = self.gathered.last_period().unwrap_or(start - 1);
        if last >= start {
            let name = |month| crate::dataframe::frame::date_text(Period::Month.start(month));
            return Err(Refusal::new("Data date must be before forecast start date.")
                .detail(format!(
                    "The data reach the month {}, and the forecast begins with {}.",
                    name(last),
                    name(start)
                ))
                .hint("Let the load end before the month of run_date."));
        }
        let horizon = usize::try_from(end - last).unwrap_or(0);
        let series = self.gathered.series(last);
        let all = forecast_all(&series, horizon, Period::Month, &self.rules, stop)?;
        // Months between the data and the start are forecast and not written.
        let skipped = usize::try_from(start - last - 1).unwrap_or(0);
        let (mut ids, mut values, mut months) = (Vec::new(), Vec::new(), Vec::new());
        let mut notes = Vec::with_capacity(all.len());
        for one in all {
            for (step, value) in
                one.choice.iter().flat_map(|choice| choice.values.iter().enumerate()).skip(skipped)
            {
                ids.push(Some(one.id.clone().into()));
                values.push(Some(*value));
                months.push(Some(Period::Month.start(last + 1 + step as i64)));
            }
            notes.push(one.note);
        }
        let now = jiff::Timestamp::now().as_microsecond();
        let rows = ids.len();
        let columns = vec![
            Column::new("id", Values::Text(ids)),
            Column::new("forecast", Values::Double(values)),
            Column::new("month", Values::Date(months)),
            Column::new("run_date", Values::Date(vec![Some(self.run_date); rows])),
            Column::new("upload_date", Values::Moment(vec![Some(now); rows])),
        ];
        Ok(Output { frame: Frame { columns }, notes })
    }

    fn memory(&self) -> usize {
        self.gathered.memory()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_later_is_its_last_day_where_it_has_no_such_day() {
        let later =
            |text, months| crate::dataframe::frame::date_text(month_later(parse(text).unwrap(), months));
        assert_eq!(later("2024-01-31", 1), "2024-02-29");
        assert_eq!(later("2024-01-15", 12), "2025-01-15");
        assert_eq!(later("2023-11-30", 3), "2024-02-29");
    }
}
