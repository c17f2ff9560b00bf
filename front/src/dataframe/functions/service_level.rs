//! `min_max_service_level`: how many deviations a stock has to cover for a level of service.

use crate::dataframe::arguments::Arguments;
use crate::dataframe::frame::{Column, Frame, Values};
use crate::dataframe::function::{number, Output, Stop, Work};
use crate::dataframe::refusal::{Refusal, Result};
use dfa_forecast::normal::quantile;

pub struct ServiceLevel {
    digits: usize,
    /// Of each row the factors, and its version as text.
    rows: Vec<(Vec<f64>, Option<String>)>,
}

impl ServiceLevel {
    pub fn new(arguments: &Arguments) -> Result<ServiceLevel> {
        Ok(ServiceLevel { digits: arguments.whole("service_level_round", 5, 0, 15)?, rows: Vec::new() })
    }
}

/// Levels between 0 and 1 are shares, between 1 and 100 percent, whatever the word of the parameter says: sets that were
/// inherited call their shares `percent`.
fn factor(level: f64, percent: bool, column: &str) -> Result<f64> {
    quantile(if percent { level / 100.0 } else { level }).ok_or_else(|| {
        Refusal::new(format!("service level {level} of column '{column}' is none"))
            .detail("A level is a share between 0 and 1, or percent between 1 and 100.")
            .hint("Correct the row that the load takes: all levels of a row are of one kind.")
    })
}

/// The nearest number of so many digits, of two the even one.
fn round(value: f64, digits: usize) -> f64 {
    format!("{value:.digits$}").parse().unwrap_or(value)
}

impl Work for ServiceLevel {
    fn take(&mut self, rows: Frame) -> Result<()> {
        for row in 0..rows.rows() {
            let (version, levels) =
                rows.columns.split_last().ok_or_else(|| Refusal::new("the load has no columns"))?;
            let mut given = Vec::with_capacity(levels.len());
            for column in levels {
                let level = number(column, row)?;
                given.push(level.ok_or_else(|| {
                    Refusal::new(format!("the service level of column '{}' is null", column.name))
                })?);
            }
            let percent = given.iter().any(|level| *level > 1.0);
            let mut factors = Vec::with_capacity(given.len());
            for (level, column) in given.iter().zip(levels) {
                if percent && *level <= 1.0 {
                    return Err(Refusal::new(format!(
                        "service level {level} of column '{}' is a share beside levels in percent",
                        column.name
                    ))
                    .hint("All levels of a row are shares, or all are percent."));
                }
                factors.push(round(factor(*level, percent, &column.name)?, self.digits));
            }
            self.rows.push((factors, version.values.text(row)));
        }
        Ok(())
    }

    fn finish(self: Box<Self>, _: &Stop) -> Result<Output> {
        let width = self.rows.first().map_or(0, |row| row.0.len());
        let mut columns: Vec<Column> = (0..width)
            .map(|place| {
                let values = self.rows.iter().map(|row| row.0.get(place).copied()).collect();
                Column::new(&format!("factor_{}", place + 1), Values::Double(values))
            })
            .collect();
        columns.extend(versioned(self.rows.into_iter().map(|row| row.1).collect()));
        Ok(Output { frame: Frame { columns }, notes: Vec::new() })
    }

    fn memory(&self) -> usize {
        self.rows.len() * 128
    }
}

/// The columns that rows of a version end with: the version, a flag, and the time.
pub fn versioned(versions: Vec<Option<String>>) -> [Column; 3] {
    let rows = versions.len();
    let now = jiff::Zoned::now().strftime("%Y-%m-%d %H:%M:%S").to_string();
    let texts = |text: &str| Values::Text(vec![Some(text.into()); rows]);
    [
        Column::new(
            "class_version",
            Values::Text(versions.into_iter().map(|it| it.map(Into::into)).collect()),
        ),
        Column::new("flag", texts("Y")),
        Column::new("update_date", texts(&now)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors(levels: &[f64]) -> Result<Vec<f64>> {
        let mut columns: Vec<Column> =
            levels.iter().map(|level| Column::new("level", Values::Double(vec![Some(*level)]))).collect();
        columns.push(Column::new("class_version", Values::Whole(vec![Some(1)])));
        let mut work = ServiceLevel::new(&Arguments::default())?;
        work.take(Frame { columns })?;
        Ok(work.rows.remove(0).0)
    }

    #[test]
    fn shares_and_percent_give_the_same_factors() {
        assert_eq!(factors(&[0.95, 0.9, 0.85]).unwrap(), [1.64485, 1.28155, 1.03643]);
        assert_eq!(factors(&[95.0, 90.0, 85.0]).unwrap(), [1.64485, 1.28155, 1.03643]);
        assert_eq!(factors(&[0.5]).unwrap(), [0.0]);
    }

    #[test]
    fn what_is_no_level_is_refused_with_its_value() {
        for level in [0.0, 1.0, -0.5, 100.0, 250.0, f64::NAN, f64::INFINITY] {
            let message = factors(&[level]).unwrap_err().message;
            assert!(message.contains("'level'") && message.contains(&level.to_string()), "{message}");
        }
        assert!(factors(&[95.0, 0.9]).is_err());
    }
}
