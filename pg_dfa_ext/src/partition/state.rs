//! How a table is partitioned now.

use crate::error::{DfaError, Result};
use crate::spi;
use pgrx::pg_sys;

pub enum Way {
    /// By a range that begins with a date or timestamp: a partition for each month.
    Months,
    /// By a list: a partition for each value.
    Values,
    /// By a hash, whose partitions are all there, or by a range of something else.
    Fixed,
}

pub struct State {
    pub way: Way,
    /// As `RANGE (day)`.
    pub key: String,
    /// The first of the key: a column, quoted, or an expression in brackets.
    pub column: String,
    /// The default partition.
    pub rest: Option<Rest>,
    pub is_referred: bool,
    pub partitions: usize,
    /// In which days begin; only where the key has a zone.
    pub zone: Option<String>,
    /// So many can be made at once with the locks that the server has.
    pub at_once: usize,
}

pub struct Rest {
    pub oid: pg_sys::Oid,
    /// Quoted, with its schema.
    pub relation: String,
    /// Its file is not empty.
    pub may_have_rows: bool,
}

impl State {
    /// `None`: it is not partitioned.
    pub fn read(oid: pg_sys::Oid) -> Result<Option<State>> {
        spi::query_one(include_str!("../../../sql/partitioned_table.sql"), &[oid.into()], |row| {
            let text = |column| Ok::<_, DfaError>(row.get::<String>(column)?.unwrap_or_default());
            let column = row.get::<String>(3)?;
            let way = match (text(1)?.as_str(), row.get::<bool>(4)?, &column) {
                ("r", Some(true), Some(_)) => Way::Months,
                ("l", _, Some(_)) => Way::Values,
                _ => Way::Fixed,
            };
            let rest = match row.get::<pg_sys::Oid>(7)? {
                Some(oid) => Some(Rest {
                    oid,
                    relation: text(5)?,
                    may_have_rows: row.get::<bool>(6)?.unwrap_or_default(),
                }),
                None => None,
            };
            Ok(State {
                way,
                key: text(2)?,
                column: column.unwrap_or_default(),
                rest,
                is_referred: row.get::<bool>(8)?.unwrap_or_default(),
                partitions: usize::try_from(row.get::<i64>(9)?.unwrap_or_default()).unwrap_or_default(),
                zone: row.get::<String>(10)?,
                at_once: usize::try_from(row.get::<i64>(11)?.unwrap_or_default()).unwrap_or_default().max(1),
            })
        })
    }
}
