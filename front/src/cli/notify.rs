//! `dfa notify`

use crate::db::{self, records, Ask, Columns};
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::settings::Settings;
use serde_json::json;
use std::time::{Duration, Instant};

/// How long a service may take to take the message and to send it.
const PATIENCE: Duration = Duration::from_secs(60);
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Have the service send a message to a channel, and say how it went.
    #[command(after_help = "\
Examples:
  psql -c \"select dfa.add_channel('ops', 'slack', 'env:SLACK_URL')\"
  dfa notify test ops")]
    Test { channel: String },
    /// The messages of late, the newest first.
    Log {
        /// So many of them.
        #[arg(long, default_value_t = 20)]
        last: i64,
    },
    /// What is wrong now, and what was of late.
    Incidents {
        /// So many of them.
        #[arg(long, default_value_t = 20)]
        last: i64,
    },
}

pub async fn run(command: Command, settings: &Settings, output: Output) -> Result<()> {
    let client = db::connect(settings).await?;
    match command {
        Command::Test { channel } => test(&client, &channel, output).await,
        Command::Log { last } => {
            let rows = client.ask(include_str!("deliveries.sql"), &[&last]).await?;
            output.rows(&records(&rows)?, "no messages");
            Ok(())
        }
        Command::Incidents { last } => {
            let rows = client.ask(include_str!("incidents.sql"), &[&last]).await?;
            output.rows(&records(&rows)?, "no incidents");
            Ok(())
        }
    }
}

async fn test(client: &db::Client, channel: &str, output: Output) -> Result<()> {
    let row = client.ask_one("select dfa.test_channel($1) as id", &[&channel]).await?;
    let id: i64 = row.value("id")?;
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        let row = client
            .ask_one("select state::text as state, error from dfa.delivery where id = $1", &[&id])
            .await?;
        let state: String = row.value("state")?;
        match state.as_str() {
            "sent" => {
                let text = format!("Success: Channel '{channel}' took the message");
                output.message(&text, json!({ "message": text, "channel": channel, "delivery": id }));
                return Ok(());
            }
            "waiting" => tokio::time::sleep(BETWEEN_LOOKS).await,
            _ => {
                let why = row.value::<Option<String>>("error")?.unwrap_or_default();
                return Err(Failure::work(format!("channel '{channel}' did not take the message: {why}")));
            }
        }
    }
    Err(Failure::work(format!("no service has sent the message within {} seconds", PATIENCE.as_secs()))
        .hint("`dfa run` sends messages; it sends this one when it is up."))
}
