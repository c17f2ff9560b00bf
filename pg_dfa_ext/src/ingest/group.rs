//! Rows that give the same columns, to be written by one statement.

use super::order::Value;
use super::rows::Rows;
use super::target::Target;
use pgrx::pg_sys;

pub struct Group {
    /// In the order of `c0`, `c1`, ….
    pub columns: Vec<usize>,
    /// Columns of the key that are null in each of the rows, where rows are found by a key that takes nulls.
    pub null_key: Vec<usize>,
    pub rows: Rows,
    /// Rows that give way to another of the same key, by their number.
    pub replaced: Vec<i64>,
    /// The first and the last value of the column that dates the rows, as Postgres keeps it.
    pub days: Option<(i64, i64)>,
    /// The rows came in the order of their keys, as far as that is cheap to see.
    pub is_sorted: bool,
    /// Places of the key among the columns; empty: not all of it is given.
    pub key: Vec<usize>,
    last_key: Vec<Value>,
}

impl Group {
    pub fn new(target: &Target, columns: &[usize], null_key: &[usize]) -> Group {
        let described: Vec<_> = columns.iter().map(|&index| &target.columns[index]).collect();
        let places = target.key.iter().map(|key| columns.iter().position(|column| column == key));
        let key: Vec<usize> = places.collect::<Option<_>>().unwrap_or_default();
        Group {
            columns: columns.to_vec(),
            null_key: null_key.to_vec(),
            rows: Rows::new(described.into_iter(), target.is_elsewhere),
            replaced: Vec::new(),
            days: None,
            is_sorted: !key.is_empty() && target.key_order.as_ref().is_some_and(|order| order.is_by_value()),
            key,
            last_key: Vec::new(),
        }
    }

    /// Copies a row: its number, then a value for each column.
    pub fn push(&mut self, target: &Target, values: &mut [pg_sys::Datum], nulls: &mut [bool]) {
        self.note_key(target, values, nulls);
        self.note_day(target, values, nulls);
        self.rows.push(values, nulls);
    }

    /// The key of a row.
    pub fn key_of(&self, values: &[pg_sys::Datum], nulls: &[bool]) -> Vec<Value> {
        self.key.iter().map(|&place| (!nulls[place + 1]).then(|| values[place + 1])).collect()
    }

    fn note_key(&mut self, target: &Target, values: &[pg_sys::Datum], nulls: &[bool]) {
        let Some(order) = target.key_order.as_ref().filter(|_| self.is_sorted) else { return };
        let key = self.key_of(values, nulls);
        self.is_sorted = self.last_key.is_empty() || order.compare(&self.last_key, &key).is_le();
        self.last_key = key;
    }

    /// Widens the days by a row; infinity is no day.
    fn note_day(&mut self, target: &Target, values: &[pg_sys::Datum], nulls: &[bool]) {
        let Some(index) = target.dated_column else { return };
        let Some(place) = self.columns.iter().position(|&column| column == index) else { return };
        if nulls[place + 1] {
            return;
        }
        let value = values[place + 1].value().cast_signed();
        let (value, is_infinite) = match target.columns[index].base_type {
            pg_sys::DATEOID => (value as i32 as i64, [i32::MIN, i32::MAX].contains(&(value as i32))),
            _ => (value as i64, [i64::MIN, i64::MAX].contains(&(value as i64))),
        };
        if !is_infinite {
            self.days =
                Some(self.days.map_or((value, value), |(first, last)| (first.min(value), last.max(value))));
        }
    }
}
