//! `dfa audit`

use crate::db::{self, NamedRow};
use crate::failure::Result;
use crate::http::audit_list::{statement, OPTIONS};
use crate::http::Problem;
use crate::output::Output;
use crate::settings::Settings;
use serde_json::{json, Value};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The query is that of GET /api/ai/audit: person, way, kind, name, action, from, to; limit, sort and after.

Examples:
  dfa audit
  dfa audit 'kind=parameter&from=2021-01-01'
  dfa --json audit 'name=ai_sales_daily&way=sql'")]
pub struct Arguments {
    /// Filters, as in the address of a request.
    #[arg(default_value = "")]
    query: String,
}

/// What a terminal shows of each.
const SHOWN: [&str; 8] = ["at", "person", "way", "kind", "name", "action", "before", "after"];

pub async fn run(arguments: &Arguments, settings: &Settings, output: Output) -> Result<()> {
    let listing = OPTIONS.read(Some(&arguments.query)).map_err(Problem::into_usage)?;
    let made = statement(&listing);
    let client = db::connect(settings).await?;
    let page = listing.ask(&client, &made.sql, &made.values()).await?;
    if output.json {
        output.message("", json!({ "audit": page.rows, "next": page.next }));
        return Ok(());
    }
    let cells = |done: &Value| -> NamedRow {
        let shown = |column: &str| match &done[column] {
            Value::Object(change) => json!(Value::Object(change.clone()).to_string()),
            value => value.clone(),
        };
        SHOWN.iter().map(|column| ((*column).to_owned(), shown(column))).collect()
    };
    let rows: Vec<NamedRow> = page.rows.iter().map(cells).collect();
    output.rows(&rows, "nothing was done");
    if let Some(next) = page.next {
        output.note(&format!("More: add after={next} to the query."));
    }
    Ok(())
}
