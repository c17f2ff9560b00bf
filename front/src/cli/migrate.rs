//! `dfa migrate`

use crate::db::{self, records, Ask};
use crate::failure::Result;
use crate::output::Output;
use crate::settings::Settings;

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
                "select table_name as table, change, object, lock_level as lock, rewrites, loss, ddl from dfa.plan($1)",
                &[&arguments.name],
            )
            .await?;
        output.rows(&records(&rows)?, "nothing to change");
        return Ok(());
    }
    let statement = "select table_name as table, change, object, message from dfa.migrate($1, $2)";
    let call = async { client.call(statement, &[&arguments.name, &arguments.allow_destructive]).await };
    let rows = db::or_cancel(&client, settings, "The migration", call).await?;
    output.rows(&records(&rows)?, "nothing to change");
    Ok(())
}
