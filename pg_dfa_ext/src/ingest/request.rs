//! What the caller of an ingest asks for, checked where it enters.

use crate::catalog::{self, Stored};
use crate::date::date_text;
use crate::error::{given, DfaError, Result};
use crate::spi;
use pgrx::prelude::*;
use serde_json::{json, Value};

/// What is done with the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Insert,
    Update,
    Delete,
}

/// A checked call, of [`super::ingest`], [`super::delete_rows`] or a chunk.
#[derive(Debug, Clone)]
pub struct Request {
    pub stored: Stored,
    pub action: Action,
    /// Multiply `data_merge` out.
    pub merge: bool,
    /// As text that any session reads the same, with its offset.
    pub update_date: String,
    /// `YYYY-MM-DD`.
    pub run_date: String,
    /// Good rows go in although others are refused.
    pub skip: bool,
    /// Chunks are kept, and a worker takes them.
    pub background: bool,
}

impl Request {
    pub fn new(
        shortname: Option<&str>,
        action: Option<&str>,
        mode: Option<&str>,
        update_date: Option<TimestampWithTimeZone>,
        run_date: Option<Date>,
        on_error: Option<&str>,
    ) -> Result<Request> {
        let action = match word("action", action)?.as_str() {
            "insert" => Action::Insert,
            "update" => Action::Update,
            other => return Err(invalid("action", other, "insert or update.")),
        };
        let merge = match word("mode", mode)?.as_str() {
            "common" => false,
            "merge" => true,
            other => return Err(invalid("mode", other, "common or merge.")),
        };
        let stored = catalog::table(given("shortname", shortname)?)?;
        let update_date = checked_update_date(stored.name(), update_date)?;
        let run_date = date_text(given("run_date", run_date)?)?;
        Ok(Request {
            stored,
            action,
            merge,
            update_date,
            run_date,
            skip: skips(on_error)?,
            background: false,
        })
    }

    pub fn deletion(
        shortname: Option<&str>,
        run_date: Option<Date>,
        on_error: Option<&str>,
    ) -> Result<Request> {
        let stored = catalog::table(given("shortname", shortname)?)?;
        let run_date = date_text(given("run_date", run_date)?)?;
        let update_date = checked_update_date(stored.name(), None)?;
        Ok(Request {
            stored,
            action: Action::Delete,
            merge: false,
            update_date,
            run_date,
            skip: skips(on_error)?,
            background: false,
        })
    }

    /// What the row of a task keeps, for the chunks to come.
    pub fn to_json(&self) -> Value {
        json!({
            "table": self.stored.name(),
            "action": self.action_word(),
            "merge": self.merge,
            "update_date": self.update_date,
            "run_date": self.run_date,
            "skip": self.skip,
            "background": self.background,
        })
    }

    /// What was asked for, without the time at which it was.
    pub fn fingerprint(&self) -> String {
        let mut asked = self.to_json();
        asked["update_date"] = Value::Null;
        asked.to_string()
    }

    pub fn from_json(value: &Value) -> Result<Request> {
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        Ok(Request {
            stored: catalog::table(&text("table"))?,
            action: if value["action"] == "update" { Action::Update } else { Action::Insert },
            merge: value["merge"] == true,
            update_date: text("update_date"),
            run_date: text("run_date"),
            skip: value["skip"] == true,
            background: value["background"] == true,
        })
    }

    pub fn action_word(&self) -> &'static str {
        match self.action {
            Action::Insert => "insert",
            Action::Update => "update",
            Action::Delete => "delete",
        }
    }
}

fn word(argument: &'static str, text: Option<&str>) -> Result<String> {
    Ok(given(argument, text)?.trim().to_ascii_lowercase())
}

fn skips(on_error: Option<&str>) -> Result<bool> {
    match word("on_error", on_error)?.as_str() {
        "reject" => Ok(false),
        "skip" => Ok(true),
        other => Err(invalid("on_error", other, "reject (all or nothing) or skip (good rows go in).")),
    }
}

fn invalid(argument: &'static str, value: &str, allowed: &str) -> DfaError {
    DfaError::InvalidArgument { argument, value: value.to_owned(), allowed: allowed.to_owned() }
}

/// Now, or a time that is not before the watermark's data_date.
fn checked_update_date(table: &str, wanted: Option<TimestampWithTimeZone>) -> Result<String> {
    let found =
        spi::query_one(include_str!("sql/ingest_update_date.sql"), &[table.into(), wanted.into()], |row| {
            Ok((
                row.get::<String>("update_date")?,
                row.get::<bool>("is_too_early")?,
                row.get::<String>("data_date")?,
            ))
        })?;
    let Some((update_date, too_early, data_date)) = found else {
        return Err(DfaError::MissingWatermark { table: table.to_owned() });
    };
    if wanted.is_some() && too_early {
        let allowed =
            format!("Rows of '{table}' reach {data_date} already; an update is not older than that.");
        return Err(invalid("update_date", &update_date, &allowed));
    }
    Ok(update_date)
}
