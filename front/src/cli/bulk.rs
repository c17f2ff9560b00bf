//! `dfa task cancel`, `resume` and `rerun`: one action on all tasks of a query.

use crate::db::{records, Ask, Client, Columns};
use crate::failure::{Failure, Result};
use crate::http::task_list::Matching;
use crate::output::Output;
use crate::problem::Problem;
use serde_json::json;
use std::io::{BufRead, IsTerminal};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Which tasks: filters as `dfa task list` takes them, one at least.
    query: String,
    /// Show what would become of each, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
}

pub async fn run(client: &Client, action: &str, arguments: &Arguments, output: Output) -> Result<()> {
    let matching = Matching::read(&arguments.query).map_err(Problem::into_usage)?;
    let (ids, more) = matching.ask(client).await?;
    let sql = "select process_id, name, status, action, reason from dfa.preview_tasks($1, $2)";
    let preview = records(&client.ask(sql, &[&action, &ids]).await?)?;
    let sql = "select dfa.preview_tasks_token($1, $2) as token";
    let token: String = client.ask_one(sql, &[&action, &ids]).await?.value("token")?;
    if more {
        output.note(&format!("There are more than {}; these are the newest.", ids.len()));
    }
    if arguments.dry_run {
        match output.json {
            true => output.message("", json!({ "tasks": preview, "token": token, "more": more })),
            false => output.rows(&preview, "no such tasks"),
        }
        return Ok(());
    }
    let count = preview.iter().filter(|row| row["action"] != "refused").count();
    if !arguments.yes && count > 0 {
        if !output.json {
            output.rows(&preview, "no such tasks");
        }
        if !agrees(action, count, output)? {
            return Err(Failure::usage(format!("{count} tasks to {action}: nothing was changed"))
                .hint("--yes does it without asking."));
        }
    }
    let sql = "select process_id, name, outcome, message, new_process_id from dfa.change_tasks($1, $2, $3)";
    let rows = records(&client.call(sql, &[&action, &ids, &token]).await?)?;
    match output.json {
        true => output.message("", json!({ "tasks": rows, "more": more })),
        false => output.rows(&rows, "no such tasks"),
    }
    let done = rows.iter().filter(|row| row["outcome"] == "done").count();
    match count - done.min(count) {
        0 => Ok(()),
        failed => Err(Failure::work(format!("{failed} of {count} tasks could not be changed"))),
    }
}

/// Whether whoever sits at the terminal wants it so.
fn agrees(action: &str, count: usize, output: Output) -> Result<bool> {
    if output.json || !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    eprint!("Write yes to {action} {count} tasks: ");
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim() == "yes")
}
