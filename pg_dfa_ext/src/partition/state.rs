//! How a table is partitioned now.

use crate::citus;
use crate::error::Result;
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
    /// Its rows lie on other machines.
    pub is_elsewhere: bool,
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
        let is_elsewhere = citus::is_elsewhere(oid)?;
        spi::query_one(include_str!("sql/partitioned_table.sql"), &[oid.into()], |row| {
            let column = row.get::<Option<String>>("first_of_key")?;
            let way = match (
                row.get::<String>("strategy")?.as_str(),
                row.get::<Option<bool>>("is_dated")?,
                &column,
            ) {
                ("r", Some(true), Some(_)) => Way::Months,
                ("l", _, Some(_)) => Way::Values,
                _ => Way::Fixed,
            };
            let rest = match row.get::<Option<pg_sys::Oid>>("rest_oid")? {
                Some(oid) => Some(Rest {
                    oid,
                    relation: row.get::<String>("rest")?,
                    may_have_rows: is_elsewhere || row.get::<bool>("rest_has_rows")?,
                }),
                None => None,
            };
            Ok(State {
                way,
                key: row.get::<String>("key")?,
                column: column.unwrap_or_default(),
                rest,
                is_referred: row.get::<bool>("is_referred_to")?,
                partitions: usize::try_from(row.get::<i64>("partitions")?).unwrap_or_default(),
                zone: row.get::<Option<String>>("zone")?,
                is_elsewhere,
                at_once: usize::try_from(row.get::<i64>("most_at_once")?).unwrap_or_default().max(1),
            })
        })
    }
}
