//! Catalogs out of what runs elsewhere: jobs of pg_cron, pg_timetable and pgAgent, models of a dbt project. What cannot be carried
//! over is a line of a list, with its place.

pub mod dbt;
mod jobs;
mod pg_cron;
mod pg_timetable;
mod pgagent;
mod yaml;

use crate::db::Client;
use crate::failure::{Failure, Result};
use serde_json::{json, Value};
use std::path::Path;

/// The file that lists what was left.
const LEFT: &str = "NOT_CARRIED_OVER.md";

/// What an import made.
#[derive(Debug, Default)]
pub struct Imported {
    /// Path below the folder, and text.
    pub files: Vec<(String, String)>,
    /// Files that go there as they are: from, and path below the folder.
    pub copies: Vec<(std::path::PathBuf, String)>,
    pub left: Vec<Left>,
    /// Tables, views and pipelines.
    pub definitions: usize,
}

/// Something that is not, or not wholly, carried over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// A job, or file and line.
    pub place: String,
    pub why: String,
}

impl Left {
    pub fn new(place: impl Into<String>, why: impl Into<String>) -> Left {
        Left { place: place.into(), why: why.into() }
    }

    pub fn to_json(&self) -> Value {
        json!({ "place": self.place, "why": self.why })
    }
}

/// The schedulers whose jobs can be read from a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheduler {
    /// pg_cron
    Cron,
    /// pg_timetable
    Timetable,
    /// pgAgent
    Agent,
}

/// # Errors
/// A database without the tables of that scheduler.
pub async fn of_scheduler(client: &Client, scheduler: Scheduler) -> Result<Imported> {
    let (from, jobs, left) = match scheduler {
        Scheduler::Cron => {
            let (jobs, left) = pg_cron::read(client).await?;
            ("pg_cron", jobs, left)
        }
        Scheduler::Timetable => {
            let (jobs, left) = pg_timetable::read(client).await?;
            ("pg_timetable", jobs, left)
        }
        Scheduler::Agent => {
            let (jobs, left) = pgagent::read(client).await?;
            ("pgAgent", jobs, left)
        }
    };
    Ok(jobs::catalogs(from, jobs, left))
}

impl Imported {
    /// Writes all of it into a folder that is not there yet, or is empty.
    pub fn write(&self, dir: &Path) -> Result<()> {
        if std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(Failure::usage(format!("folder '{}' is not empty", dir.display()))
                .hint("Name one that is not there yet; nothing was written."));
        }
        let place = |path: &str| -> Result<std::path::PathBuf> {
            let path = dir.join(path);
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            Ok(path)
        };
        for (path, text) in &self.files {
            std::fs::write(place(path)?, text)?;
        }
        for (from, path) in &self.copies {
            std::fs::copy(from, place(path)?)?;
        }
        if !self.left.is_empty() {
            let lines: String =
                self.left.iter().map(|left| format!("| {} | {} |\n", left.place, cell(&left.why))).collect();
            let text = format!("# Not carried over\n\n| place | why |\n| --- | --- |\n{lines}");
            std::fs::write(place(LEFT)?, text)?;
        }
        Ok(())
    }
}

/// A text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// A name of letters, digits and _ that no other one of these has.
fn fresh(given: &str, prefix: &str, taken: &mut Vec<String>) -> String {
    let mut name: String = given
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' })
        .collect();
    name = name.split('_').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_");
    name.truncate(40);
    if name.is_empty() {
        name = "unnamed".to_owned();
    }
    let wanted = format!("{prefix}{name}");
    let mut found = wanted.clone();
    let mut number = 2;
    while taken.contains(&found) {
        found = format!("{wanted}_{number}");
        number += 1;
    }
    taken.push(found.clone());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_no_two_alike() {
        let mut taken = Vec::new();
        let mut name = |given: &str| fresh(given, "ai_", &mut taken);
        assert_eq!(
            [name("Nightly Sales!"), name("nightly-sales"), name("é")],
            ["ai_nightly_sales", "ai_nightly_sales_2", "ai_unnamed"]
        );
    }
}
