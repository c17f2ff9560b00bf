//! `dfa catalog load`: a set into the database in one transaction; strict, all of it or nothing.

use super::folder::CatalogFile;
use super::{data_file, Set};
use crate::db::{Ask, Client, Columns, Unexpected};
use crate::failure::{Failure, Result};
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::Path;
use tokio_postgres::Row;
use utoipa::ToSchema;

/// What became of a definition.
#[derive(Serialize, ToSchema)]
#[schema(as = LoadedDefinition)]
pub struct Stored {
    /// table, function, view, query or pipeline.
    pub kind: String,
    pub name: String,
    pub version: Option<String>,
    /// new, changed, same, older, retired or refused.
    pub action: String,
    /// Why it is refused.
    pub finding: Option<String>,
}

impl Stored {
    /// A row of `dfa.load_catalogs`.
    pub fn read(row: &Row) -> std::result::Result<Stored, Unexpected> {
        Ok(Stored {
            kind: row.value("kind")?,
            name: row.value("name")?,
            version: row.value("version")?,
            action: row.value("action")?,
            finding: row.value("finding")?,
        })
    }

    pub fn is_refused(&self) -> bool {
        self.action == "refused"
    }
}

/// How a set is stored.
#[derive(Debug, Clone, Copy, Default)]
pub struct How {
    /// Store what is sound, and say what is not.
    pub keep_going: bool,
    /// Take out of force what the set does not hold.
    pub prune: bool,
}

/// Stores the data files and the catalogs of a set.
pub async fn store(client: &mut Client, set: &Set, how: How) -> Result<Vec<Stored>> {
    let transaction = client.transaction().await?;
    let stored = store_in(&transaction, set, how).await?;
    transaction.commit().await?;
    Ok(stored)
}

/// [`store`] in a transaction of the caller's.
pub async fn store_in(transaction: &impl Ask, set: &Set, how: How) -> Result<Vec<Stored>> {
    let mut stored = store_files(transaction, set, how).await?;
    let documents: Vec<String> = set.files.iter().map(|file| file.text.clone()).collect();
    let sources: Vec<String> = set.files.iter().map(|file| file.source.clone()).collect();
    let rows = transaction
        .call(
            "select kind, name, version::pg_catalog.text as version, action, finding from dfa.load_catalogs($1, $2, $3, $4)",
            &[&documents, &sources, &!how.keep_going, &how.prune],
        )
        .await?;
    for row in &rows {
        stored.push(Stored::read(row)?);
    }
    Ok(stored)
}

/// The files of first rows; returns those that could not be read, when going on without them.
async fn store_files(transaction: &impl Ask, set: &Set, how: How) -> Result<Vec<Stored>> {
    let mut refused = Vec::new();
    let mut done = BTreeSet::new();
    for file in &set.files {
        for (table, path) in file.data_files().filter(|(_, path)| done.insert((*path).to_owned())) {
            match read_file(set, file, table, path) {
                Ok(content) => {
                    transaction.ask("select dfa.load_catalog_file($1, $2::json)", &[&path, &content]).await?;
                }
                Err(failure) if how.keep_going => refused.push(Stored {
                    kind: "file".to_owned(),
                    name: path.to_owned(),
                    version: None,
                    action: "refused".to_owned(),
                    finding: Some(failure.message),
                }),
                Err(failure) => return Err(failure),
            }
        }
    }
    Ok(refused)
}

fn read_file(set: &Set, file: &CatalogFile, table: &str, path: &str) -> Result<String> {
    let data = set.data.as_deref().unwrap_or(Path::new(""));
    let full = data.join(path);
    if !full.is_file() {
        return Err(Failure::work(format!(
            "{}: {table}: initial.file: '{path}' does not exist",
            file.source
        ))
        .hint(format!("It is looked up below '{}'.", data.display())));
    }
    data_file::read(&full, file.json_columns(table))
}
