//! `--dry-run` and `--rehearse`: what would be done is done in a transaction, told, and undone.

use crate::db::Client;
use crate::failure::Result;
use crate::output::Output;
use std::future::Future;

/// Does `work` in a transaction and undoes it, whatever comes of it.
pub async fn undone<T>(client: &Client, work: impl Future<Output = Result<T>>) -> Result<T> {
    client.begin().await?;
    let outcome = work.await;
    client.rollback().await?;
    outcome
}

/// The last line of a dry run.
pub fn tell(output: Output) {
    output.note("Dry run: it was done in a transaction and undone; nothing is changed.");
}
