//! Which days the rows of a load are of.

use super::batch::Dated;
use crate::db::Columns;
use crate::failure::Result;
use tokio_postgres::Row;

/// The first and the last of some numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub first: i64,
    pub last: i64,
}

/// What is known of the days so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Days {
    /// Days since 1970-01-01.
    pub days: Option<Span>,
    /// Microseconds since 1970-01-01 00:00 UTC.
    pub instants: Option<Span>,
}

impl Days {
    pub fn see(&mut self, dated: Dated) {
        match dated {
            Dated::Day(day) => widen(&mut self.days, Span { first: day, last: day }),
            Dated::Instant(micros) => widen(&mut self.instants, Span { first: micros, last: micros }),
        }
    }

    /// The days of an answer, from `first` to `last`; both are null where there are none.
    pub fn see_answer(&mut self, rows: &[Row]) -> Result<()> {
        for row in rows {
            if let Some(first) = row.value("first")? {
                widen(&mut self.days, Span { first, last: row.value("last")? });
            }
        }
        Ok(())
    }
}

fn widen(known: &mut Option<Span>, by: Span) {
    *known = Some(match *known {
        Some(known) => Span { first: known.first.min(by.first), last: known.last.max(by.last) },
        None => by,
    });
}
