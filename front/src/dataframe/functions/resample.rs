//! `resample`: a row for each period of an id, from its first to its last.

use super::groups::Groups;
use super::statistic::Statistic;
use crate::dataframe::arguments::Arguments;
use crate::dataframe::calendar::Period;
use crate::dataframe::frame::{Column, Frame, Values};
use crate::dataframe::function::{day, Output, Places, Stop, Work};
use crate::dataframe::refusal::{Refusal, Result};

/// Rows that one id may have: a date that is far off is a wrong one.
const MOST_PERIODS: i64 = 1_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fill {
    Zero,
    Null,
    Forward,
}

pub struct Resample {
    places: Places,
    every: Period,
    how: Statistic,
    fill: Fill,
    groups: Groups<i32>,
}

impl Resample {
    pub fn new(arguments: &Arguments, places: Places) -> Result<Resample> {
        let fills = [("zero", Fill::Zero), ("null", Fill::Null), ("forward", Fill::Forward)];
        Ok(Resample {
            places,
            every: arguments.word("every", &Period::WORDS, None)?,
            how: Statistic::of(arguments, Statistic::Sum)?,
            fill: arguments.word("fill", &fills, Some(Fill::Zero))?,
            groups: Groups::new(),
        })
    }
}

impl Work for Resample {
    fn take(&mut self, rows: Frame) -> Result<()> {
        let days = self.places.of(&rows, 1);
        let finite = |day: &i32| *day != i32::MAX && *day != i32::MIN;
        self.groups.take(&rows, &self.places, 2, |row| Ok(day(days, row)?.filter(finite)))
    }

    fn finish(self: Box<Self>, stop: &Stop) -> Result<Output> {
        let (mut ids, mut days, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for (id, rows) in self.groups.sorted() {
            stop.check()?;
            let mut next: Option<i64> = None;
            let mut last = None;
            for group in rows.chunk_by(|a, b| self.every.of(a.0) == self.every.of(b.0)) {
                let period = self.every.of(group[0].0);
                let first = next.unwrap_or(period);
                if period - first > MOST_PERIODS {
                    return Err(Refusal::new(format!(
                        "id '{id}' has no rows for more than {MOST_PERIODS} periods"
                    )));
                }
                let empty = match self.fill {
                    Fill::Zero => Some(0.0),
                    Fill::Null => None,
                    Fill::Forward => last,
                };
                for missing in first..period {
                    ids.push(Some(id.clone()));
                    days.push(Some(self.every.start(missing)));
                    values.push(empty);
                }
                let numbers: Vec<f64> = group.iter().filter_map(|row| row.1).collect();
                last = self.how.value(&numbers);
                ids.push(Some(id.clone()));
                days.push(Some(self.every.start(period)));
                values.push(last);
                next = Some(period + 1);
            }
        }
        let columns = vec![
            Column::new("id", Values::Text(ids)),
            Column::new("ds", Values::Date(days)),
            Column::new("y", Values::Double(values)),
        ];
        Ok(Output { frame: Frame { columns }, notes: Vec::new() })
    }

    fn memory(&self) -> usize {
        self.groups.memory()
    }
}
