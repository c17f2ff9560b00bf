//! `dfa key`

use crate::db::{self, records, Ask, Columns};
use crate::failure::Result;
use crate::output::Output;
use crate::settings::Settings;
use serde_json::json;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make a key of the service and print it, this once.
    #[command(after_help = "\
Examples:
  dfa key add dashboard
  dfa key add erp --role operator --for src_sale --for 'imp_*' --expires '2027-01-01'")]
    Add(Add),
    /// List the keys.
    List,
    /// Take a key out of force, at once.
    Revoke { name: String },
}

#[derive(Debug, clap::Args)]
pub struct Add {
    /// What logs call it, such as the system that will use it.
    name: String,
    /// Whose rights it has: see, also run and put rows, also change.
    #[arg(long, value_parser = ["reader", "operator", "admin"], default_value = "reader")]
    role: String,
    /// A table, pipeline or source that it is for, * for any part of a name; may be given again. Default: all.
    #[arg(long = "for", value_name = "PATTERN")]
    patterns: Vec<String>,
    /// Until when it is good. Default: until it is revoked.
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
}

pub async fn run(command: Command, settings: &Settings, output: Output) -> Result<()> {
    let client = db::connect(settings).await?;
    match command {
        Command::Add(Add { name, role, patterns, expires }) => {
            let patterns = Some(patterns).filter(|patterns| !patterns.is_empty());
            let row = client
                .ask_one(
                    "select dfa.add_key($1, $2::text::dfa.key_role, $3, $4::text::timestamptz) as key",
                    &[&name, &role, &patterns, &expires],
                )
                .await?;
            let key: String = row.value("key")?;
            let text = format!("{key}\nKey '{name}' is shown this once: keep it where its system finds it.");
            output.message(
                &text,
                json!({ "message": format!("Success: Key '{name}' is made"), "name": name, "key": key }),
            );
        }
        Command::List => {
            let rows = client.ask(include_str!("keys.sql"), &[]).await?;
            output.rows(&records(&rows)?, "no keys but those of APIKEY");
        }
        Command::Revoke { name } => {
            client.ask("select dfa.revoke_key($1)::text", &[&name]).await?;
            let text = format!("Success: Key '{name}' is revoked");
            output.message(&text, json!({ "message": text, "name": name }));
        }
    }
    Ok(())
}
