//! `abc_class`: classes by cumulated share, the greatest first.

use super::groups::Groups;
use crate::dataframe::arguments::Arguments;
use crate::dataframe::frame::{Column, Frame, Values};
use crate::dataframe::function::{Output, Places, Stop, Work};
use crate::dataframe::refusal::{Refusal, Result};

pub struct AbcClass {
    places: Places,
    bounds: Vec<f64>,
    groups: Groups<()>,
}

impl AbcClass {
    pub fn new(arguments: &Arguments, places: Places) -> Result<AbcClass> {
        let given = arguments.list(&["bounds"]);
        let mut bounds: Vec<f64> = if given.is_empty() { vec![0.8, 0.95, 1.0] } else { Vec::new() };
        for text in &given {
            bounds.push(
                text.parse()
                    .map_err(|_| Refusal::new(format!("'{text}' of parameter 'bounds' is not a number")))?,
            );
        }
        let rises = bounds.windows(2).all(|pair| pair[0] < pair[1]);
        if !rises || bounds.iter().any(|bound| !(*bound > 0.0 && *bound <= 1.0)) || bounds.len() > 26 {
            return Err(Refusal::new(format!(
                "parameter 'bounds' rises within 0 and 1, and this is {given:?}"
            )));
        }
        Ok(AbcClass { places, bounds, groups: Groups::new() })
    }
}

impl Work for AbcClass {
    fn take(&mut self, rows: Frame) -> Result<()> {
        self.groups.take(&rows, &self.places, 1, |_| Ok(Some(())))
    }

    fn finish(self: Box<Self>, _: &Stop) -> Result<Output> {
        let mut sums: Vec<(Box<str>, f64)> = self
            .groups
            .sorted()
            .map(|(id, rows)| (id, rows.iter().filter_map(|row| row.1).sum::<f64>()))
            .collect();
        if let Some((id, sum)) = sums.iter().find(|it| it.1 < 0.0) {
            return Err(Refusal::new(format!("the sum {sum} of id '{id}' is negative, which has no share")));
        }
        // Of equal sums the id decides, so that the order of the rows is nothing.
        sums.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let total: f64 = sums.iter().map(|it| it.1).sum();
        let mut reached = 0.0;
        let (mut ids, mut classes) = (Vec::new(), Vec::new());
        let [mut values, mut shares, mut cumulated] = [(); 3].map(|()| Vec::new());
        for (id, sum) in sums {
            // An id belongs to the class in which its share begins: the first one is always an A.
            let before = if total > 0.0 { reached / total } else { 1.0 };
            let place =
                self.bounds.iter().position(|bound| before < bound - 1e-12).unwrap_or(self.bounds.len() - 1);
            reached += sum;
            ids.push(Some(id));
            values.push(Some(sum));
            shares.push(Some(if total > 0.0 { sum / total } else { 0.0 }));
            cumulated.push(Some(if total > 0.0 { reached / total } else { 0.0 }));
            let letter = char::from(b'A' + u8::try_from(place).unwrap_or(25));
            classes.push(Some(letter.to_string().into()));
        }
        let columns = vec![
            Column::new("id", Values::Text(ids)),
            Column::new("y", Values::Double(values)),
            Column::new("share", Values::Double(shares)),
            Column::new("cumulated", Values::Double(cumulated)),
            Column::new("class", Values::Text(classes)),
        ];
        Ok(Output { frame: Frame { columns }, notes: Vec::new() })
    }

    fn memory(&self) -> usize {
        self.groups.memory()
    }
}
