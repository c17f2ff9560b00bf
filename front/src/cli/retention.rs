//! `dfa retention`

use super::date;
use super::undone::{self, undone};
use crate::db::{self, records, Ask, Parameter};
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::settings::Settings;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  dfa retention --dry-run\n  dfa retention ai_sales_daily --backup-table Y --backup-schema Y"
)]
pub struct Arguments {
    /// A table or pipeline (default: all tables that keep their rows for a time, and the logs).
    name: Option<String>,
    /// The date from which months are counted back (default: today).
    #[arg(long, value_name = "DATE", value_parser = date)]
    run_date: Option<String>,
    /// Copy each table first, to this name; Y: <table>_bk.
    #[arg(long, value_name = "NAME")]
    backup_table: Option<String>,
    /// The schema of the copies; Y: <schema>_bk.
    #[arg(long, value_name = "NAME")]
    backup_schema: Option<String>,
    /// Show which rows would go, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

pub async fn run(arguments: &Arguments, settings: &Settings, output: Output) -> Result<()> {
    let client = db::connect(settings).await?;
    let statement =
        "select table_name as table, cut::pg_catalog.text as cut, rows, backup, backup_rows, status, message
                     from dfa.run_retention($1, coalesce($2::pg_catalog.date, dfa.today()), $3, $4)";
    let call = async {
        let parameters: [&dyn Parameter; 4] =
            [&arguments.name, &arguments.run_date, &arguments.backup_table, &arguments.backup_schema];
        client.call(statement, &parameters).await
    };
    let rows = match arguments.dry_run {
        true => db::or_cancel(&client, settings, "The dry run", undone(&client, call)).await?,
        false => db::or_cancel(&client, settings, "The retention", call).await?,
    };
    let rows = records(&rows)?;
    let failed = rows.iter().filter(|row| row["status"] != 0).count();
    output.rows(&rows, "no table keeps its rows for a time");
    if arguments.dry_run {
        undone::tell(output);
    }
    if failed > 0 {
        return Err(Failure::work(format!("retention failed for {failed} of {} tables", rows.len())));
    }
    Ok(())
}
