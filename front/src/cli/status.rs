//! `dfa pipeline status`

use super::steps::{self, Step};
use crate::db::{records, Ask, Client, NamedRow};
use crate::failure::{Failure, Result};
use crate::output::Output;
use serde_json::{json, Value};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  dfa pipeline status
  dfa pipeline status pipeline_retail_sales --last 1 --steps
  dfa --json pipeline status --process-id 20210105060000000000000001")]
pub struct Arguments {
    /// A pipeline or table, by name, short name or id (default: all).
    name: Option<String>,
    /// How many tasks.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(i64).range(1..=10_000))]
    last: i64,
    /// One task, with its steps.
    #[arg(long, value_name = "ID", conflicts_with_all = ["name", "last"])]
    process_id: Option<String>,
    /// The steps of each task, too; --json always has them.
    #[arg(long)]
    steps: bool,
}

/// What a cell shows of the message of a task: that of a backfill has a line for each step.
const LINES: usize = 4;

pub async fn run(client: &Client, arguments: &Arguments, output: Output) -> Result<()> {
    let rows = client
        .ask(include_str!("tasks.sql"), &[&arguments.name, &arguments.last, &arguments.process_id])
        .await?;
    let tasks = records(&rows)?;
    if let (Some(id), true) = (&arguments.process_id, tasks.is_empty()) {
        return Err(Failure::work(format!("task '{id}' is not known"))
            .hint("`dfa pipeline status` lists the last tasks."));
    }
    if output.json {
        let mut list = Vec::new();
        for mut task in tasks {
            let steps = steps::of(client, id_of(&task)).await?;
            task.insert("steps".to_owned(), steps.iter().map(Step::to_json).collect());
            list.push(Value::Object(task));
        }
        output.message("", list.into());
        return Ok(());
    }
    let shown: Vec<NamedRow> = tasks.iter().cloned().map(shortened).collect();
    output.rows(&shown, "no tasks yet");
    if arguments.steps || arguments.process_id.is_some() {
        for task in &tasks {
            let id = id_of(task);
            let steps = steps::of(client, id).await?;
            output.note(&format!("Steps of {id}:"));
            steps::show(&steps, output);
            steps::tell_failures(&steps, output);
        }
    }
    Ok(())
}

fn id_of(task: &NamedRow) -> &str {
    task["process_id"].as_str().unwrap_or_default()
}

/// A list of dates and a message, as far as a cell has room.
fn shortened(mut task: NamedRow) -> NamedRow {
    let dates = task["run_dates"].as_str().unwrap_or_default();
    let dates: Vec<String> = dates.split(',').map(str::to_owned).collect();
    if let [first, _, .., last] = dates.as_slice() {
        task["run_dates"] = json!(format!("{first} … {last} ({})", dates.len()));
    }
    let message = task["message"].as_str().unwrap_or_default().to_owned();
    let lines = message.lines().count();
    if lines > LINES {
        let first: Vec<&str> = message.lines().take(LINES).collect();
        let more = match lines - LINES {
            1 => "1 line".to_owned(),
            more => format!("{more} lines"),
        };
        task["message"] = json!(format!("{}\n… {more} more", first.join("\n")));
    }
    task
}
