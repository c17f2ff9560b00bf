//! Rows as values whose fields have the names of the columns: one way for all, through JSON.

use super::parameter::Parameter;
use super::row::Columns;
use super::session::Session;
use crate::problem::Problem;
use serde::de::DeserializeOwned;
use tokio_postgres::Row;

impl Session {
    /// The rows of one of our statements.
    ///
    /// # Errors
    /// The database, or a row that is not as the type has it.
    pub async fn list<T: DeserializeOwned>(
        &mut self,
        sql: &str,
        parameters: &[&dyn Parameter],
    ) -> Result<Vec<T>, Problem> {
        read(&self.query(&as_json(sql), parameters).await?)
    }

    /// The one row of a statement that always has one.
    ///
    /// # Errors
    /// As [`Session::list`].
    pub async fn one<T: DeserializeOwned>(
        &mut self,
        sql: &str,
        parameters: &[&dyn Parameter],
    ) -> Result<T, Problem> {
        let row = self.list(sql, parameters).await?.into_iter().next();
        row.ok_or_else(|| Problem::internal("a statement returned no row where there is always one"))
    }

    /// [`Session::list`] of what [`Session::call`] returns.
    ///
    /// # Errors
    /// As [`Session::list`].
    pub async fn call_list<T: DeserializeOwned>(
        &mut self,
        sql: &str,
        parameters: &[&dyn Parameter],
    ) -> Result<Vec<T>, Problem> {
        read(&self.call(&as_json(sql), parameters).await?)
    }
}

fn as_json(sql: &str) -> String {
    format!("select pg_catalog.to_json(page)::pg_catalog.text as row from (\n{sql}\n) as page")
}

fn read<T: DeserializeOwned>(rows: &[Row]) -> Result<Vec<T>, Problem> {
    let read = |row: &Row| {
        let text: String = row.value("row")?;
        serde_json::from_str(&text).map_err(|error| Problem::internal(&format!("{error} in {text}")))
    };
    rows.iter().map(read).collect()
}
