//! `dfa deploy`: from a folder to the database, all or nothing.

use super::catalog_dir;
use crate::catalog_set::{check, diff, read_set, store_in, Change, How, Set, Stored};
use crate::db::{self, records, Ask, Client, NamedRow};
use crate::failure::{Failure, Result};
use crate::output::{counted, Output};
use crate::settings::Settings;
use serde_json::{json, Value};
use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Checks the folder, shows what differs, loads it, brings tables to what it says and creates what is new: in one transaction.
What would lose data is asked for on a terminal, and refused elsewhere.

Examples:
  dfa deploy catalog/retail --dry-run
  dfa deploy catalog/retail --prune")]
pub struct Arguments {
    /// The folder of a set (default: DFA_CATALOG_DIR).
    dir: Option<PathBuf>,
    /// Do all of it, show it, and undo it.
    #[arg(long)]
    dry_run: bool,
    /// Take out of force what the folder does not hold; history and data stay.
    #[arg(long)]
    prune: bool,
    /// Allow changes that lose data, without asking.
    #[arg(long)]
    allow_destructive: bool,
}

/// What a deployment does.
struct Done {
    plan: Vec<NamedRow>,
    objects: Vec<NamedRow>,
}

impl Done {
    /// The changes that lose data, a line for each.
    fn losses(&self) -> Vec<String> {
        let text = |row: &NamedRow, column: &str| row[column].as_str().unwrap_or_default().to_owned();
        let losing = self.plan.iter().filter(|row| row["loss"] != "none");
        losing
            .map(|row| {
                format!(
                    "{} {} {}: {}",
                    text(row, "table"),
                    text(row, "change"),
                    text(row, "object"),
                    text(row, "loss")
                )
            })
            .collect()
    }
}

pub async fn run(arguments: Arguments, settings: &Settings, output: Output) -> Result<()> {
    let dir = catalog_dir(arguments.dir.clone(), settings)?.ok_or_else(|| {
        Failure::usage("no catalog folder was given").hint("Name it, or set DFA_CATALOG_DIR.")
    })?;
    let set = read_set(&dir)?;
    if arguments.prune && !set.whole {
        return Err(Failure::usage(format!(
            "'{}' is one file, and --prune needs the whole folder",
            dir.display()
        )));
    }
    let findings = check(&set);
    findings.warnings.iter().filter(|_| !output.json).for_each(|warning| eprintln!("{warning}"));
    if !findings.errors.is_empty() {
        let errors: Vec<String> = findings.errors.iter().map(ToString::to_string).collect();
        let message =
            format!("{} in '{}'; nothing was changed", counted(errors.len(), "error"), dir.display());
        return Err(Failure::work(message).detail(errors.join("\n")));
    }
    let client = db::connect(settings).await?;
    let changes = diff(&client, &set).await?;
    changes.iter().filter(|change| change.is_difference()).for_each(|change| output.note(&change.text()));
    // Once to see what it does, and once more when that may be.
    let seen = attempt(&client, &set, &arguments, true, true).await?;
    if !output.json {
        output.rows(&seen.plan, "no table changes");
    }
    let losses = seen.losses();
    let allowed =
        arguments.allow_destructive || losses.is_empty() || (!arguments.dry_run && asks(&losses, output)?);
    if !arguments.dry_run {
        if !allowed {
            return Err(Failure::work(format!(
                "{} would lose data; nothing was changed",
                counted(losses.len(), "change")
            ))
            .detail(losses.join("\n"))
            .hint("--allow-destructive allows it."));
        }
        let done = attempt(&client, &set, &arguments, !losses.is_empty(), false).await?;
        return told(&changes, &done, false, output);
    }
    told(&changes, &seen, true, output)
}

/// Whether whoever sits at the terminal wants it so.
fn asks(losses: &[String], output: Output) -> Result<bool> {
    if output.json || !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    eprint!("These lose data:\n{}\nWrite yes to go on: ", losses.join("\n"));
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim() == "yes")
}

/// All of it in one transaction, which a rehearsal undoes.
async fn attempt(
    client: &Client,
    set: &Set,
    arguments: &Arguments,
    destructive: bool,
    rehearsal: bool,
) -> Result<Done> {
    client.begin().await?;
    let work = async {
        let stored = store_in(client, set, How { keep_going: false, prune: arguments.prune }).await?;
        refuse_older(&stored)?;
        let plan = client
            .call("select table_name as table, change, object, lock_level as lock, rewrites, loss, ddl from dfa.plan()", &[])
            .await?;
        let plan = records(&plan)?;
        client.call("select from dfa.migrate(null, $1)", &[&destructive]).await?;
        let objects = client
            .call("select kind, name, action, rows, status, message from dfa.setup(initial_data => 'Y')", &[])
            .await?;
        Ok(Done { plan, objects: records(&objects)? })
    };
    let outcome: Result<Done> = work.await;
    let done = match outcome {
        Ok(done) => done,
        Err(failure) => {
            let _ = client.rollback().await;
            return Err(failure);
        }
    };
    let failed: Vec<String> = done
        .objects
        .iter()
        .filter(|row| row["status"] != 0)
        .map(|row| {
            [&row["kind"], &row["name"], &row["message"]].map(|it| it.as_str().unwrap_or_default()).join(" ")
        })
        .collect();
    if !failed.is_empty() {
        client.rollback().await?;
        let message = format!("{} could not be set up; nothing was changed", counted(failed.len(), "object"));
        return Err(Failure::work(message).detail(failed.join("\n")));
    }
    match rehearsal {
        true => client.rollback().await?,
        false => client.commit().await?,
    }
    Ok(done)
}

/// # Errors
/// Definitions that the database has in a later version, which stays in force: the folder would not be what it says.
fn refuse_older(stored: &[Stored]) -> Result<()> {
    let is_left = |row: &&Stored| {
        let same = |other: &&Stored| (&other.kind, &other.name) == (&row.kind, &row.name);
        row.action == "older" && stored.iter().filter(same).all(|other| other.action == "older")
    };
    let left: Vec<String> = stored
        .iter()
        .filter(is_left)
        .map(|row| {
            format!("{} {} of version {}", row.kind, row.name, row.version.as_deref().unwrap_or("none"))
        })
        .collect();
    if left.is_empty() {
        return Ok(());
    }
    let message =
        format!("a later version of {} is in force; nothing was changed", counted(left.len(), "definition"));
    Err(Failure::work(message)
        .detail(left.join("\n"))
        .hint("Give what the folder says a `version` of today."))
}

fn told(changes: &[Change], done: &Done, rehearsal: bool, output: Output) -> Result<()> {
    let different = changes.iter().filter(|change| change.is_difference()).count();
    let new = done.objects.iter().filter(|row| row["action"] == "created").count();
    let begin = if rehearsal { "Would deploy" } else { "Success: Deployed" };
    let text = format!(
        "{begin} {}, {} of tables, {} created",
        counted(different, "definition"),
        counted(done.plan.len(), "change"),
        counted(new, "object")
    );
    let list: Vec<Value> =
        changes.iter().filter(|change| change.is_difference()).map(Change::to_json).collect();
    output.message(
        &text,
        json!({ "message": text, "changes": list, "plan": done.plan, "objects": done.objects, "losses": done.losses() }),
    );
    Ok(())
}
