//! `dfa migrate`

use crate::db::{self, Ask};
use crate::failure::Result;
use crate::output::Output;
use crate::settings::Settings;
use serde_json::{json, Value};
use tokio_postgres::Row;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  dfa migrate --plan\n  dfa migrate ai_sales_daily --allow-destructive")]
pub struct Arguments {
    /// A table or pipeline (default: all tables).
    name: Option<String>,
    /// Show what would be changed, with its DDL, and change nothing.
    #[arg(long, visible_alias = "dry-run")]
    plan: bool,
    /// Allow changes that lose data, such as dropped columns.
    #[arg(long, conflicts_with = "plan")]
    allow_destructive: bool,
}

pub async fn run(arguments: &Arguments, settings: &Settings, output: Output) -> Result<()> {
    let client = db::connect(settings).await?;
    if arguments.plan {
        let rows = client
            .call(
                "select table_name, change, object, lock_level, rewrites, loss, ddl from dfa.plan($1)",
                &[&arguments.name],
            )
            .await?;
        let rows: Vec<Vec<Value>> = rows
            .iter()
            .map(|row| {
                let rewrites = json!(row.get::<_, bool>(4));
                vec![
                    text(row, 0),
                    text(row, 1),
                    text(row, 2),
                    text(row, 3),
                    rewrites,
                    text(row, 5),
                    text(row, 6),
                ]
            })
            .collect();
        output.rows(
            &["table", "change", "object", "lock", "rewrites", "loss", "ddl"],
            &rows,
            "nothing to change",
        );
        return Ok(());
    }
    let statement = "select table_name, change, object, message from dfa.migrate($1, $2)";
    let call = async { client.call(statement, &[&arguments.name, &arguments.allow_destructive]).await };
    let rows = db::or_cancel(&client, settings, "The migration", call).await?;
    let rows: Vec<Vec<Value>> =
        rows.iter().map(|row| (0..4).map(|column| text(row, column)).collect()).collect();
    output.rows(&["table", "change", "object", "message"], &rows, "nothing to change");
    Ok(())
}

fn text(row: &Row, column: usize) -> Value {
    json!(row.get::<_, Option<String>>(column))
}
