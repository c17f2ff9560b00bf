//! `dfa pipeline`

use super::{backfill, date};
use crate::db;
use crate::failure::{Failure, Result};
use crate::output::{objects, Output};
use crate::settings::Settings;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{json, Value};
use std::time::Duration;
use tokio_postgres::Client;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Run a pipeline or table, committing after every node.
    #[command(
        after_help = "Examples:\n  dfa pipeline run pipeline_retail_sales\n  dfa pipeline run ai_sales_daily --run-date 2017-06-30,2017-07-31 --choose '!mockup'"
    )]
    Run(Run),
    /// Run a date again: no check of the watermark's run date or quota.
    Rerun(Run),
    /// Run every interval of a range, oldest first.
    Backfill(backfill::Arguments),
    /// List the pipelines of the catalog.
    List,
    /// Show the last tasks.
    Status {
        /// A pipeline or table (default: all).
        name: Option<String>,
        /// How many tasks.
        #[arg(long, default_value_t = 10)]
        last: i64,
    },
}

#[derive(Debug, clap::Args)]
pub struct Run {
    /// A pipeline or table, by name or short name.
    name: String,
    /// One or more run dates (default: today).
    #[arg(long, value_name = "DATE", value_delimiter = ',', value_parser = date)]
    run_date: Vec<String>,
    /// A process to run, or !process for all but that one.
    #[arg(long, value_name = "PROCESS", value_delimiter = ',')]
    choose: Vec<String>,
    /// Create tables that are missing.
    #[arg(long)]
    auto_create: bool,
}

pub async fn run(command: Command, settings: &Settings, output: Output) -> Result<()> {
    let client = db::connect(settings).await?;
    match command {
        Command::Run(arguments) => run_nodes(&client, &arguments, "common", settings, output).await,
        Command::Rerun(arguments) => run_nodes(&client, &arguments, "rerun", settings, output).await,
        Command::Backfill(arguments) => backfill::run(&client, &arguments, settings, output).await,
        Command::List => list(&client, output).await,
        Command::Status { name, last } => status(&client, name.as_deref(), last, output).await,
    }
}

async fn run_nodes(
    client: &Client,
    arguments: &Run,
    mode: &str,
    settings: &Settings,
    output: Output,
) -> Result<()> {
    let watcher = watch(client, settings, output).await?;
    let outcome = db::or_cancel(client, settings, call(client, arguments, mode)).await;
    if let Some(watcher) = watcher {
        watcher.abort();
    }
    let (process_id, status) = outcome?;
    report(client, &arguments.name, &process_id, status, output).await
}

/// The steps of a task that came to its end; its failure is that of the command.
pub async fn report(
    client: &Client,
    name: &str,
    process_id: &str,
    status: i32,
    output: Output,
) -> Result<()> {
    let steps = steps(client, process_id).await?;
    if output.json {
        let document =
            json!({ "process_id": process_id, "status": status, "steps": objects(&STEP_COLUMNS, &steps) });
        output.message("", document);
    } else {
        output.rows(&STEP_COLUMNS, &steps);
    }
    if status == 0 {
        return Ok(());
    }
    let failure = Failure::work(format!("'{name}' failed"));
    Err(failure.hint(format!(
        "SELECT node, run_date, error FROM dfa.task_step WHERE process_id = '{process_id}' shows why."
    )))
}

async fn call(client: &Client, arguments: &Run, mode: &str) -> Result<(String, i32)> {
    let dates = (!arguments.run_date.is_empty()).then_some(&arguments.run_date);
    let choose = (!arguments.choose.is_empty()).then_some(&arguments.choose);
    let row = client
        .query_one(
            "call dfa.run($1, ($2::text[])::date[], $3, $4, $5, null, null)",
            &[&arguments.name, &dates, &mode, &choose, &arguments.auto_create],
        )
        .await?;
    Ok((row.get(0), row.get(1)))
}

/// Shows the node under way, on a terminal, from a second session.
async fn watch(
    client: &Client,
    settings: &Settings,
    output: Output,
) -> Result<Option<tokio::task::JoinHandle<()>>> {
    let bar = ProgressBar::new_spinner();
    if output.json || bar.is_hidden() {
        return Ok(None);
    }
    let pid: i32 = client.query_one("select pg_backend_pid()", &[]).await?.get(0);
    let second = db::connect(settings).await?;
    bar.set_style(
        ProgressStyle::with_template("{spinner} {msg} {elapsed}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner()),
    );
    bar.enable_steady_tick(Duration::from_millis(120));
    Ok(Some(tokio::spawn(async move {
        let mut ticks = tokio::time::interval(Duration::from_millis(250));
        loop {
            ticks.tick().await;
            let row = second.query_opt(include_str!("current_step.sql"), &[&pid]).await;
            if let Ok(Some(row)) = row {
                bar.set_message(row.get::<_, String>(0));
            }
        }
    })))
}

const STEP_COLUMNS: [&str; 6] = ["run_date", "node", "state", "rows", "seconds", "message"];

async fn steps(client: &Client, process_id: &str) -> Result<Vec<Vec<Value>>> {
    let rows = client
        .query(
            "select run_date::text, node, state::text, rows, process_time::float8, message \
             from dfa.task_step where process_id = $1 order by step_order",
            &[&process_id],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| {
            vec![
                json!(row.get::<_, String>(0)),
                json!(row.get::<_, String>(1)),
                json!(row.get::<_, String>(2)),
                json!(row.get::<_, Option<i64>>(3)),
                json!(row.get::<_, Option<f64>>(4)),
                json!(row.get::<_, Option<String>>(5)),
            ]
        })
        .collect())
}

async fn list(client: &Client, output: Output) -> Result<()> {
    let rows = client.query(include_str!("pipelines.sql"), &[]).await?;
    let rows: Vec<Vec<Value>> = rows
        .iter()
        .map(|row| {
            let text = |index: usize| json!(row.get::<_, Option<String>>(index));
            vec![text(0), text(1), json!(row.get::<_, i64>(2)), text(3), text(4), text(5)]
        })
        .collect();
    output.rows(&["pipeline", "id", "nodes", "tracking", "updated", "active"], &rows);
    Ok(())
}

async fn status(client: &Client, name: Option<&str>, last: i64, output: Output) -> Result<()> {
    let rows = client.query(include_str!("tasks.sql"), &[&name, &last]).await?;
    let rows: Vec<Vec<Value>> = rows
        .iter()
        .map(|row| {
            let text = |index: usize| json!(row.get::<_, Option<String>>(index));
            vec![text(0), text(1), text(2), text(3), text(4), json!(row.get::<_, f64>(5)), text(6)]
        })
        .collect();
    output.rows(&["process_id", "name", "run_mode", "run_dates", "status", "seconds", "message"], &rows);
    Ok(())
}
