//! Statements of the load's transaction, without a name on the server: behind a pooler another client's session may have
//! left a statement of the same name there.

use crate::db::Parameter;
use crate::failure::{Failure, Result};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Error, Row, Statement, Transaction};

/// Runs one statement.
pub async fn query(
    transaction: &Transaction<'_>,
    statement: &str,
    parameters: &[&dyn Parameter],
) -> std::result::Result<Vec<Row>, Error> {
    let typed: Vec<(&(dyn ToSql + Sync), Type)> =
        parameters.iter().map(|parameter| parameter.typed()).collect();
    transaction.query_typed(statement, &typed).await
}

/// Prepares a COPY, which the client can run by name alone. A name that is taken is left to whoever took it.
pub async fn prepare_copy(transaction: &Transaction<'_>, statement: &str) -> Result<Statement> {
    const NAMES: usize = 1000;
    for _ in 0..NAMES {
        transaction.batch_execute("savepoint dfa_prepare").await?;
        match transaction.prepare(statement).await {
            Ok(prepared) => {
                transaction.batch_execute("release savepoint dfa_prepare").await?;
                return Ok(prepared);
            }
            Err(error) if error.code() == Some(&SqlState::DUPLICATE_PSTATEMENT) => {
                transaction.batch_execute("rollback to savepoint dfa_prepare").await?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(Failure::work("the pooler's session is full of other clients' statements")
        .hint("DEALLOCATE ALL there, or server_reset_query, clears them."))
}
