//! How a table is partitioned now.

use crate::error::{DfaError, Result};
use crate::spi;
use pgrx::pg_sys;

pub enum Way {
    /// By a range whose first column is a date or timestamp: a partition for each month.
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
    /// The first column of the key, quoted.
    pub column: String,
    /// The default partition.
    pub rest: Option<Rest>,
    pub is_referred: bool,
    pub partitions: usize,
    /// In which days begin; only where the key has a zone.
    pub zone: Option<String>,
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
            let way = match (text(1)?.as_str(), row.get::<bool>(4)?) {
                ("r", Some(true)) => Way::Months,
                ("l", _) => Way::Values,
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
                column: text(3)?,
                rest,
                is_referred: row.get::<bool>(8)?.unwrap_or_default(),
                partitions: usize::try_from(row.get::<i64>(9)?.unwrap_or_default()).unwrap_or_default(),
                zone: row.get::<String>(10)?,
            })
        })
    }
}
