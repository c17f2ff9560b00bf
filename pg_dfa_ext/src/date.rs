//! Days as callers give them and as statements take them.

use crate::error::{given, DfaError, Result};
use pgrx::prelude::*;

/// A date as statements and SQL take it, `YYYY-MM-DD`; so years are from 1 to 9999.
pub fn date_text(date: Date) -> Result<String> {
    date_of("run_date", date)
}

/// [`date_text`] of another argument than run_date.
pub fn date_of(argument: &'static str, date: Date) -> Result<String> {
    if date.is_infinity() || date.is_neg_infinity() || !(1..=9999).contains(&date.year()) {
        return Err(DfaError::InvalidArgument {
            argument,
            value: date.to_string(),
            allowed: "Give a date of a calendar year, such as 2021-01-31.".to_owned(),
        });
    }
    Ok(format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day()))
}

/// Run dates as a caller gives them: at least one, none of them null.
pub fn run_dates(given_dates: Vec<Option<Date>>) -> Result<Vec<String>> {
    if given_dates.is_empty() {
        return Err(DfaError::InvalidArgument {
            argument: "run_dates",
            value: "{}".to_owned(),
            allowed: "Give at least one date, or leave the argument out for today.".to_owned(),
        });
    }
    given_dates.into_iter().map(|date| date_text(given("a date of run_dates", date)?)).collect()
}

/// # Errors
/// A range whose first day is after its last.
pub fn check_order(from: Option<Date>, to: Option<Date>) -> Result<()> {
    if let (Some(from), Some(to)) = (from, to) {
        if from > to {
            return Err(DfaError::InvalidArgument {
                argument: "from",
                value: from.to_string(),
                allowed: format!("The first day is not after the last, {to}."),
            });
        }
    }
    Ok(())
}

/// Days from `start` up to, and without, `end`: whole intervals of the table's run_type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Days {
    pub start: String,
    pub end: String,
}

impl Days {
    /// The day before its end.
    pub fn last_day(&self) -> String {
        let end: Option<jiff::civil::Date> = self.end.parse().ok();
        let last = end.and_then(|end| end.yesterday().ok());
        last.map_or_else(|| self.start.clone(), |last| last.to_string())
    }
}
