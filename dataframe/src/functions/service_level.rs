//! `min_max_service_level`: how many deviations a stock has to cover for a level of service.

use crate::arguments::Arguments;
use crate::column::{moments, numbers, texts};
use crate::function::{Output, Parts, Work};
use crate::refusal::{Refusal, Result};
use dfa_forecast::normal::quantile;
use polars::prelude::*;

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
    fn take(&mut self, rows: DataFrame) -> Result<()> {
        let (version, levels) =
            rows.columns().split_last().ok_or_else(|| Refusal::new("the load has no columns"))?;
        let versions = texts(version)?;
        let levels =
            levels.iter().map(|column| Ok((column.name(), numbers(column)?))).collect::<Result<Vec<_>>>()?;
        for row in 0..rows.height() {
            let mut given = Vec::with_capacity(levels.len());
            for (name, values) in &levels {
                given.push(
                    values.get(row).ok_or_else(|| {
                        Refusal::new(format!("the service level of column '{name}' is null"))
                    })?,
                );
            }
            let percent = given.iter().any(|level| *level > 1.0);
            let mut factors = Vec::with_capacity(given.len());
            for (level, (name, _)) in given.iter().zip(&levels) {
                if percent && *level <= 1.0 {
                    return Err(Refusal::new(format!(
                        "service level {level} of column '{name}' is a share beside levels in percent"
                    ))
                    .hint("All levels of a row are shares, or all are percent."));
                }
                factors.push(round(factor(*level, percent, name)?, self.digits));
            }
            self.rows.push((factors, versions.get(row).map(str::to_owned)));
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Parts> {
        let width = self.rows.first().map_or(0, |row| row.0.len());
        let factor = |place: usize| {
            let values: Vec<Option<f64>> = self.rows.iter().map(|row| row.0.get(place).copied()).collect();
            Column::new(format!("factor_{}", place + 1).into(), values)
        };
        let mut columns: Vec<Column> = (0..width).map(factor).collect();
        columns.extend(versioned(self.rows.into_iter().map(|row| row.1).collect())?);
        Ok(Output { frame: DataFrame::new_infer_height(columns)?, notes: Vec::new() }.whole())
    }

    fn memory(&self) -> usize {
        self.rows.len() * 128
    }
}

/// The columns that rows of a version end with: the version, a flag, and the time.
pub fn versioned(versions: Vec<Option<String>>) -> Result<[Column; 3]> {
    let rows = versions.len();
    let now = jiff::Timestamp::now().as_second() * 1_000_000;
    Ok([
        Column::new("class_version".into(), versions),
        Column::new("flag".into(), vec!["Y"; rows]),
        moments("update_date", vec![now; rows])?,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors(levels: &[f64]) -> Result<Vec<f64>> {
        let name = |place: usize| if place == 0 { "level".into() } else { format!("level_{place}").into() };
        let level = |(place, level): (usize, &f64)| Column::new(name(place), [*level]);
        let mut columns: Vec<Column> = levels.iter().enumerate().map(level).collect();
        columns.push(Column::new("class_version".into(), [1]));
        let mut work = ServiceLevel::new(&Arguments::default())?;
        work.take(DataFrame::new_infer_height(columns)?)?;
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
