//! The table that is loaded: its columns and their types, as the server knows them.

use super::types::Types;
use crate::db::{ident, Ask, Columns};
use crate::failure::{Failure, Result};
use dfa_catalog::json::Form;
use tokio_postgres::types::Type;
use tokio_postgres::{Row, Transaction};

/// A table of the data schema.
#[derive(Debug, Clone)]
pub struct Table {
    pub schema: String,
    pub name: String,
    pub columns: Vec<Column>,
    /// What dates the rows: a column or an expression, in SQL.
    pub dated_by: Option<String>,
    /// Triggers may change a row on its way.
    pub has_row_triggers: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub name: String,
    /// As `format_type` gives it: `numeric(12,2)`.
    pub type_name: String,
    /// The same where any search path may hold.
    pub cast_name: String,
    pub data_type: Type,
    pub type_modifier: i32,
    pub not_null: bool,
    /// Filled by itself when it is left out.
    pub has_default: bool,
    /// `generated always`: cannot be given.
    pub generated: bool,
    /// What it takes of JSON.
    pub form: Form,
}

impl Table {
    /// Finds a table by name or short name.
    pub async fn find(transaction: &Transaction<'_>, name: &str) -> Result<Self> {
        let installed = "select to_regclass('dfa.catalog') is not null as is_so";
        if !transaction.ask_one(installed, &[]).await?.value::<bool>("is_so")? {
            return Err(Failure::no_extension());
        }
        let found = transaction.ask(include_str!("find_table.sql"), &[&name]).await?;
        let row = match found.as_slice() {
            [row] => row,
            [] => return Err(unknown(transaction, name).await?),
            several => {
                return Err(Failure::work(format!("the short name '{name}' stands for several tables"))
                    .detail(names(several)?.join(", ")));
            }
        };
        let (name, schema): (String, String) = (row.value("name")?, row.value("schema")?);
        if !row.value::<bool>("is_there")? {
            return Err(Failure::work(format!("table '{schema}.{name}' does not exist"))
                .hint(format!("SELECT * FROM dfa.setup('{name}'); creates it.")));
        }
        let rows = transaction.ask(include_str!("table_columns.sql"), &[&schema, &name]).await?;
        let types = Types::of(transaction, &schema, &name).await?;
        let columns: Vec<Column> = rows
            .iter()
            .map(|row| {
                Ok(Column {
                    name: row.value("name")?,
                    type_name: row.value("type_name")?,
                    cast_name: row.value("cast_name")?,
                    data_type: Type::from_oid(row.value("type")?).unwrap_or(Type::UNKNOWN),
                    type_modifier: row.value("type_modifier")?,
                    not_null: row.value("not_null")?,
                    has_default: row.value("has_default")?,
                    generated: row.value("is_generated")?,
                    form: types.form_of(row.value("type")?),
                })
            })
            .collect::<Result<_>>()?;
        let triggers = transaction.ask_one(include_str!("row_triggers.sql"), &[&schema, &name]).await?;
        let (dated_by, has_row_triggers) = (row.value("rtt_column")?, triggers.value("any")?);
        Ok(Table { schema, name, columns, dated_by, has_row_triggers })
    }

    /// Whether a column is called so, in any case.
    pub fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// `"schema"."table"`
    pub fn qualified(&self) -> String {
        format!("{}.{}", ident(&self.schema), ident(&self.name))
    }
}

fn names(rows: &[Row]) -> Result<Vec<String>> {
    rows.iter().map(|row| Ok(row.value("name")?)).collect()
}

async fn unknown(transaction: &Transaction<'_>, name: &str) -> Result<Failure> {
    let rows = transaction.ask("select name from dfa.catalog where current and kind = 'table'", &[]).await?;
    let names = names(&rows)?;
    let failure = Failure::work(format!("table '{name}' is not known"));
    Ok(match dfa_catalog::name::suggest(name, names.iter().map(String::as_str)) {
        Some(near) => failure.hint(format!("Did you mean '{near}'?")),
        None => failure.hint("A table is known by its catalog: `dfa catalog load DIR`."),
    })
}
