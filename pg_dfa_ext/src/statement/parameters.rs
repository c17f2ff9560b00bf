//! What placeholders stand for: the always known names, the values of a run, the parameter table.

use crate::clock;
use crate::data_schema;
use crate::date::Days;
use crate::error::Result;
use crate::{settings, spi};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

thread_local! {
    /// What was read last, and of which state of the parameter table.
    static KNOWN: RefCell<Option<(String, Rc<HashMap<String, String>>)>> = const { RefCell::new(None) };
}

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
        Values::with(read()?)
    }

    /// [`Values::load`] where the parameter table is in this state; a session reads a state once.
    pub fn of_state(state: &str) -> Result<Self> {
        let known = KNOWN.with_borrow(|known| {
            known.as_ref().filter(|(of, _)| of == state).map(|(_, parameters)| Rc::clone(parameters))
        });
        let parameters = match known {
            Some(parameters) => parameters,
            None => {
                let parameters = Rc::new(read()?);
                KNOWN.with_borrow_mut(|known| *known = Some((state.to_owned(), Rc::clone(&parameters))));
                parameters
            }
        };
        let mut by_name = HashMap::clone(&parameters);
        by_name.insert("update_date".to_owned(), clock::now_text());
        Values::with(by_name)
    }

    fn with(mut by_name: HashMap<String, String>) -> Result<Self> {
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

/// The parameter table, and what the database says.
fn read() -> Result<HashMap<String, String>> {
    let rows = spi::query(include_str!("sql/parameters.sql"), &[], |row| {
        Ok((row.get::<String>("name")?, row.get::<String>("value")?))
    })?;
    Ok(rows.into_iter().collect())
}
