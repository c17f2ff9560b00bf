//! Rows of results, read by the names of their columns.

use crate::failure::Failure;
use crate::problem::Problem;
use serde_json::{Map, Value};
use std::error::Error;
use tokio_postgres::types::{FromSql, Type};
use tokio_postgres::Row;

/// What a row says, by the names of its columns and in their order.
pub type NamedRow = Map<String, Value>;

/// A result that is not what its statement promises: a fault of the statement, not of whoever asked.
#[derive(Debug)]
pub struct Unexpected(String);

impl Unexpected {
    fn of(column: &str, error: &tokio_postgres::Error) -> Self {
        let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        Unexpected(format!("column \"{column}\": {cause}"))
    }
}

impl From<Unexpected> for Failure {
    fn from(fault: Unexpected) -> Self {
        let message = format!("a result of the database is not what was asked for: {}", fault.0);
        Failure { sqlstate: Some("XX000".to_owned()), ..Failure::work(message) }
    }
}

impl From<Unexpected> for Problem {
    fn from(fault: Unexpected) -> Self {
        Problem::internal(&fault.0)
    }
}

/// The one way to read a row.
pub trait Columns {
    /// The value of a column: `Option<T>` where it may be null.
    ///
    /// # Errors
    /// A null where `T` takes none, another type, no such column.
    fn value<'row, T: FromSql<'row>>(&'row self, column: &str) -> Result<T, Unexpected>;

    /// All columns, for who shows them.
    ///
    /// # Errors
    /// A type that no list of ours has.
    fn record(&self) -> Result<NamedRow, Unexpected>;
}

impl Columns for Row {
    fn value<'row, T: FromSql<'row>>(&'row self, column: &str) -> Result<T, Unexpected> {
        // The one place where it is.
        #[allow(clippy::disallowed_methods)]
        let value = self.try_get(column);
        value.map_err(|error| Unexpected::of(column, &error))
    }

    fn record(&self) -> Result<NamedRow, Unexpected> {
        let shown = |column: &tokio_postgres::Column| {
            let name = column.name();
            Ok((name.to_owned(), shown(self, name, column.type_())?))
        };
        self.columns().iter().map(shown).collect()
    }
}

/// [`Columns::record`] of each row.
pub fn records(rows: &[Row]) -> Result<Vec<NamedRow>, Unexpected> {
    rows.iter().map(Columns::record).collect()
}

fn shown(row: &Row, column: &str, of_type: &Type) -> Result<Value, Unexpected> {
    fn json<'row, T: FromSql<'row> + Into<Value>>(row: &'row Row, column: &str) -> Result<Value, Unexpected> {
        Ok(row.value::<Option<T>>(column)?.map_or(Value::Null, Into::into))
    }
    match *of_type {
        Type::TEXT | Type::VARCHAR | Type::NAME => json::<String>(row, column),
        Type::BOOL => json::<bool>(row, column),
        Type::INT4 => json::<i32>(row, column),
        Type::INT8 => json::<i64>(row, column),
        Type::FLOAT8 => json::<f64>(row, column),
        Type::JSON | Type::JSONB => json::<Value>(row, column),
        ref other => Err(Unexpected(format!("column \"{column}\": a value of type {other} is not shown"))),
    }
}
