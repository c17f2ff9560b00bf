//! `dfa catalog load`: a set into the database in one transaction; strict, all of it or nothing.

use super::folder::CatalogFile;
use super::{data_file, Set};
use crate::db::{Ask, Client};
use crate::failure::{Failure, Result};
use std::collections::BTreeSet;
use std::path::Path;

/// What was done with a definition.
pub struct Stored {
    pub kind: String,
    pub name: String,
    pub version: Option<String>,
    /// new, changed, same, older, refused or retired.
    pub action: String,
    /// Why it was refused.
    pub finding: Option<String>,
}

impl Stored {
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
            "select kind, name, version::pg_catalog.text, action, finding from dfa.load_catalogs($1, $2, $3, $4)",
            &[&documents, &sources, &!how.keep_going, &how.prune],
        )
        .await?;
    stored.extend(rows.iter().map(|row| Stored {
        kind: row.get(0),
        name: row.get(1),
        version: row.get(2),
        action: row.get(3),
        finding: row.get(4),
    }));
    Ok(stored)
}

/// The files of first rows; gives those that could not be read, when going on without them.
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
