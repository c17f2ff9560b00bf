//! Statements of the command line. They go out with their values in one message, since behind a pooler the next message
//! may come to another server, where a statement of this name is somebody else's.

use super::parameter::Parameter;
use crate::failure::{Failure, Result};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row, Transaction};

fn typed<'a>(parameters: &[&'a dyn Parameter]) -> Vec<(&'a (dyn ToSql + Sync), Type)> {
    parameters.iter().map(|parameter| parameter.typed()).collect()
}

/// What a session or a transaction of a command is asked.
pub trait Ask {
    async fn ask(&self, sql: &str, parameters: &[&dyn Parameter]) -> Result<Vec<Row>>;

    async fn ask_one(&self, sql: &str, parameters: &[&dyn Parameter]) -> Result<Row> {
        let row = self.ask(sql, parameters).await?.into_iter().next();
        row.ok_or_else(|| Failure::work("the database gave no row where it gives one"))
    }

    async fn ask_opt(&self, sql: &str, parameters: &[&dyn Parameter]) -> Result<Option<Row>> {
        Ok(self.ask(sql, parameters).await?.into_iter().next())
    }
}

impl Ask for Client {
    async fn ask(&self, sql: &str, parameters: &[&dyn Parameter]) -> Result<Vec<Row>> {
        Ok(self.query_typed(sql, &typed(parameters)).await?)
    }
}

impl Ask for Transaction<'_> {
    async fn ask(&self, sql: &str, parameters: &[&dyn Parameter]) -> Result<Vec<Row>> {
        Ok(self.query_typed(sql, &typed(parameters)).await?)
    }
}
