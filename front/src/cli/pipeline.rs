//! `dfa pipeline`

use super::undone::{self, undone};
use super::{backfill, date, preview, status, steps};
use crate::db::{self, records, Ask, Client, Columns, NamedRow};
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::settings::Settings;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

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
    /// Show the last tasks, and the steps of one.
    Status(status::Arguments),
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
    /// Show what it would do, in its order and why, and run nothing.
    #[arg(long)]
    dry_run: bool,
    /// Run it in one transaction, show what it did, and undo it.
    #[arg(long, conflicts_with = "dry_run")]
    rehearse: bool,
}

pub async fn run(command: Command, settings: &Settings, output: Output) -> Result<()> {
    let client = db::connect(settings).await?;
    match command {
        Command::Run(arguments) => run_nodes(&client, &arguments, "common", settings, output).await,
        Command::Rerun(arguments) => run_nodes(&client, &arguments, "rerun", settings, output).await,
        Command::Backfill(arguments) => backfill::run(&client, &arguments, settings, output).await,
        Command::List => list(&client, output).await,
        Command::Status(arguments) => status::run(&client, &arguments, output).await,
    }
}

async fn run_nodes(
    client: &Client,
    arguments: &Run,
    mode: &str,
    settings: &Settings,
    output: Output,
) -> Result<()> {
    if arguments.dry_run {
        let asked = preview::Asked {
            name: &arguments.name,
            run_dates: (!arguments.run_date.is_empty()).then_some(&arguments.run_date),
            run_mode: Some(mode),
            choose: (!arguments.choose.is_empty()).then_some(&arguments.choose),
            ..preview::Asked::default()
        };
        return preview::show(client, &asked, output).await;
    }
    if arguments.rehearse {
        let work = undone(client, rehearse(client, arguments, mode));
        let rows = db::or_cancel(client, settings, "The rehearsal", work).await?;
        output.rows(&rows, "nothing to run");
        undone::tell(output);
        return Ok(());
    }
    let watcher = watch(client, settings, output).await?;
    let what = format!("The run of '{}'", arguments.name);
    let outcome = db::or_cancel(client, settings, &what, call(client, arguments, mode)).await;
    if let Some(watcher) = watcher {
        watcher.abort();
    }
    match outcome {
        Ok((process_id, status)) => steps::report(client, &arguments.name, &process_id, status, output).await,
        Err(failure) if failure.is_stop() => Err(clear_up(client, failure).await),
        Err(failure) => Err(failure),
    }
}

/// Each date as the run would do it, in the transaction of the caller.
async fn rehearse(client: &Client, arguments: &Run, mode: &str) -> Result<Vec<NamedRow>> {
    let choose = (!arguments.choose.is_empty()).then_some(&arguments.choose);
    let mut dates: Vec<Option<&String>> = arguments.run_date.iter().map(Some).collect();
    if dates.is_empty() {
        dates.push(None);
    }
    dates.sort();
    let kind = client.ask_opt(include_str!("kind.sql"), &[&arguments.name]).await?;
    let function = match kind.map(|row| row.value::<String>("kind")).transpose()?.as_deref() {
        Some("pipeline") => "run_pipeline",
        _ => "run_table",
    };
    let statement = format!(
        "select coalesce($2, dfa.today()::pg_catalog.text) as run_date, node, process, rows, status, message \
         from dfa.{function}($1, coalesce($2::pg_catalog.date, dfa.today()), run_mode => $3, choose => $4, auto_create => $5)"
    );
    let mut told = Vec::new();
    for date in dates {
        let rows = client
            .call(&statement, &[&arguments.name, &date, &mode, &choose, &arguments.auto_create])
            .await?;
        told.extend(records(&rows)?);
    }
    Ok(told)
}

/// What the cancelled statement left: steps that wait are not run, and the task says so at once, not when its session is
/// missed. Behind a pooler this may be another session: then the task is found lost soon.
async fn clear_up(client: &Client, failure: Failure) -> Failure {
    let cleared = async {
        client.ask(include_str!("cancel_own_steps.sql"), &[]).await?;
        let task = client.ask_opt(include_str!("finish_own_tasks.sql"), &[]).await?;
        Ok::<Option<String>, Failure>(task.map(|row| row.value("process_id")).transpose()?)
    };
    match cleared.await {
        Ok(Some(process_id)) => {
            failure.hint(format!("`dfa pipeline status --process-id {process_id}` shows how far it came."))
        }
        _ => failure.hint("`dfa pipeline status` shows how far it came."),
    }
}

async fn call(client: &Client, arguments: &Run, mode: &str) -> Result<(String, i32)> {
    let dates = (!arguments.run_date.is_empty()).then_some(&arguments.run_date);
    let choose = (!arguments.choose.is_empty()).then_some(&arguments.choose);
    let row = client
        .call_one(
            "call dfa.run($1, $2::pg_catalog.date[], $3, $4, $5, null, null)",
            &[&arguments.name, &dates, &mode, &choose, &arguments.auto_create],
        )
        .await?;
    Ok((row.value("process_id")?, row.value("status")?))
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
    let pid: i32 = client.ask_one("select pg_backend_pid() as pid", &[]).await?.value("pid")?;
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
            let row = second.ask_opt(include_str!("current_step.sql"), &[&pid]).await;
            if let Some(step) = row.ok().flatten().and_then(|row| row.value::<String>("step").ok()) {
                bar.set_message(step);
            }
        }
    })))
}

async fn list(client: &Client, output: Output) -> Result<()> {
    let rows = client.ask(include_str!("pipelines.sql"), &[]).await?;
    output.rows(&records(&rows)?, "no pipelines: `dfa catalog load DIR` loads some");
    Ok(())
}
