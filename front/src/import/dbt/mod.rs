//! A dbt project as catalogs: seeds as landed tables with first rows, models as tables or views, tests as audits. Jinja is
//! rendered by minijinja as far as it says SQL; which columns a model has, PostgreSQL says, in a transaction that is undone.

mod probe;
mod project;
mod render;
mod tests;
mod write;

use super::{Imported, Left};
use crate::db::Client;
use crate::failure::Result;
use project::Project;
use std::path::Path;

/// What becomes of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Table,
    Incremental,
    View,
}

/// A model whose SQL is known.
#[derive(Debug, Clone)]
pub struct Model {
    pub name: String,
    /// Path within the project.
    pub file: String,
    pub description: String,
    pub kind: Kind,
    pub unique_key: Vec<String>,
    /// SQL for a catalog, with its placeholders; of an incremental one for an empty table.
    pub sql: String,
    /// Of an incremental one for a table that has rows.
    pub more: Option<String>,
    /// SQL that names what the probe made.
    pub probe: String,
    /// Models and seeds that it reads.
    pub reads: Vec<String>,
    /// Name and type, once the probe has found them.
    pub columns: Vec<(String, String)>,
}

/// # Errors
/// A folder that is no dbt project; a database that is not reached.
pub async fn of_project(client: &Client, dir: &Path) -> Result<Imported> {
    let mut left: Vec<Left> = Vec::new();
    let project = Project::read(dir, &mut left)?;
    let mut models = render::all(&project, &mut left);
    in_order(&mut models, &mut left);
    probe::columns(client, &project, &mut models, &mut left).await?;
    let audits = tests::of(&project, &models, &mut left);
    let mut made = write::catalogs(&project, &models, &audits);
    left.sort_by(|one, other| one.place.cmp(&other.place));
    made.left = left;
    Ok(made)
}

/// Each model after those that it reads; one that reads what was left is left, too.
fn in_order(models: &mut Vec<Model>, left: &mut Vec<Left>) {
    let mut ordered: Vec<Model> = Vec::with_capacity(models.len());
    let mut waiting = std::mem::take(models);
    loop {
        let is_ready = |model: &Model, ordered: &[Model], waiting: &[Model]| {
            model.reads.iter().all(|read| {
                ordered.iter().any(|done| done.name == *read)
                    || !waiting.iter().any(|other| other.name == *read)
            })
        };
        let ready = waiting.iter().position(|model| is_ready(model, &ordered, &waiting));
        match ready {
            Some(at) => ordered.push(waiting.remove(at)),
            None => break,
        }
    }
    for model in waiting {
        left.push(Left::new(&model.file, "it reads, by way of others, itself"));
    }
    *models = ordered;
}
