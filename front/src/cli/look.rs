//! The commands of the daily round: what a table or pipeline is, did, lacks, reads and runs, why it stands still, and holding it.

use super::date;
use crate::db::{self, records, Ask, Columns, Parameter};
use crate::failure::Result;
use crate::output::Output;
use crate::settings::Settings;
use serde_json::json;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// A table or pipeline: how far it is, and what it did last.
    #[command(after_help = "Example:\n  dfa show ai_sales_daily")]
    Show { name: String },
    /// What was done to a table, the newest first.
    #[command(after_help = "Example:\n  dfa log ai_sales_daily --last 50")]
    Log {
        name: String,
        /// So many entries.
        #[arg(long, default_value_t = 20)]
        last: i64,
    },
    /// Intervals of a table that no run has covered, or that are stale, with the reason.
    #[command(after_help = "Example:\n  dfa gaps ai_sales_daily --from 2017-01-01 --to 2017-06-30")]
    Gaps {
        name: String,
        #[arg(long, value_name = "DATE", value_parser = date)]
        from: Option<String>,
        #[arg(long, value_name = "DATE", value_parser = date)]
        to: Option<String>,
    },
    /// What reads what: of a table or pipeline, or of all.
    #[command(after_help = "Example:\n  dfa lineage pipeline_retail_sales")]
    Lineage { name: Option<String> },
    /// The SQL that a run would send.
    #[command(after_help = "Example:\n  dfa render ai_sales_daily --run-date 2017-06-30 | less")]
    Render(Statement),
    /// The plans of that SQL; nothing is changed.
    #[command(after_help = "Example:\n  dfa explain ai_sales_daily --process collect")]
    Explain(Statement),
    /// Why a table or pipeline is not running, or not fresh.
    #[command(after_help = "Example:\n  dfa why pipeline_retail_sales")]
    Why { name: String },
    /// Hold a pipeline, `worker` (no background step begins) or `all` (nothing starts).
    #[command(after_help = "\
Examples:
  dfa pause pipeline_retail_sales --reason 'the shops are closed' --until 2027-01-07
  dfa pause all --reason 'the server moves'")]
    Pause {
        what: String,
        /// Why, for those who ask.
        #[arg(long)]
        reason: String,
        /// When it ends by itself. Default: by `dfa unpause` alone.
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
    },
    /// End a pause.
    Unpause { what: String },
}

#[derive(Debug, clap::Args)]
pub struct Statement {
    name: String,
    /// One process alone.
    #[arg(long)]
    process: Option<String>,
    /// Default: today.
    #[arg(long, value_name = "DATE", value_parser = date)]
    run_date: Option<String>,
    /// common or rerun.
    #[arg(long, value_parser = ["common", "rerun"], default_value = "common")]
    run_mode: String,
}

pub async fn run(command: Command, settings: &Settings, output: Output) -> Result<()> {
    let client = db::connect(settings).await?;
    let list = async |sql: &str, parameters: &[&dyn Parameter], none: &str| -> Result<()> {
        output.rows(&records(&client.call(sql, parameters).await?)?, none);
        Ok(())
    };
    match command {
        Command::Show { name } => show(&client, &name, output).await,
        Command::Log { name, last } => {
            let rows = client.ask(include_str!("log.sql"), &[&name, &last]).await?;
            output.rows(&records(&rows)?, "nothing was done to it");
            Ok(())
        }
        Command::Gaps { name, from, to } => {
            list(include_str!("gaps.sql"), &[&name, &from, &to], "no gaps").await
        }
        Command::Lineage { name } => {
            let sql = "select node, process, target, source, source_kind from dfa.lineage($1)";
            list(sql, &[&name], "reads nothing").await
        }
        Command::Render(Statement { name, process, run_date, run_mode }) => {
            let rows =
                client.call(include_str!("render.sql"), &[&name, &process, &run_date, &run_mode]).await?;
            texts(&rows, "statement", output)
        }
        Command::Explain(Statement { name, process, run_date, .. }) => {
            let rows = client.call(include_str!("explain.sql"), &[&name, &process, &run_date]).await?;
            texts(&rows, "plan", output)
        }
        Command::Why { name } => {
            let rows = client.call(include_str!("why.sql"), &[&name]).await?;
            if output.json {
                return list(include_str!("why.sql"), &[&name], "").await;
            }
            for row in &rows {
                let (name, sentence): (String, String) = (row.value("name")?, row.value("sentence")?);
                output.note(&format!("{name}: {sentence}"));
            }
            Ok(())
        }
        Command::Pause { what, reason, until } => {
            let row = client.ask_one(include_str!("pause.sql"), &[&what, &reason, &until]).await?;
            let text = format!("Success: Paused {}", row.value::<String>("paused")?);
            output.message(&text, json!({ "message": text, "what": what, "reason": reason, "until": until }));
            Ok(())
        }
        Command::Unpause { what } => {
            let row = client.ask_one("select dfa.unpause($1) as was_paused", &[&what]).await?;
            let text = match row.value::<bool>("was_paused")? {
                true => format!("Success: '{what}' goes on"),
                false => format!("Success: '{what}' was not paused"),
            };
            output.message(&text, json!({ "message": text, "what": what }));
            Ok(())
        }
    }
}

/// What is known of a name, and its last tasks.
async fn show(client: &db::Client, name: &str, output: Output) -> Result<()> {
    // A name that is not known is an error of the database, with the nearest one that is.
    let why = records(&client.call(include_str!("why.sql"), &[&name]).await?)?;
    let found = why.first().and_then(|row| row["name"].as_str()).unwrap_or(name).to_owned();
    let facts = records(&client.ask(include_str!("show.sql"), &[&found]).await?)?;
    let tasks = records(&client.ask(include_str!("show_tasks.sql"), &[&found]).await?)?;
    if output.json {
        output.message("", json!({ "name": found, "facts": facts.first(), "why": why, "tasks": tasks }));
        return Ok(());
    }
    let facts = facts.into_iter().flatten().filter(|(_, value)| !value.is_null());
    for (fact, value) in facts {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        output.note(&format!("{:<14} {text}", fact.replace('_', " ")));
    }
    for row in &why {
        output.note(&format!("{:<14} {}", "now", row["sentence"].as_str().unwrap_or_default()));
    }
    output.rows(&tasks, "it never ran");
    Ok(())
}

/// Texts of many lines, each under the process that it is of.
fn texts(rows: &[tokio_postgres::Row], column: &str, output: Output) -> Result<()> {
    let rows = records(rows)?;
    if output.json {
        output.rows(&rows, "");
        return Ok(());
    }
    for row in &rows {
        let text = |column: &str| row[column].as_str().unwrap_or_default();
        output.note(&format!("-- {} {}\n{}\n", text("process"), row["statement_order"], text(column)));
    }
    if rows.is_empty() {
        output.note("(no statements)");
    }
    Ok(())
}
