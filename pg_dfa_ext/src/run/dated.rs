//! The column, or expression, that dates the rows of a table (`rtt_column`), and the greatest date in it.

use crate::error::{DfaError, Result};
use crate::spi::{self, ident, qualified};
use crate::subtransaction::subtransaction;
use pgrx::pg_sys;
use std::ffi::CString;

/// What dates the rows of a table.
pub struct Dated {
    /// As SQL, fit to stand in brackets.
    pub sql: String,
    /// The base type of a column; an expression's is not known here.
    of_column: Option<pg_sys::Oid>,
}

/// The greatest date of a table, and what there is to say of it.
#[derive(Default)]
pub struct Greatest {
    /// `YYYY-MM-DD`; `None` without rows, or where all lie at infinity.
    pub date: Option<String>,
    pub warning: Option<String>,
}

impl Dated {
    /// A column of the table by its exact name is that column, whatever needs quoting in it; else it is an expression.
    pub fn of(table: pg_sys::Oid, text: &str) -> Dated {
        let text = text.trim();
        let Ok(name) = CString::new(text) else { return Dated { sql: text.to_owned(), of_column: None } };
        // SAFETY: look-ups in the system cache; no column has the number 0.
        unsafe {
            let number = pg_sys::get_attnum(table, name.as_ptr());
            if number == 0 {
                return Dated { sql: text.to_owned(), of_column: None };
            }
            Dated {
                sql: ident(text),
                of_column: Some(pg_sys::getBaseType(pg_sys::get_atttype(table, number))),
            }
        }
    }

    /// The greatest date that is one: infinity moves nothing. `run_date`: a date more than a year after it is told.
    ///
    /// A value of which no date can be made (in an expression, or in text) leaves the date as it is, and is told, too: one
    /// bad row must not stop a table.
    pub fn greatest(&self, schema: &str, table: &str, run_date: &str) -> Result<Greatest> {
        let relation = qualified(schema, table);
        let sql = &self.sql;
        if let Some(kind) = self.of_column.and_then(time_type) {
            // A range, so that an index that begins with the column gives the answer.
            return self.asked(
                table,
                run_date,
                &format!(
                    "select (pg_catalog.max({sql}))::pg_catalog.date from {relation}
                     where {sql} operator(pg_catalog.<) 'infinity'::pg_catalog.{kind}
                       and {sql} operator(pg_catalog.>) '-infinity'::pg_catalog.{kind}"
                ),
            );
        }
        let greatest = subtransaction(|| {
            let first = self.asked(
                table,
                run_date,
                &format!("select (pg_catalog.max({sql}))::pg_catalog.date from {relation}"),
            )?;
            if first.date.as_deref().is_none_or(|date| !date.ends_with("infinity")) {
                return Ok(first);
            }
            self.asked(
                table,
                run_date,
                &format!(
                    "select pg_catalog.max(dated) from (select ({sql})::pg_catalog.date as dated from {relation}) as row
                     where pg_catalog.isfinite(dated)"
                ),
            )
        });
        match greatest {
            // Class 22: a value that is none.
            Err(error) if error.report().sqlstate.starts_with("22") => Ok(Greatest {
                date: None,
                warning: Some(format!(
                    "Warning: data_date of '{table}' stays as it is, since a row has no date in {sql}: {}",
                    error.report().message
                )),
            }),
            Err(error) => Err(error.in_statement(table, "retention.column", sql)),
            greatest => greatest,
        }
    }

    /// Asks a query of one date.
    fn asked(&self, table: &str, run_date: &str, query: &str) -> Result<Greatest> {
        let statement = format!(
            "select found::pg_catalog.text as found,
                    pg_catalog.isfinite(found) and found operator(pg_catalog.>)
                        ($1::pg_catalog.date operator(pg_catalog.+) '1 year'::pg_catalog.interval)::pg_catalog.date
                    as is_far
             from ({query}) as asked (found)"
        );
        let read = |row: &spi::Row<'_>| {
            Ok((row.get::<Option<String>>("found")?, row.get::<Option<bool>>("is_far")?))
        };
        let row = spi::catalog_query(&statement, &[run_date.into()], read)?.into_iter().next();
        let (date, is_far) = row.ok_or_else(|| DfaError::internal("a query of one row gave none"))?;
        let is_far = is_far.unwrap_or_default();
        let warning = date.as_ref().filter(|_| is_far).map(|date| {
            format!(
                "Warning: data_date of '{table}' is {date}, more than a year after its run date {run_date}: a row has that date in {}",
                self.sql
            )
        });
        Ok(Greatest { date, warning })
    }
}

/// The types that know infinity.
fn time_type(oid: pg_sys::Oid) -> Option<&'static str> {
    match oid {
        pg_sys::DATEOID => Some("date"),
        pg_sys::TIMESTAMPOID => Some("timestamp"),
        pg_sys::TIMESTAMPTZOID => Some("timestamptz"),
        _ => None,
    }
}
