//! `dfa note`

use crate::db::{self, records, Ask, Columns};
use crate::failure::Result;
use crate::output::Output;
use crate::settings::Settings;
use serde_json::json;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Leave a note on a table, pipeline, view, function, query or task.
    #[command(after_help = "\
Examples:
  dfa note add table ai_sales_daily 'June is wrong until the shops send it again' --until 2027-07-15
  dfa note add task 20270101031500123456000001 'the disk was full'")]
    Add(Add),
    /// The notes that stand, the newest first.
    List {
        /// Those on this name, or process_id.
        name: Option<String>,
    },
    /// Remove a note; the audit keeps it.
    Remove { id: i64 },
}

#[derive(Debug, clap::Args)]
pub struct Add {
    #[arg(value_parser = ["table", "pipeline", "view", "function", "query", "task"])]
    kind: String,
    /// Name or short name; of a task its process_id.
    name: String,
    text: String,
    /// When it is over. Default: when it is removed.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
}

pub async fn run(command: Command, settings: &Settings, output: Output) -> Result<()> {
    let client = db::connect(settings).await?;
    match command {
        Command::Add(Add { kind, name, text, until }) => {
            let sql = "select dfa.add_note($1, $2, $3, $4::text::timestamptz) as id";
            let id: i64 = client.ask_one(sql, &[&kind, &name, &text, &until]).await?.value("id")?;
            let told = format!("Success: Note {id} on {kind} '{name}'");
            output.message(&told, json!({ "message": told, "id": id }));
        }
        Command::List { name } => {
            let rows = client.ask(include_str!("notes.sql"), &[&name]).await?;
            output.rows(&records(&rows)?, "no notes");
        }
        Command::Remove { id } => {
            client.ask("select dfa.remove_note($1)::text", &[&id]).await?;
            let told = format!("Success: Note {id} is removed");
            output.message(&told, json!({ "message": told, "id": id }));
        }
    }
    Ok(())
}
