//! The sequences of serial columns.

use crate::data_schema;
use crate::error::Result;
use crate::spi::{self, ident, literal, qualified};
use dfa_catalog::model::Column;

/// Whether a default takes its values from a sequence.
pub fn counts(default: Option<&str>) -> bool {
    default.is_some_and(|default| default.starts_with("nextval("))
}

/// A column that was none becomes serial: it goes on after its greatest value.
pub fn begin(table: &str, name: &str, column: &Column, datatype: Option<&str>) -> Result<Vec<String>> {
    let schema = data_schema::name()?;
    let sequence = qualified(&schema, &free_name(&schema, name, &column.name)?);
    let (column, datatype) = (ident(&column.name), datatype.unwrap_or("bigint"));
    Ok(vec![
        format!("create sequence {sequence} as {datatype} owned by {table}.{column}"),
        format!("select setval({}, coalesce(max({column}), 0) + 1, false) from {table}", literal(&sequence)),
        format!("alter table {table} alter column {column} set default nextval({})", literal(&sequence)),
        format!("grant usage on sequence {sequence} to dfa_operator, dfa_admin"),
    ])
}

/// A serial column becomes one like others; its default is a change of its own.
pub fn end(table: &str, column: &str) -> Result<Vec<String>> {
    Ok(of(table, column)?.map(|sequence| format!("drop sequence {sequence}")).into_iter().collect())
}

/// The sequence reaches as far as the column.
pub fn retype(table: &str, column: &str, datatype: Option<&str>) -> Result<Vec<String>> {
    let datatype = datatype.unwrap_or("bigint");
    let alter = |sequence| format!("alter sequence {sequence} as {datatype}");
    Ok(of(table, column)?.map(alter).into_iter().collect())
}

/// Who may write the table may count; the name of a sequence to come is known when it has come.
pub fn grant(table: &str, column: &Column) -> Option<String> {
    column.has_sequence().then(|| {
        format!(
            "do $grant$ begin execute format('grant usage on sequence %s to dfa_operator, dfa_admin', \
             pg_get_serial_sequence({}, {})); end $grant$",
            literal(table),
            literal(&column.name)
        )
    })
}

/// The sequence that belongs to a column, quoted.
fn of(table: &str, column: &str) -> Result<Option<String>> {
    let found = spi::value::<Option<String>>(
        "select pg_get_serial_sequence($1, $2)",
        &[table.into(), column.into()],
    )?;
    Ok(found.flatten())
}

/// As Postgres names sequences, with a number where that is taken.
fn free_name(schema: &str, table: &str, column: &str) -> Result<String> {
    let found = spi::value::<String>(
        include_str!("sql/free_sequence_name.sql"),
        &[schema.into(), table.into(), column.into()],
    )?;
    Ok(found.unwrap_or_default())
}
