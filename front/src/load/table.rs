//! The table that is loaded: its columns and their types, as the server knows them.

use crate::db::ident;
use crate::failure::{Failure, Result};
use tokio_postgres::types::Type;
use tokio_postgres::Transaction;

/// A table of the data schema.
#[derive(Debug, Clone)]
pub struct Table {
    pub schema: String,
    pub name: String,
    pub columns: Vec<Column>,
    /// The column whose dates the watermark follows, if it is a plain column.
    pub dated_by: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub name: String,
    /// As `format_type` gives it: `numeric(12,2)`.
    pub type_name: String,
    pub data_type: Type,
    pub type_modifier: i32,
    pub not_null: bool,
    /// Filled by itself when it is left out.
    pub has_default: bool,
    /// `generated always`: cannot be given.
    pub generated: bool,
}

impl Table {
    /// Finds a table by name or short name.
    pub async fn find(transaction: &Transaction<'_>, name: &str) -> Result<Self> {
        let installed: bool =
            transaction.query_one("select to_regclass('dfa.catalog') is not null", &[]).await?.get(0);
        if !installed {
            return Err(
                Failure::work("the extension dfa is not in this database").hint("`dfa init` creates it.")
            );
        }
        let found = transaction.query(include_str!("find_table.sql"), &[&name]).await?;
        let (name, schema, exists, dated_by): (String, String, bool, Option<String>) = match found.as_slice()
        {
            [row] => (row.get(0), row.get(1), row.get(2), row.get(3)),
            [] => return Err(unknown(transaction, name).await?),
            several => {
                let names: Vec<String> = several.iter().map(|row| row.get(0)).collect();
                return Err(Failure::work(format!("the short name '{name}' stands for several tables"))
                    .detail(names.join(", ")));
            }
        };
        if !exists {
            return Err(Failure::work(format!("table '{schema}.{name}' does not exist"))
                .hint(format!("SELECT * FROM dfa.setup('{name}'); creates it.")));
        }
        let rows = transaction.query(include_str!("table_columns.sql"), &[&schema, &name]).await?;
        let columns: Vec<Column> = rows
            .iter()
            .map(|row| Column {
                name: row.get(0),
                type_name: row.get(1),
                data_type: Type::from_oid(row.get(2)).unwrap_or(Type::UNKNOWN),
                type_modifier: row.get(3),
                not_null: row.get(4),
                has_default: row.get(5),
                generated: row.get(6),
            })
            .collect();
        let dated_by = dated_by.filter(|dated_by| columns.iter().any(|column| column.name == *dated_by));
        Ok(Table { schema, name, columns, dated_by })
    }

    /// `"schema"."table"`
    pub fn qualified(&self) -> String {
        format!("{}.{}", ident(&self.schema), ident(&self.name))
    }
}

async fn unknown(transaction: &Transaction<'_>, name: &str) -> Result<Failure> {
    let rows =
        transaction.query("select name from dfa.catalog where current and kind = 'table'", &[]).await?;
    let names: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let failure = Failure::work(format!("table '{name}' is not known"));
    Ok(match dfa_catalog::name::suggest(name, names.iter().map(String::as_str)) {
        Some(near) => failure.hint(format!("Did you mean '{near}'?")),
        None => failure.hint("A table is known by its catalog: `dfa catalog load DIR`."),
    })
}
