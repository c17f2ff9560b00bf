//! `dfa pipeline status`

use super::steps;
use crate::db::{Ask, Client};
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

const COLUMNS: [&str; 7] = ["process_id", "name", "run_mode", "run_dates", "status", "seconds", "message"];
/// What a cell shows of the message of a task: that of a backfill has a line for each step.
const LINES: usize = 4;

pub async fn run(client: &Client, arguments: &Arguments, output: Output) -> Result<()> {
    let rows = client
        .ask(include_str!("tasks.sql"), &[&arguments.name, &arguments.last, &arguments.process_id])
        .await?;
    let tasks: Vec<Vec<Value>> = rows
        .iter()
        .map(|row| {
            let text = |index: usize| json!(row.get::<_, Option<String>>(index));
            vec![text(0), text(1), text(2), text(3), text(4), json!(row.get::<_, f64>(5)), text(6)]
        })
        .collect();
    if let (Some(id), true) = (&arguments.process_id, tasks.is_empty()) {
        return Err(Failure::work(format!("task '{id}' is not known"))
            .hint("`dfa pipeline status` lists the last tasks."));
    }
    if output.json {
        let mut list = Vec::new();
        for task in &tasks {
            let steps = steps::of(client, task[0].as_str().unwrap_or_default()).await?;
            list.push(steps::with_steps(&COLUMNS, task, &steps));
        }
        output.message("", list.into());
        return Ok(());
    }
    let shown: Vec<Vec<Value>> = tasks.iter().cloned().map(shortened).collect();
    output.rows(&COLUMNS, &shown, "no tasks yet");
    if arguments.steps || arguments.process_id.is_some() {
        for task in &tasks {
            let id = task[0].as_str().unwrap_or_default();
            let steps = steps::of(client, id).await?;
            output.note(&format!("Steps of {id}:"));
            steps::show(&steps, output);
            steps::tell_failures(&steps, output);
        }
    }
    Ok(())
}

/// A list of dates and a message, as far as a cell has room.
fn shortened(mut task: Vec<Value>) -> Vec<Value> {
    let dates: Vec<String> = task[3].as_str().unwrap_or_default().split(',').map(str::to_owned).collect();
    if let [first, _, .., last] = dates.as_slice() {
        task[3] = json!(format!("{first} … {last} ({})", dates.len()));
    }
    let message = task[6].as_str().unwrap_or_default().to_owned();
    let lines = message.lines().count();
    if lines > LINES {
        let first: Vec<&str> = message.lines().take(LINES).collect();
        task[6] = json!(format!("{}\n… {} lines more", first.join("\n"), lines - LINES));
    }
    task
}
