//! What placeholders stand for: the always known names, the values of a run, the parameter table.

use crate::data_schema;
use crate::date::Days;
use crate::error::Result;
use crate::{settings, spi};
use std::borrow::Cow;
use std::collections::HashMap;

/// Values for `{placeholders}`, ready to be put into statements.
#[derive(Debug, Clone, Default)]
pub struct Values {
    by_name: HashMap<String, String>,
}

/// The values that one run gives to its statements; dates as `YYYY-MM-DD`.
#[derive(Debug, Clone)]
pub struct RunValues<'run> {
    pub run_id: &'run str,
    pub run_date: &'run str,
    pub run_mode: &'run str,
    pub data_date: &'run str,
}

impl Values {
    /// The parameter table and the names that are always there, read now.
    pub fn load() -> Result<Self> {
        let mut by_name: HashMap<String, String> =
            spi::query(include_str!("sql/parameters.sql"), &[], |row| {
                Ok((row.get::<String>("name")?, row.get::<String>("value")?))
            })?
            .into_iter()
            .collect();
        if let Some(name) = settings::database() {
            by_name.insert("database_name".to_owned(), spi::ident(&name));
        }
        by_name.insert("ai_schema_name".to_owned(), spi::ident(&data_schema::name()?));
        by_name.insert("main_schema_name".to_owned(), spi::ident(&settings::main_schema()));
        Ok(Values { by_name })
    }

    /// These values and those of a run.
    pub fn of_run(mut self, run: &RunValues<'_>) -> Self {
        let pairs = [
            ("run_id", run.run_id),
            ("run_date", run.run_date),
            ("run_mode", run.run_mode),
            ("data_date", run.data_date),
        ];
        self.by_name.extend(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
        self
    }

    /// These values and the interval of a run. A set that had parameters of these names before keeps them.
    pub fn of_interval(mut self, interval: &Days, lookback: u32) -> Self {
        let pairs = [
            ("interval_start", interval.start.clone()),
            ("interval_end", interval.end.clone()),
            ("lookback", lookback.to_string()),
        ];
        for (name, value) in pairs {
            self.by_name.entry(name.to_owned()).or_insert(value);
        }
        self
    }

    pub fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        self.by_name.get(name).map(|value| Cow::Borrowed(value.as_str()))
    }

    /// A parameter that says Y.
    pub fn is_yes(&self, name: &str) -> bool {
        self.by_name.get(name).is_some_and(|value| value.trim().eq_ignore_ascii_case("Y"))
    }
}
