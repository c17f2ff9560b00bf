//! The one statement of a load that has to have a name on the server: behind a pooler another client may have left one of
//! the same name there.

use crate::failure::{Failure, Result};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Statement, Transaction};

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
