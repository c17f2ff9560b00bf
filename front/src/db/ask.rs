//! Statements of the command line. They go out with their values in one message, since behind a pooler the next message
//! may come to another server, where a statement of this name is somebody else's.

use super::parameter::Parameter;
use super::path::{OF_ROLE_LOCAL, PINNED_LOCAL};
use crate::failure::{Failure, Result};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Row, Transaction};

pub(super) fn typed<'a>(parameters: &[&'a dyn Parameter]) -> Vec<(&'a (dyn ToSql + Sync), Type)> {
    parameters.iter().map(|parameter| parameter.typed()).collect()
}

/// What a session or a transaction of a command is asked.
pub trait Ask {
    /// One of our statements: its names are those of `pg_catalog`.
    async fn ask(&self, sql: &str, parameters: &[&dyn Parameter]) -> Result<Vec<Row>>;

    /// A statement under which code of catalogs or tables runs, with the search path of the role. Each of its own names is
    /// qualified.
    async fn call(&self, sql: &str, parameters: &[&dyn Parameter]) -> Result<Vec<Row>>;

    async fn ask_one(&self, sql: &str, parameters: &[&dyn Parameter]) -> Result<Row> {
        the_one(self.ask(sql, parameters).await?)
    }

    async fn ask_opt(&self, sql: &str, parameters: &[&dyn Parameter]) -> Result<Option<Row>> {
        Ok(self.ask(sql, parameters).await?.into_iter().next())
    }

    async fn call_one(&self, sql: &str, parameters: &[&dyn Parameter]) -> Result<Row> {
        the_one(self.call(sql, parameters).await?)
    }
}

fn the_one(rows: Vec<Row>) -> Result<Row> {
    rows.into_iter()
        .next()
        .ok_or_else(|| Failure::work("the database returned no row where there is always one"))
}

/// Of [`super::Client::transaction`], which is pinned.
impl Ask for Transaction<'_> {
    async fn ask(&self, sql: &str, parameters: &[&dyn Parameter]) -> Result<Vec<Row>> {
        Ok(self.query_typed(sql, &typed(parameters)).await?)
    }

    async fn call(&self, sql: &str, parameters: &[&dyn Parameter]) -> Result<Vec<Row>> {
        self.batch_execute(OF_ROLE_LOCAL).await?;
        let rows = self.query_typed(sql, &typed(parameters)).await?;
        self.batch_execute(PINNED_LOCAL).await?;
        Ok(rows)
    }
}
