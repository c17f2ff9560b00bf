//! `dfa catalog`

use super::catalog_dir;
use crate::catalog_set::{check, diff, read_set, store, Change, How, Stored};
use crate::db::{self, NamedRow};
use crate::failure::{Failure, Result};
use crate::output::{counted, Output};
use crate::settings::Settings;
use serde_json::{json, Value};
use std::path::PathBuf;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Store the catalogs of a folder and the files that their first rows come from; all or nothing.
    #[command(
        after_help = "Examples:\n  dfa catalog load catalog/retail\n  dfa catalog load catalog/retail --prune"
    )]
    Load {
        /// The folder of a set, or one file (default: DFA_CATALOG_DIR).
        dir: Option<PathBuf>,
        /// Store what is sound, list what is not, and exit with 1.
        #[arg(long)]
        keep_going: bool,
        /// Take out of force what the database has and the folder has not; history and data stay.
        #[arg(long)]
        prune: bool,
    },
    /// Check the catalogs of a folder; needs no database.
    #[command(after_help = "Example, as a pre-commit hook:\n  dfa catalog check catalog/retail")]
    Check {
        /// The folder of a set, or one file.
        dir: PathBuf,
    },
    /// Show what loading a folder would change, and what is gone from it and still in force; exits with 1 if something is.
    #[command(after_help = "Example, in CI:\n  dfa catalog diff catalog/retail --exit-code")]
    Diff {
        /// The folder of a set, or one file (default: DFA_CATALOG_DIR).
        dir: Option<PathBuf>,
        /// Exit with 1 if there is a difference.
        #[arg(long)]
        exit_code: bool,
    },
}

pub async fn run(command: Command, output: Output) -> Result<()> {
    match command {
        Command::Check { dir } => check_folder(dir, output),
        Command::Load { dir, keep_going, prune } => {
            let settings = super::settings().await?;
            load(wanted(dir, &settings)?, &settings, How { keep_going, prune }, output).await
        }
        Command::Diff { dir, exit_code } => {
            let settings = super::settings().await?;
            compare(wanted(dir, &settings)?, &settings, exit_code, output).await
        }
    }
}

fn wanted(dir: Option<PathBuf>, settings: &Settings) -> Result<PathBuf> {
    catalog_dir(dir, settings)?
        .ok_or_else(|| Failure::usage("no catalog folder was given").hint("Name it, or set DFA_CATALOG_DIR."))
}

fn check_folder(dir: PathBuf, output: Output) -> Result<()> {
    let dir = super::existing(dir)?;
    let set = read_set(&dir)?;
    let findings = check(&set);
    let warnings: Vec<String> = findings.warnings.iter().map(ToString::to_string).collect();
    let errors: Vec<String> = findings.errors.iter().map(ToString::to_string).collect();
    if !output.json {
        warnings.iter().for_each(|line| eprintln!("{line}"));
    }
    if errors.is_empty() {
        let text = format!(
            "Success: {} in {}",
            counted(findings.definitions, "definition"),
            counted(set.files.len(), "file")
        );
        output.message(&text, json!({ "message": text, "warnings": warnings }));
        return Ok(());
    }
    let message = format!("{} in '{}'", counted(errors.len(), "error"), dir.display());
    Err(Failure::work(message).detail(errors.join("\n")))
}

async fn load(dir: PathBuf, settings: &Settings, how: How, output: Output) -> Result<()> {
    let set = read_set(&dir)?;
    if how.prune && !set.whole {
        return Err(Failure::usage(format!(
            "'{}' is one file, and --prune needs the whole folder",
            dir.display()
        ))
        .hint("dfa.retire(kind, name) takes one definition out of force."));
    }
    let mut client = db::connect(settings).await?;
    let stored = store(&mut client, &set, how).await?;
    let count = |action: &str| stored.iter().filter(|row| row.action == action).count();
    let mut counts = vec![];
    for action in ["new", "changed", "same", "older", "retired", "refused"] {
        let number = count(action);
        if number > 0 || !matches!(action, "retired" | "refused") {
            counts.push(format!("{number} {action}"));
        }
    }
    let text = format!(
        "Success: Load {} of {} ({})",
        counted(stored.len(), "definition"),
        counted(set.files.len(), "file"),
        counts.join(", ")
    );
    let shown: Vec<NamedRow> = stored.iter().filter(|row| row.action != "same").map(cells).collect();
    if !output.json && !shown.is_empty() {
        output.rows(&shown, "nothing changed");
    }
    if let Some(mut failure) = refusals(&stored) {
        failure.document = Some(Box::new(json!({ "definitions": stored })));
        return Err(failure);
    }
    output.message(&text, json!({ "message": text, "definitions": stored }));
    Ok(())
}

/// What a terminal shows of a definition; the findings come with the failure.
fn cells(row: &Stored) -> NamedRow {
    let cells = [
        ("kind", json!(row.kind)),
        ("name", json!(row.name)),
        ("version", json!(row.version)),
        ("action", json!(row.action)),
    ];
    cells.into_iter().map(|(column, value)| (column.to_owned(), value)).collect()
}

/// What a set holds that was refused, as the failure of the command.
pub fn refusals(stored: &[Stored]) -> Option<Failure> {
    let findings: Vec<&str> =
        stored.iter().filter(|row| row.is_refused()).filter_map(|row| row.finding.as_deref()).collect();
    if findings.is_empty() {
        return None;
    }
    let message = format!("{} of {} refused", findings.len(), counted(stored.len(), "definition"));
    Some(
        Failure::work(message)
            .detail(findings.join("\n"))
            .hint("The others are stored. Correct these and load the set again."),
    )
}

async fn compare(dir: PathBuf, settings: &Settings, exit_code: bool, output: Output) -> Result<()> {
    let set = read_set(&dir)?;
    let client = db::connect(settings).await?;
    let changes = diff(&client, &set).await?;
    let different = changes.iter().filter(|change| change.is_difference()).count();
    let text = format!("{different} of {} definitions differ", changes.len());
    let list: Vec<Value> = changes.iter().map(Change::to_json).collect();
    changes.iter().for_each(|change| output.note(&change.text()));
    let gone = changes.iter().filter(|change| change.is_gone()).count();
    let mut failure = if gone > 0 {
        let message = format!("{} in force and gone from '{}'", counted(gone, "definition"), dir.display());
        Failure::work(message)
            .hint("`dfa catalog load --prune` takes out of force what the folder does not hold.")
    } else if exit_code && different > 0 {
        Failure::work("the catalogs differ from those of the database")
    } else {
        output.message(&text, json!({ "message": text, "changes": list }));
        return Ok(());
    };
    output.note(&text);
    failure.document = Some(Box::new(json!({ "changes": list })));
    Err(failure)
}
