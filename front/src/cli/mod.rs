//! The command line: what can be asked for, and who does it.

mod audit;
mod backfill;
mod bulk;
mod catalog;
mod deploy;
mod export;
mod files;
mod import;
mod init;
mod key;
mod load;
mod look;
mod migrate;
mod new;
mod note;
mod notify;
mod pipeline;
mod preview;
mod retention;
mod round;
mod serve;
mod status;
mod steps;
mod task;
mod undone;
mod user;

use crate::db::{Ask, Columns};
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::settings::Settings;
use clap::{CommandFactory, Parser, Subcommand};
use serde_json::json;
use std::process::ExitCode;

/// Data pipelines that run inside PostgreSQL.
#[derive(Debug, Parser)]
#[command(name = "dfa", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = "\
Settings come from the environment, else from .env: DB_HOST DB_PORT DB_NAME DB_USER DB_PASS (else PGHOST …),
DB_SSLMODE DB_SSLROOTCERT, AI_SCHEMA MAIN_SCHEMA DFA_TIMEZONE DFA_CATALOG_DIR, SSH_FLAG SSH_HOST SSH_USER
SSH_PRIVATE_KEY SSH_PORT; `dfa run --help` has those of the service.
Exit codes: 0 done, 1 the work failed, 2 wrong command line or setting.

Examples:
  dfa init --catalog catalog/retail --run-date 2017-01-01
  dfa load -f transactions.parquet -t src_transaction
  dfa pipeline run pipeline_retail_sales --run-date 2017-06-30")]
struct Arguments {
    /// Answer with one JSON document instead of text.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve REST, health and metrics, and keep the clock of the scheduler.
    Run(serve::Arguments),
    /// Create the extension; with a catalog folder, load it and set everything up.
    Init(init::Arguments),
    /// Write a folder of catalogs that works, to begin with.
    New(new::Arguments),
    /// Write catalogs from what runs elsewhere: pg_cron, pg_timetable, pgAgent, dbt.
    #[command(subcommand)]
    Import(import::Command),
    /// Bring a database to what a folder of catalogs says, all or nothing.
    Deploy(deploy::Arguments),
    #[command(flatten)]
    Look(look::Command),
    /// Load files into a table by COPY.
    Load(load::Arguments),
    /// Files that the service takes by itself: what came, what is wrong.
    #[command(subcommand)]
    Files(files::Command),
    /// Write a table or the rows of a query into a CSV, NDJSON or Parquet file.
    Export(export::Arguments),
    /// Load, check or compare a folder of catalogs.
    #[command(subcommand)]
    Catalog(catalog::Command),
    /// Run pipelines and see what they did.
    #[command(subcommand)]
    Pipeline(pipeline::Command),
    /// Bring tables to what their catalogs say.
    Migrate(migrate::Arguments),
    /// Delete rows that are older than their tables keep them.
    Retention(retention::Arguments),
    /// The tasks of the database.
    #[command(subcommand)]
    Task(task::Command),
    /// The people who sign in to the service.
    #[command(subcommand)]
    User(user::Command),
    /// Notes on tables, pipelines, tasks and the like.
    #[command(subcommand)]
    Note(note::Command),
    /// Messages of what went wrong: test a channel, see what was sent.
    #[command(subcommand)]
    Notify(notify::Command),
    /// Who did what, by which way, the newest first.
    Audit(audit::Arguments),
    /// The keys of the service, with rights of their own.
    #[command(subcommand)]
    Key(key::Command),
    /// What the service starts to compute a DataFrame function: an order and its rows come by stdin.
    #[command(hide = true)]
    Compute,
    /// Print the versions of this command and of the extension.
    Version,
    /// Print the completions of a shell.
    #[command(
        after_help = "Example:\n  dfa completions bash > ~/.local/share/bash-completion/completions/dfa"
    )]
    Completions { shell: clap_complete::Shell },
}

/// Runs the command of this process's arguments.
pub async fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let output = Output { json: arguments.json };
    match execute(arguments.command, output).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if output.json {
                output.message("", failure.to_json());
            } else {
                failure.print();
            }
            ExitCode::from(failure.exit_code())
        }
    }
}

async fn execute(command: Command, output: Output) -> Result<()> {
    match command {
        Command::Run(arguments) => serve::run(arguments, settings().await?).await,
        Command::Init(arguments) => init::run(arguments, &settings().await?, output).await,
        Command::New(arguments) => new::run(&arguments, output),
        Command::Import(command) => import::run(command, &settings().await?, output).await,
        Command::Deploy(arguments) => deploy::run(arguments, &settings().await?, output).await,
        Command::Look(command) => look::run(command, &settings().await?, output).await,
        Command::Load(arguments) => load::run(arguments, &settings().await?, output).await,
        Command::Files(command) => files::run(command, &settings().await?, output).await,
        Command::Export(arguments) => export::run(arguments, &settings().await?, output).await,
        Command::Catalog(command) => catalog::run(command, output).await,
        Command::Pipeline(command) => pipeline::run(command, &settings().await?, output).await,
        Command::Migrate(arguments) => migrate::run(&arguments, &settings().await?, output).await,
        Command::Retention(arguments) => retention::run(&arguments, &settings().await?, output).await,
        Command::Task(command) => task::run(command, &settings().await?, output).await,
        Command::User(command) => user::run(command, &settings().await?, output).await,
        Command::Note(command) => note::run(command, &settings().await?, output).await,
        Command::Notify(command) => notify::run(command, &settings().await?, output).await,
        Command::Audit(arguments) => audit::run(&arguments, &settings().await?, output).await,
        Command::Key(command) => key::run(command, &settings().await?, output).await,
        Command::Compute => tokio::task::block_in_place(crate::dataframe::compute),
        Command::Version => version(output).await,
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "dfa", &mut std::io::stdout());
            Ok(())
        }
    }
}

/// The settings, with the way to the database open.
async fn settings() -> Result<Settings> {
    crate::db::through(Settings::read()?).await
}

/// The version of the command is known without a database, that of the extension is not: then why is told.
async fn version(output: Output) -> Result<()> {
    let own = env!("CARGO_PKG_VERSION");
    let found = async { extension_version(&settings().await?).await }.await;
    let (text, document) = match &found {
        Ok(version) => {
            (format!("dfa {own} (extension {version})"), json!({ "version": own, "extension": version }))
        }
        Err(cause) => (
            format!("dfa {own} (extension not reached)"),
            json!({ "version": own, "extension": null, "cause": cause.to_json() }),
        ),
    };
    output.message(&text, document);
    if let (Err(cause), false) = (&found, output.json) {
        cause.print();
    }
    Ok(())
}

async fn extension_version(settings: &Settings) -> Result<String> {
    let client = crate::db::connect(settings).await?;
    let row = client.ask_opt("select extversion from pg_extension where extname = 'dfa'", &[]).await?;
    Ok(row.ok_or_else(Failure::no_extension)?.value("extversion")?)
}

/// A date of the command line.
fn date(text: &str) -> std::result::Result<String, String> {
    text.trim()
        .parse::<jiff::civil::Date>()
        .map(|date| date.to_string())
        .map_err(|_| format!("'{text}' is not a date: write YYYY-MM-DD"))
}

/// The folder of catalogs that was asked for, else that of the settings.
fn catalog_dir(given: Option<std::path::PathBuf>, settings: &Settings) -> Result<Option<std::path::PathBuf>> {
    given.or_else(|| settings.catalog_dir.clone()).map(existing).transpose()
}

fn existing(dir: std::path::PathBuf) -> Result<std::path::PathBuf> {
    match dir.exists() {
        true => Ok(dir),
        false => Err(Failure::usage(format!("catalog folder '{}' does not exist", dir.display()))),
    }
}
