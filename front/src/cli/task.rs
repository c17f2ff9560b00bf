//! `dfa task`

use super::bulk;
use crate::db::{self, NamedRow};
use crate::failure::Result;
use crate::http::task_list;
use crate::output::Output;
use crate::problem::Problem;
use crate::settings::Settings;
use serde_json::{json, Value};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Tasks, the newest first.
    #[command(after_help = "\
The query is that of GET /api/ai/tasks: id (the beginning of a process_id), by, person, way, type, module, name, status, from,
to, error, parent (the task that set it off), sqlstate; limit, sort and after.

Examples:
  dfa task list
  dfa task list 'status=1&from=2021-01-01&limit=20'
  dfa --json task list 'name=ai_sales_daily&sqlstate=23505'")]
    List {
        /// Filters, as in the address of a request.
        #[arg(default_value = "")]
        query: String,
    },
    /// Stop all tasks of a query, by a preview.
    #[command(after_help = "Example:\n  dfa task cancel 'status=2&name=pipeline_retail_sales' --dry-run")]
    Cancel(bulk::Arguments),
    /// Go on with all tasks of a query that failed or were cancelled.
    #[command(after_help = "Example:\n  dfa task resume 'status=1&from=2021-01-01'")]
    Resume(bulk::Arguments),
    /// Run all tasks of a query anew: the same dates, by the catalogs of now.
    #[command(after_help = "Example:\n  dfa task rerun 'status=1&sqlstate=23505' --yes")]
    Rerun(bulk::Arguments),
}

/// What a terminal shows of a task.
const SHOWN: [&str; 7] = ["process_id", "name", "module", "run_dates", "status", "created_at", "message"];

pub async fn run(command: Command, settings: &Settings, output: Output) -> Result<()> {
    let query = match command {
        Command::List { query } => query,
        Command::Cancel(arguments) => return change("cancel", &arguments, settings, output).await,
        Command::Resume(arguments) => return change("resume", &arguments, settings, output).await,
        Command::Rerun(arguments) => return change("rerun", &arguments, settings, output).await,
    };
    let listing = task_list::OPTIONS.read(Some(&query)).map_err(Problem::into_usage)?;
    let made = task_list::statement(&listing);
    let client = db::connect(settings).await?;
    let page = listing.ask(&client, &made.sql, &made.values()).await?;
    if output.json {
        output.message("", json!({ "tasks": page.rows, "next": page.next }));
        return Ok(());
    }
    let cells = |task: &Value| -> NamedRow {
        let shown = |column: &str| match (column, &task[column]) {
            ("run_dates", Value::Array(dates)) => {
                json!(dates.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","))
            }
            ("status", status) => json!(match status.as_i64() {
                Some(0) => "SUCCESS",
                Some(1) => "FAILED",
                _ => "PROCESSING",
            }),
            (_, value) => value.clone(),
        };
        SHOWN.iter().map(|column| ((*column).to_owned(), shown(column))).collect()
    };
    let rows: Vec<NamedRow> = page.rows.iter().map(cells).collect();
    output.rows(&rows, "no such tasks");
    if let Some(next) = page.next {
        output.note(&format!("More: add after={next} to the query."));
    }
    Ok(())
}

async fn change(
    action: &str,
    arguments: &bulk::Arguments,
    settings: &Settings,
    output: Output,
) -> Result<()> {
    bulk::run(&db::connect(settings).await?, action, arguments, output).await
}
