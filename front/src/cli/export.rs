//! `dfa export`

use crate::db::{self, ident, Ask, Columns};
use crate::export::{self, Format};
use crate::failure::{Failure, Result};
use crate::output::{counted, Output};
use crate::settings::Settings;
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The ending of the file says its format: .csv, .ndjson or .parquet; .csv.zst and .ndjson.zst are compressed.

Examples:
  dfa export -t ai_sales_daily -o sales.parquet
  dfa export -q 'select * from ai.src_sale where day >= date ''2026-01-01''' -o sale.csv.zst")]
pub struct Arguments {
    /// A table, by name or short name.
    #[arg(short, long, required_unless_present = "query", conflicts_with = "query")]
    table: Option<String>,
    /// A query.
    #[arg(short, long)]
    query: Option<String>,
    /// Where the rows go. A file that is there is replaced, when all rows are written.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub async fn run(arguments: Arguments, settings: &Settings, output: Output) -> Result<()> {
    let (format, is_compressed) = Format::of(&arguments.output)?;
    let client = db::connect(settings).await?;
    let query = match (&arguments.table, arguments.query) {
        (Some(table), _) => of_table(&client, table).await?,
        (None, Some(query)) => query,
        (None, None) => return Err(Failure::usage("give --table or --query")),
    };
    let work = export::write(&client, &query, format, is_compressed, &arguments.output);
    let rows = db::or_cancel(&client, settings, "The export", work).await?;
    let count = counted(usize::try_from(rows).unwrap_or(usize::MAX), "row");
    let text = format!("Success: Export {count} to '{}'", arguments.output.display());
    output.message(&text, json!({ "message": text, "rows": rows, "file": arguments.output }));
    Ok(())
}

/// All rows of a table that catalogs define, called by any of its names.
async fn of_table(client: &db::Client, name: &str) -> Result<String> {
    let row = client
        .ask_one(
            "select dfa.ai_schema() as schema, name from dfa.why($1) where kind = 'table' limit 1",
            &[&name],
        )
        .await;
    let row = row.map_err(|failure| match failure.sqlstate {
        None => Failure::work(format!("'{name}' is no table")),
        Some(_) => failure,
    })?;
    let (schema, table): (String, String) = (row.value("schema")?, row.value("name")?);
    Ok(format!("select * from {}.{}", ident(&schema), ident(&table)))
}
