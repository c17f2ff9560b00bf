//! `dfa pipeline backfill`

use super::{date, preview, steps};
use crate::db::{self, Ask, Client, Columns};
use crate::failure::Result;
use crate::output::Output;
use crate::settings::Settings;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The workers of the database do it; this command waits for them, and Ctrl-C cancels what is left.

Examples:
  dfa pipeline backfill pipeline_retail_sales --from 2017-01-01 --to 2017-03-31
  dfa pipeline backfill ai_sales_daily --from 2017-01-01 --to 2017-12-31 --only-gaps --downstream")]
pub struct Arguments {
    /// A pipeline or table, by name or short name.
    name: String,
    /// First date.
    #[arg(long, value_name = "DATE", value_parser = date)]
    from: String,
    /// Last date.
    #[arg(long, value_name = "DATE", value_parser = date)]
    to: String,
    /// Only intervals that no run has covered, or that are stale.
    #[arg(long)]
    only_gaps: bool,
    /// And what depends on them.
    #[arg(long)]
    downstream: bool,
    /// Print the process_id and do not wait.
    #[arg(long)]
    background: bool,
    /// Show the steps that it would have, in their order and why, and run none.
    #[arg(long, conflicts_with = "background")]
    dry_run: bool,
}

pub async fn run(client: &Client, arguments: &Arguments, settings: &Settings, output: Output) -> Result<()> {
    if arguments.dry_run {
        let asked = preview::Asked {
            name: &arguments.name,
            from: Some(&arguments.from),
            to: Some(&arguments.to),
            only_gaps: arguments.only_gaps,
            downstream: arguments.downstream,
            ..preview::Asked::default()
        };
        return preview::show(client, &asked, output).await;
    }
    let Some(process_id) = begin(client, arguments).await? else {
        let text = format!("Success: '{}' has nothing to backfill", arguments.name);
        output.message(&text, json!({ "message": text, "process_id": null, "status": 0, "steps": [] }));
        return Ok(());
    };
    if arguments.background {
        let text = format!("Start running '{}' in background: process_id {process_id}", arguments.name);
        output.message(&text, json!({ "message": text, "process_id": process_id, "status": 2 }));
        return Ok(());
    }
    let status = tokio::select! {
        status = wait(client, &process_id, output) => status?,
        failure = db::stopped() => {
            // Over a session of its own: the first one waits in a statement.
            let second = db::connect(settings).await?;
            second.ask("select dfa.cancel($1)", &[&process_id]).await?;
            return Err(failure
                .detail(format!("Task {process_id} is cancelled; steps that had ended stay."))
                .hint(format!("`select dfa.resume('{process_id}')` does the rest.")));
        }
    };
    steps::report(client, &arguments.name, &process_id, status, output).await
}

/// The task that it becomes; none when there is nothing to do.
async fn begin(client: &Client, arguments: &Arguments) -> Result<Option<String>> {
    let row = client
        .ask_one(
            "select dfa.backfill($1, $2::date, $3::date, only_gaps => $4, downstream => $5) as process_id",
            &[&arguments.name, &arguments.from, &arguments.to, &arguments.only_gaps, &arguments.downstream],
        )
        .await?;
    Ok(row.value("process_id")?)
}

/// Waits for the end, and shows how far it is.
async fn wait(client: &Client, process_id: &str, output: Output) -> Result<i32> {
    let bar = if output.json { ProgressBar::hidden() } else { ProgressBar::new(1) };
    bar.set_style(
        ProgressStyle::with_template("{bar:30} {pos}/{len} steps {msg} {elapsed}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    loop {
        let ended =
            client.ask_one("select dfa.wait($1, interval '300 ms') as status", &[&process_id]).await?;
        let progress = client
            .ask_one(
                "select steps_finished, steps, concat_ws(' ', run_date, node) as place from dfa.process_status($1)",
                &[&process_id],
            )
            .await?;
        bar.set_length(progress.value::<i64>("steps")?.unsigned_abs());
        bar.set_position(progress.value::<i64>("steps_finished")?.unsigned_abs());
        bar.set_message(progress.value::<String>("place")?);
        let status: i32 = ended.value("status")?;
        if status != 2 {
            bar.finish_and_clear();
            return Ok(status);
        }
    }
}
