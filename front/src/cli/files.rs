//! `dfa files`

use crate::db::{self, records, Ask};
use crate::failure::Result;
use crate::output::Output;
use crate::settings::Settings;
use serde_json::json;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// The files that were taken or refused, the newest first.
    List {
        /// Of one table.
        table: Option<String>,
        /// Only what is wrong: refused and changed files.
        #[arg(long)]
        wrong: bool,
        /// So many of them.
        #[arg(long, default_value_t = 50)]
        last: i64,
    },
    /// Where the files of each table come from, and why they do not, where they do not.
    Sources,
    /// Leave a refused or changed file as it is, so that those after it land.
    #[command(
        after_help = "Example:\n  dfa files skip src_sale landing/2027-01-01.csv --reason 'sent twice'"
    )]
    Skip {
        table: String,
        path: String,
        /// Why, for those who miss its rows.
        #[arg(long)]
        reason: String,
    },
}

pub async fn run(command: Command, settings: &Settings, output: Output) -> Result<()> {
    let client = db::connect(settings).await?;
    match command {
        Command::List { table, wrong, last } => {
            let rows = client.ask(include_str!("files.sql"), &[&table, &wrong, &last]).await?;
            output.rows(&records(&rows)?, "no files");
        }
        Command::Sources => {
            let rows = client.ask(include_str!("file_sources.sql"), &[]).await?;
            output.rows(&records(&rows)?, "no catalog has a source of files");
        }
        Command::Skip { table, path, reason } => {
            client.ask("select dfa.skip_file($1, $2, $3)::text", &[&table, &path, &reason]).await?;
            let told = format!("Success: File '{path}' of '{table}' is skipped");
            output.message(&told, json!({ "message": told, "table": table, "path": path }));
        }
    }
    Ok(())
}
