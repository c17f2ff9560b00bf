//! Of which other types the types of a table are made.

use crate::db::Ask;
use crate::failure::Result;
use std::collections::HashMap;
use tokio_postgres::Transaction;

/// Domains, arrays, composites and hstore, by their oid.
#[derive(Debug, Default)]
pub struct Types(HashMap<u32, Made>);

/// What a type is made of.
#[derive(Debug)]
pub struct Made {
    /// The type below a domain.
    pub base: Option<u32>,
    pub element: Option<u32>,
    /// What stands between the elements.
    pub delimiter: char,
    /// Name and type of each attribute of a composite.
    pub attributes: Vec<(String, u32)>,
    pub is_hstore: bool,
}

impl Types {
    /// Those of the columns of a table.
    pub async fn of(transaction: &Transaction<'_>, schema: &str, table: &str) -> Result<Self> {
        let rows = transaction.ask(include_str!("types.sql"), &[&schema, &table]).await?;
        let made = rows.iter().map(|row| {
            let (names, oids): (Vec<String>, Vec<u32>) = (row.get(4), row.get(5));
            let made = Made {
                base: row.get(1),
                element: row.get(2),
                delimiter: row.get::<_, String>(3).chars().next().unwrap_or(','),
                attributes: names.into_iter().zip(oids).collect(),
                is_hstore: row.get(6),
            };
            (row.get(0), made)
        });
        Ok(Types(made.collect()))
    }

    pub fn get(&self, oid: u32) -> Option<&Made> {
        self.0.get(&oid)
    }
}
