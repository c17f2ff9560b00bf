//! The requests under `/api/ai`, one file each.

pub mod backfill;
pub mod cancel;
pub mod catalogs;
pub mod data;
pub mod delete;
pub mod dependency;
pub mod logs;
pub mod notify;
pub mod pipelines;
pub mod process;
pub mod put;
pub mod resume;
pub mod retention;
pub mod setup;
mod submit;
pub mod tables;
mod target;
pub mod tasks;

use super::problem::Problem;

/// A part of an address that goes to the database as a text.
fn known_text(name: &str, value: &str) -> Result<(), Problem> {
    match value.contains('\0') {
        true => Err(Problem::invalid(vec![(name.to_owned(), "holds a NUL character".to_owned())])),
        false => Ok(()),
    }
}
