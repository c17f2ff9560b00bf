//! The table that is loaded: its columns and their types, as the server knows them.

use super::types::Types;
use crate::db::{ident, Ask};
use crate::failure::{Failure, Result};
use dfa_catalog::json::Form;
use tokio_postgres::types::Type;
use tokio_postgres::Transaction;

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
        let installed = transaction.ask("select to_regclass('dfa.catalog') is not null", &[]).await?;
        if !installed.first().is_some_and(|row| row.get(0)) {
            return Err(
                Failure::work("the extension dfa is not in this database").hint("`dfa init` creates it.")
            );
        }
        let found = transaction.ask(include_str!("find_table.sql"), &[&name]).await?;
        let (name, schema, dated_by): (String, String, Option<String>) = match found.as_slice() {
            [row] => (row.get(0), row.get(1), row.get(3)),
            [] => return Err(unknown(transaction, name).await?),
            several => {
                let names: Vec<String> = several.iter().map(|row| row.get(0)).collect();
                return Err(Failure::work(format!("the short name '{name}' stands for several tables"))
                    .detail(names.join(", ")));
            }
        };
        if !found.first().is_some_and(|row| row.get(2)) {
            return Err(Failure::work(format!("table '{schema}.{name}' does not exist"))
                .hint(format!("SELECT * FROM dfa.setup('{name}'); creates it.")));
        }
        let rows = transaction.ask(include_str!("table_columns.sql"), &[&schema, &name]).await?;
        let types = Types::of(transaction, &schema, &name).await?;
        let columns: Vec<Column> = rows
            .iter()
            .map(|row| Column {
                name: row.get("name"),
                type_name: row.get("type_name"),
                cast_name: row.get("cast_name"),
                data_type: Type::from_oid(row.get("type")).unwrap_or(Type::UNKNOWN),
                type_modifier: row.get("type_modifier"),
                not_null: row.get("not_null"),
                has_default: row.get("has_default"),
                generated: row.get("is_generated"),
                form: types.form_of(row.get("type")),
            })
            .collect();
        let triggers = transaction.ask(include_str!("row_triggers.sql"), &[&schema, &name]).await?;
        let has_row_triggers = triggers.first().is_some_and(|row| row.get(0));
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

async fn unknown(transaction: &Transaction<'_>, name: &str) -> Result<Failure> {
    let rows = transaction.ask("select name from dfa.catalog where current and kind = 'table'", &[]).await?;
    let names: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let failure = Failure::work(format!("table '{name}' is not known"));
    Ok(match dfa_catalog::name::suggest(name, names.iter().map(String::as_str)) {
        Some(near) => failure.hint(format!("Did you mean '{near}'?")),
        None => failure.hint("A table is known by its catalog: `dfa catalog load DIR`."),
    })
}
