//! `pivot`: a row for each id, a column for each name.

use super::groups::Groups;
use super::statistic::Statistic;
use crate::dataframe::arguments::Arguments;
use crate::dataframe::frame::{Column, Frame, Values};
use crate::dataframe::function::{Output, Places, Stop, Work};
use crate::dataframe::refusal::{Refusal, Result};

pub struct Pivot {
    places: Places,
    names: Vec<String>,
    how: Statistic,
    groups: Groups<String>,
}

impl Pivot {
    pub fn new(arguments: &Arguments, places: Places) -> Result<Pivot> {
        let names = arguments.list(&["values"]);
        if names.is_empty() {
            return Err(Refusal::new("parameter 'values' names no column: [\"a\", \"b\"]"));
        }
        Ok(Pivot { places, names, how: Statistic::of(arguments, Statistic::Sum)?, groups: Groups::new() })
    }
}

impl Work for Pivot {
    fn take(&mut self, rows: Frame) -> Result<()> {
        let names = &self.places.of(&rows, 1).values;
        self.groups.take(&rows, &self.places, 2, |row| Ok(names.text(row)))
    }

    fn finish(self: Box<Self>, stop: &Stop) -> Result<Output> {
        let mut ids = Vec::new();
        let mut columns: Vec<Vec<Option<f64>>> = vec![Vec::new(); self.names.len()];
        for (id, rows) in self.groups.sorted() {
            stop.check()?;
            ids.push(Some(id));
            for (name, column) in self.names.iter().zip(&mut columns) {
                let of_name: Vec<_> = rows.iter().filter(|row| row.0 == *name).collect();
                let numbers: Vec<f64> = of_name.iter().filter_map(|row| row.1).collect();
                // What an id has no row of is null, not 0.
                column.push(self.how.value(&numbers).filter(|_| !of_name.is_empty()));
            }
        }
        let numbers =
            self.names.iter().zip(columns).map(|(name, values)| Column::new(name, Values::Double(values)));
        let columns = std::iter::once(Column::new("id", Values::Text(ids))).chain(numbers).collect();
        Ok(Output { frame: Frame { columns }, notes: Vec::new() })
    }

    fn memory(&self) -> usize {
        self.groups.memory()
    }
}
