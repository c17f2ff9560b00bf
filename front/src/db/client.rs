//! A session of a command.

use super::ask::{typed, Ask};
use super::parameter::Parameter;
use super::path::{OF_ROLE, OF_ROLE_LOCAL, PINNED, PINNED_LOCAL};
use crate::failure::Result;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio_postgres::{Row, Transaction};

/// Its own statements are pinned (see `path`): by its session, or behind a pooler by each transaction.
pub struct Client {
    client: tokio_postgres::Client,
    pooler: bool,
    /// [`Client::begin`] was called, and neither commit nor rollback.
    in_transaction: AtomicBool,
}

impl Client {
    pub(super) fn new(client: tokio_postgres::Client, pooler: bool) -> Self {
        Client { client, pooler, in_transaction: AtomicBool::new(false) }
    }

    pub async fn begin(&self) -> Result<()> {
        self.client.batch_execute(&format!("begin; {PINNED_LOCAL}")).await?;
        self.in_transaction.store(true, Ordering::Relaxed);
        Ok(())
    }

    pub async fn commit(&self) -> Result<()> {
        self.end("commit").await
    }

    pub async fn rollback(&self) -> Result<()> {
        self.end("rollback").await
    }

    async fn end(&self, how: &str) -> Result<()> {
        self.in_transaction.store(false, Ordering::Relaxed);
        Ok(self.client.batch_execute(how).await?)
    }

    /// A transaction that ends with its value.
    pub async fn transaction(&mut self) -> Result<Transaction<'_>> {
        let transaction = self.client.transaction().await?;
        transaction.batch_execute(PINNED_LOCAL).await?;
        Ok(transaction)
    }
}

impl Deref for Client {
    type Target = tokio_postgres::Client;

    fn deref(&self) -> &tokio_postgres::Client {
        &self.client
    }
}

impl Ask for Client {
    async fn ask(&self, sql: &str, parameters: &[&dyn Parameter]) -> Result<Vec<Row>> {
        let parameters = typed(parameters);
        let statement = self.client.query_typed(sql, &parameters);
        if !self.pooler || self.in_transaction.load(Ordering::Relaxed) {
            return Ok(statement.await?);
        }
        // All at once: one way there and back.
        let begin = format!("begin; {PINNED_LOCAL}");
        let (begun, rows, ended) = futures_util::future::join3(
            self.client.batch_execute(&begin),
            statement,
            self.client.batch_execute("commit"),
        )
        .await;
        begun?;
        let rows = rows?;
        ended?;
        Ok(rows)
    }

    async fn call(&self, sql: &str, parameters: &[&dyn Parameter]) -> Result<Vec<Row>> {
        let (of_role, pinned) = match (self.in_transaction.load(Ordering::Relaxed), self.pooler) {
            (true, _) => (OF_ROLE_LOCAL, PINNED_LOCAL),
            (false, false) => (OF_ROLE, PINNED),
            // The session that it comes to was told nothing.
            (false, true) => return Ok(self.client.query_typed(sql, &typed(parameters)).await?),
        };
        self.client.batch_execute(of_role).await?;
        let outcome = self.client.query_typed(sql, &typed(parameters)).await;
        // In a transaction that has failed there is nothing more to look up.
        let again = self.client.batch_execute(pinned).await;
        let rows = outcome?;
        again?;
        Ok(rows)
    }
}
