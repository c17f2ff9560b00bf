//! Rows of id, day or name, and number, kept until all are there.

use crate::dataframe::frame::Frame;
use crate::dataframe::function::{number, Places};
use crate::dataframe::refusal::{Refusal, Result};
use std::collections::BTreeMap;

/// Numbers by id and key, in the order of both.
#[derive(Debug)]
pub struct Groups<K> {
    pub by_id: BTreeMap<Box<str>, Vec<(K, Option<f64>)>>,
    memory: usize,
}

impl<K: Ord> Groups<K> {
    pub fn new() -> Groups<K> {
        Groups { by_id: BTreeMap::new(), memory: 0 }
    }

    pub fn memory(&self) -> usize {
        self.memory
    }

    /// Takes the rows; the id is the first column of `places`, the number the column `y` of them.
    ///
    /// # Errors
    /// An id or a key that is null, columns of other types, infinities.
    pub fn take(
        &mut self,
        rows: &Frame,
        places: &Places,
        y: usize,
        key: impl Fn(usize) -> Result<Option<K>>,
    ) -> Result<()> {
        let (ids, numbers) = (places.of(rows, 0), places.of(rows, y));
        for row in 0..rows.rows() {
            let id = ids
                .values
                .text(row)
                .ok_or_else(|| Refusal::new("a row of the load has no id: it is null"))?;
            let key = key(row)?.ok_or_else(|| {
                Refusal::new(format!(
                    "a row of id '{}' has no date or name: it is null",
                    crate::dataframe::function::shortened(&id)
                ))
            })?;
            let value = number(numbers, row)?.filter(|value| !value.is_nan());
            if value.is_some_and(f64::is_infinite) {
                return Err(Refusal::new(format!(
                    "a number of id '{}' is infinite",
                    crate::dataframe::function::shortened(&id)
                )));
            }
            self.memory += size_of::<(K, Option<f64>)>();
            match self.by_id.get_mut(id.as_str()) {
                Some(known) => known.push((key, value)),
                None => {
                    self.memory += id.len() + 64;
                    self.by_id.insert(id.into(), vec![(key, value)]);
                }
            }
        }
        Ok(())
    }

    /// Each id with its rows in the order of their keys, of one key by number: the order of the input is nothing.
    pub fn sorted(self) -> impl Iterator<Item = (Box<str>, Vec<(K, Option<f64>)>)> {
        self.by_id.into_iter().map(|(id, mut rows)| {
            let by_number = |a: &Option<f64>, b: &Option<f64>| {
                a.unwrap_or(f64::NEG_INFINITY).total_cmp(&b.unwrap_or(f64::NEG_INFINITY))
            };
            rows.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| by_number(&a.1, &b.1)));
            (id, rows)
        })
    }
}
