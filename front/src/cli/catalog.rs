//! `dfa catalog`

use super::catalog_dir;
use crate::catalog_set::{check, diff, read_set, store, Change};
use crate::db;
use crate::failure::{Failure, Result};
use crate::output::{counted, objects, Output};
use crate::settings::Settings;
use serde_json::{json, Value};
use std::path::PathBuf;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Store the catalogs of a folder and the files that their first rows come from; all or nothing.
    #[command(after_help = "Example:\n  dfa catalog load catalog/retail")]
    Load {
        /// The folder of a set, or one file (default: DFA_CATALOG_DIR).
        dir: Option<PathBuf>,
    },
    /// Check the catalogs of a folder; needs no database.
    #[command(after_help = "Example, as a pre-commit hook:\n  dfa catalog check catalog/retail")]
    Check {
        /// The folder of a set, or one file.
        dir: PathBuf,
    },
    /// Show what loading a folder would change.
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
        Command::Load { dir } => {
            let settings = super::settings().await?;
            load(wanted(dir, &settings)?, &settings, output).await
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

const COLUMNS: [&str; 4] = ["kind", "name", "version", "action"];

async fn load(dir: PathBuf, settings: &Settings, output: Output) -> Result<()> {
    let set = read_set(&dir)?;
    let mut client = db::connect(settings).await?;
    let stored = store(&mut client, &set).await?;
    let rows: Vec<Vec<Value>> = stored
        .iter()
        .map(|row| vec![json!(row.kind), json!(row.name), json!(row.version), json!(row.action)])
        .collect();
    let count = |action: &str| stored.iter().filter(|row| row.action == action).count();
    let text = format!(
        "Success: Load {} of {} ({} new, {} changed, {} same, {} older)",
        counted(stored.len(), "definition"),
        counted(set.files.len(), "file"),
        count("new"),
        count("changed"),
        count("same"),
        count("older")
    );
    let shown: Vec<Vec<Value>> = rows.iter().filter(|row| row[3] != "same").cloned().collect();
    if !output.json && !shown.is_empty() {
        output.rows(&COLUMNS, &shown, "nothing changed");
    }
    output.message(&text, json!({ "message": text, "definitions": objects(&COLUMNS, &rows) }));
    Ok(())
}

async fn compare(dir: PathBuf, settings: &Settings, exit_code: bool, output: Output) -> Result<()> {
    let set = read_set(&dir)?;
    let client = db::connect(settings).await?;
    let changes = diff(&client, &set).await?;
    if output.json {
        let list: Vec<Value> = changes.iter().map(Change::to_json).collect();
        output.message("", Value::Array(list));
    } else {
        for change in &changes {
            output.message(&change.text(), Value::Null);
        }
        let different = changes.iter().filter(|change| change.is_difference()).count();
        output.message(&format!("{different} of {} definitions differ", changes.len()), Value::Null);
    }
    if exit_code && changes.iter().any(Change::is_difference) {
        return Err(Failure::work("the catalogs differ from those of the database"));
    }
    Ok(())
}
