//! `dfa catalog load`: a set into the database, all or nothing.

use super::{data_file, Set};
use crate::db::Ask;
use crate::failure::{Failure, Result};
use std::collections::BTreeSet;
use tokio_postgres::Client;

/// What was done with a definition.
pub struct Stored {
    pub kind: String,
    pub name: String,
    pub version: String,
    /// new, changed, same or older.
    pub action: String,
}

/// Stores the data files and the catalogs of a set in one transaction.
pub async fn store(client: &mut Client, set: &Set) -> Result<Vec<Stored>> {
    let transaction = client.transaction().await?;
    let mut done = BTreeSet::new();
    for file in &set.files {
        for (table, path) in file.data_files().filter(|(_, path)| done.insert((*path).to_owned())) {
            let full = set.data.join(path);
            if !full.is_file() {
                return Err(Failure::work(format!(
                    "{}: {table}: initial.file: '{path}' does not exist",
                    file.source
                ))
                .hint(format!("It is looked up below '{}'.", set.data.display())));
            }
            let content = data_file::read(&full, file.json_columns(table))?;
            transaction.ask("select dfa.load_catalog_file($1, $2::text::json)", &[&path, &content]).await?;
        }
    }
    let mut stored = Vec::new();
    let load = "select kind, name, version::text, action from dfa.load_catalog($1, $2)";
    for file in &set.files {
        for row in transaction.ask(load, &[&file.text, &file.source]).await? {
            stored.push(Stored {
                kind: row.get(0),
                name: row.get(1),
                version: row.get(2),
                action: row.get(3),
            });
        }
    }
    transaction.commit().await?;
    Ok(stored)
}
