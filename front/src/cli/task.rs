//! `dfa task`

use crate::db::{self, NamedRow, Parameter};
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
to, error, sqlstate; limit, sort and after.

Examples:
  dfa task list
  dfa task list 'status=1&from=2021-01-01&limit=20'
  dfa --json task list 'name=ai_sales_daily&sqlstate=23505'")]
    List {
        /// Filters, as in the address of a request.
        #[arg(default_value = "")]
        query: String,
    },
}

/// What a terminal shows of a task.
const SHOWN: [&str; 7] = ["process_id", "name", "module", "run_dates", "status", "created_at", "message"];

pub async fn run(command: Command, settings: &Settings, output: Output) -> Result<()> {
    let Command::List { query } = command;
    let listing = task_list::OPTIONS.read(Some(&query)).map_err(Problem::into_usage)?;
    let made = task_list::statement(&listing);
    let client = db::connect(settings).await?;
    let parameters: Vec<&dyn Parameter> = made.parameters.iter().map(|value| value as _).collect();
    let page = listing.ask(&client, &made.sql, &parameters).await?;
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
