//! The arguments of a run, checked where they enter.

use super::watermark;
use crate::error::{DfaError, Result};
use pgrx::prelude::*;

/// common: incremental, checked against the watermark. rerun: a date again, unchecked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunMode {
    Common,
    Rerun,
}

impl RunMode {
    pub fn parse(text: &str) -> Result<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "common" => Ok(RunMode::Common),
            "rerun" => Ok(RunMode::Rerun),
            _ => Err(DfaError::InvalidArgument {
                argument: "run_mode",
                value: text.to_owned(),
                allowed: "run_mode is common or rerun.".to_owned(),
            }),
        }
    }

    /// The mode in which a table can be run for a date: common, or rerun before its watermark.
    pub fn allowed(table: &str, run_date: &str) -> Result<Self> {
        match watermark::read(table, run_date, 0) {
            Ok(watermark) if watermark.is_passed() => Ok(RunMode::Rerun),
            Ok(_) | Err(DfaError::MissingWatermark { .. }) => Ok(RunMode::Common),
            Err(error) => Err(error),
        }
    }

    /// [`RunMode::allowed`] for a step that takes the interval of its date and no other: a common run would move the
    /// watermark past intervals that nobody has taken.
    pub fn allowed_alone(table: &str, run_date: &str) -> Result<Self> {
        let mode = RunMode::allowed(table, run_date)?;
        match watermark::read(table, run_date, 0) {
            Ok(watermark) if mode == RunMode::Common && watermark.leaves_a_gap()? => Ok(RunMode::Rerun),
            _ => Ok(mode),
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            RunMode::Common => "common",
            RunMode::Rerun => "rerun",
        }
    }
}

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
