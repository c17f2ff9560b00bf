//! `rolling`: beside each row a figure over it and the rows of its id before it.

use super::groups::Groups;
use super::statistic::Statistic;
use crate::dataframe::arguments::Arguments;
use crate::dataframe::frame::{Column, Frame, Values};
use crate::dataframe::function::{day, Output, Places, Stop, Work};
use crate::dataframe::refusal::Result;

pub struct Rolling {
    places: Places,
    window: usize,
    least: usize,
    how: Statistic,
    groups: Groups<i32>,
}

impl Rolling {
    pub fn new(arguments: &Arguments, places: Places) -> Result<Rolling> {
        let window = arguments.whole("window", 1, 1, 100_000)?;
        Ok(Rolling {
            places,
            window,
            least: arguments.whole("least", 1, 1, window)?,
            how: Statistic::of(arguments, Statistic::Mean)?,
            groups: Groups::new(),
        })
    }
}

impl Work for Rolling {
    fn take(&mut self, rows: Frame) -> Result<()> {
        let days = self.places.of(&rows, 1);
        self.groups.take(&rows, &self.places, 2, |row| day(days, row))
    }

    fn finish(self: Box<Self>, stop: &Stop) -> Result<Output> {
        let (mut ids, mut days, mut values, mut figures) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (id, rows) in self.groups.sorted() {
            stop.check()?;
            for (place, (day, value)) in rows.iter().enumerate() {
                let window = &rows[(place + 1).saturating_sub(self.window)..=place];
                let numbers: Vec<f64> = window.iter().filter_map(|row| row.1).collect();
                ids.push(Some(id.clone()));
                days.push(Some(*day));
                values.push(*value);
                figures.push(self.how.value(&numbers).filter(|_| numbers.len() >= self.least));
            }
        }
        let columns = vec![
            Column::new("id", Values::Text(ids)),
            Column::new("ds", Values::Date(days)),
            Column::new("y", Values::Double(values)),
            Column::new("rolling", Values::Double(figures)),
        ];
        Ok(Output { frame: Frame { columns }, notes: Vec::new() })
    }

    fn memory(&self) -> usize {
        self.groups.memory()
    }
}
