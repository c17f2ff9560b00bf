//! The commands of the daily round: what a table or pipeline is, did, lacks, reads and runs, why it stands still, and holding it.

use super::{date, round};
use crate::db::{self, records, Ask, Columns, Parameter};
use crate::failure::Result;
use crate::output::Output;
use crate::settings::Settings;
use serde_json::json;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// What one looks at in the morning: what is paused, wrong, late and at work, and what comes next.
    Status,
    /// Which tables are fresh, late or blocked, and why.
    #[command(after_help = "Example:\n  dfa freshness ai_sales_daily")]
    Freshness { name: Option<String> },
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
    /// Intervals of a table, or of the tables of a pipeline, that no run has covered or that are stale, with the reason.
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
        Command::Status => round::status(&client, output).await,
        Command::Freshness { name } => round::freshness(&client, name, output).await,
        Command::Show { name } => show(&client, &name, output).await,
        Command::Log { name, last } => {
            let rows = client.ask(include_str!("log.sql"), &[&name, &last]).await?;
            output.rows(&records(&rows)?, "nothing was done to it");
            Ok(())
        }
        Command::Gaps { name, from, to } => gaps(&client, &name, from, to, output).await,
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
            for row in records(&rows)? {
                let text = |column: &str| row[column].as_str().unwrap_or_default();
                output.note(&format!("{}: {}", text("name"), text("sentence")));
                round::tell_next(&row, output);
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

/// Of a pipeline those of each of its tables.
async fn gaps(
    client: &db::Client,
    name: &str,
    from: Option<String>,
    to: Option<String>,
    output: Output,
) -> Result<()> {
    let kind: Option<String> =
        client.ask_opt(include_str!("kind.sql"), &[&name]).await?.map(|row| row.value("kind")).transpose()?;
    let is_pipeline = kind.as_deref() == Some("pipeline");
    let tables: Vec<String> = match is_pipeline {
        true => {
            let rows =
                client.call("select node from dfa.pipeline_nodes($1) order by place", &[&name]).await?;
            rows.iter().map(|row| row.value("node")).collect::<std::result::Result<_, _>>()?
        }
        false => vec![name.to_owned()],
    };
    let mut rows = records(&client.call(include_str!("gaps.sql"), &[&tables, &from, &to]).await?)?;
    if !is_pipeline {
        for row in &mut rows {
            row.shift_remove("table");
        }
    }
    output.rows(&rows, "no gaps");
    let first = rows.iter().filter_map(|row| row["from"].as_str()).min();
    let last = rows.iter().filter_map(|row| row["to"].as_str()).max();
    if let (Some(from), Some(to)) = (first, last) {
        output
            .note(&format!("`dfa pipeline backfill {name} --from {from} --to {to} --only-gaps` runs them."));
    }
    Ok(())
}

/// What is known of a name, and its last tasks.
async fn show(client: &db::Client, name: &str, output: Output) -> Result<()> {
    // A name that is not known is an error of the database, with the nearest one that is.
    let why = records(&client.call(include_str!("why.sql"), &[&name]).await?)?;
    let found = why.first().and_then(|row| row["name"].as_str()).unwrap_or(name).to_owned();
    let mut facts = records(&client.ask(include_str!("show.sql"), &[&found]).await?)?;
    if why.first().is_some_and(|row| row["kind"] == "table") {
        let fresh = round::freshness_of(client, Some(found.clone())).await?;
        for (facts, mut fresh) in facts.iter_mut().zip(fresh) {
            let state = fresh.shift_remove("state").unwrap_or_default();
            facts.insert("freshness".to_owned(), state);
            facts.extend(fresh.into_iter().filter(|(fact, _)| fact == "published" || fact == "expected_by"));
        }
    }
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
        round::tell_next(row, output);
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
