//! `dfa init`

use super::catalog::refusals;
use super::undone::{self, undone};
use super::{catalog_dir, date};
use crate::catalog_set::{read_set, store, store_in, How, Stored};
use crate::db::{self, records, Ask, Client, Columns, NamedRow, Parameter};
use crate::failure::{Failure, Result};
use crate::output::{counted, Output};
use crate::settings::Settings;
use crate::user;
use serde_json::json;
use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  dfa init --catalog catalog/retail --run-date 2017-01-01")]
pub struct Arguments {
    /// Drop the data schema first, with all that depends on it; asks first on a terminal.
    #[arg(long)]
    force_drop: bool,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    /// Show what would be loaded and set up, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Folder of catalogs to load and set up (default: DFA_CATALOG_DIR).
    #[arg(long, value_name = "DIR")]
    catalog: Option<PathBuf>,
    /// Store and set up what is sound, list what is not, and exit with 1.
    #[arg(long)]
    keep_going: bool,
    /// Date at which the watermarks of new tables start (default: today).
    #[arg(long, value_name = "DATE", value_parser = date)]
    run_date: Option<String>,
}

/// What `dfa run --recreated` does first, when the database is there: everything, one replica after the other. The first
/// admin's password is shown on the terminal, this once, and never gets into the log.
/// With `keep_going` the service starts with what is sound, and the log says what is not.
pub async fn everything(settings: &Settings, keep_going: bool, output: Output) -> Result<()> {
    let client = first_session(settings).await?;
    // Held until the transaction ends; behind a pooler a session is anybody's.
    client.begin().await?;
    client.batch_execute("set local idle_in_transaction_session_timeout = 0").await?;
    client.ask("select pg_advisory_xact_lock(hashtextextended('dfa run --recreated', 0))", &[]).await?;
    let arguments =
        Arguments { force_drop: false, yes: true, dry_run: false, catalog: None, keep_going, run_date: None };
    match init(arguments, settings, output).await? {
        Some(failure) if keep_going => {
            tracing::warn!(message = failure.message, detail = failure.detail, "going on without these");
        }
        Some(failure) => return Err(failure),
        None => {}
    }
    if let Some(password) = user::first_admin(&client).await? {
        eprintln!("The first user is 'admin' with password '{password}'. It is shown this once: keep it.");
    }
    client.commit().await?;
    Ok(())
}

/// Waits for a database that is not there yet, as the service does.
async fn first_session(settings: &Settings) -> Result<Client> {
    const PAUSE: Duration = Duration::from_secs(1);
    loop {
        match db::connect(settings).await {
            Err(failure) if failure.is_absence() => {
                tracing::warn!(
                    message = failure.message,
                    detail = failure.detail,
                    "waiting for the database"
                );
                tokio::time::sleep(PAUSE).await;
            }
            session => return session,
        }
    }
}

pub async fn run(arguments: Arguments, settings: &Settings, output: Output) -> Result<()> {
    init(arguments, settings, output).await?.map_or(Ok(()), Err)
}

/// Does it; what was refused or could not be set up is a failure beside what was.
async fn init(arguments: Arguments, settings: &Settings, output: Output) -> Result<Option<Failure>> {
    let dir = catalog_dir(arguments.catalog.clone(), settings)?;
    let set = dir.as_deref().map(read_set).transpose()?;
    let mut client = db::connect(settings).await?;
    if arguments.dry_run {
        let rows = undone(&client, async {
            create_extension(&client, settings).await?;
            if arguments.force_drop {
                drop_schema(&client, settings, &arguments, output).await?;
            }
            if let Some(set) = &set {
                store_in(&client, set, How::default()).await?;
            }
            set_up(&client, &arguments).await
        });
        let rows = db::or_cancel(&client, settings, "The dry run", rows).await?;
        output.rows(&rows, "nothing to set up");
        undone::tell(output);
        return Ok(None);
    }
    create_extension(&client, settings).await?;
    let dropped = match arguments.force_drop {
        true => drop_schema(&client, settings, &arguments, output).await?,
        false => Vec::new(),
    };
    let how = How { keep_going: arguments.keep_going, prune: false };
    let stored = match &set {
        Some(set) => store(&mut client, set, how).await?,
        None => Vec::new(),
    };
    let rows = db::or_cancel(&client, settings, "Setup", set_up(&client, &arguments)).await?;
    Ok(report(&dropped, &stored, &rows, output))
}

async fn create_extension(client: &Client, settings: &Settings) -> Result<()> {
    let quietly =
        "set client_min_messages = warning; create extension if not exists dfa; reset client_min_messages";
    client.batch_execute(quietly).await?;
    match &settings.timezone {
        Some(zone) => keep_timezone(client, zone).await,
        None => Ok(()),
    }
}

/// Says what goes, and asks whoever sits at the terminal; what the engine did.
async fn drop_schema(
    client: &Client,
    settings: &Settings,
    arguments: &Arguments,
    output: Output,
) -> Result<Vec<NamedRow>> {
    let row = client.ask_one(include_str!("schema_size.sql"), &[]).await?;
    let schema: String = row.value("name")?;
    let (tables, rows): (i64, i64) = (row.value("tables")?, row.value("rows")?);
    let what = format!(
        "schema '{schema}' of database '{}' with {} and about {rows} rows",
        settings.place.database,
        counted(usize::try_from(tables).unwrap_or_default(), "table")
    );
    let asks = std::io::stdin().is_terminal() && !output.json && !arguments.yes && !arguments.dry_run;
    if asks && tables > 0 {
        eprint!("This drops {what}, and all that depends on it.\nWrite the name of the schema to go on: ");
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        if line.trim() != schema {
            return Err(Failure::usage("nothing was dropped").hint("--yes does not ask."));
        }
    }
    let dropped = objects_of(client, "drop_schema => 'Y', \"cascade\" => 'Y'", &[]).await?;
    if let Some(kept) = dropped.iter().find(|row| row["status"] != 0) {
        return Err(Failure::work(format!("schema '{schema}' is not dropped"))
            .detail(kept["message"].as_str().unwrap_or_default()));
    }
    output.note(&format!("Dropped {what}"));
    Ok(dropped)
}

/// The zone becomes a setting of the database, so that workers and each other client have the same clock.
async fn keep_timezone(client: &Client, zone: &str) -> Result<()> {
    let zone = zone.to_owned();
    let rows = client
        .ask(
            "select format('alter database %I set dfa.timezone = %L', current_database(), $1::text) as statement
             where not exists (select from pg_db_role_setting
                               where setrole = 0 and setdatabase = (select oid from pg_database where datname = current_database())
                                 and 'dfa.timezone=' || $1::text = any (setconfig))",
            &[&zone],
        )
        .await?;
    for row in rows {
        client.batch_execute(row.value("statement")?).await?;
    }
    // What was set for the database holds in sessions that begin later.
    client.ask("select set_config('dfa.timezone', $1::text, false)", &[&zone]).await?;
    Ok(())
}

async fn set_up(client: &Client, arguments: &Arguments) -> Result<Vec<NamedRow>> {
    let how = "run_date => $1::pg_catalog.date, initial_data => 'Y'";
    objects_of(client, how, &[&arguments.run_date]).await
}

/// What a setup did with each object.
async fn objects_of(client: &Client, how: &str, parameters: &[&dyn Parameter]) -> Result<Vec<NamedRow>> {
    let statement = format!(
        "select kind, name, action, rows, status, message, \
                pg_catalog.round(extract(epoch from duration), 3)::pg_catalog.float8 as seconds \
         from dfa.setup({how})"
    );
    let rows = client.call(&statement, parameters).await?;
    Ok(records(&rows)?)
}

/// What was set up; what was refused or could not be set up is a failure.
fn report(dropped: &[NamedRow], stored: &[Stored], rows: &[NamedRow], output: Output) -> Option<Failure> {
    let mut document = json!({
        "dropped": dropped,
        "definitions": stored,
        "objects": rows,
    });
    let failed: Vec<&NamedRow> = rows.iter().filter(|row| row["status"] != 0).collect();
    let done = rows.len() - failed.len();
    let text = format!("Success: Set up {}", counted(done, "object"));
    let refused = refusals(stored);
    if failed.is_empty() && refused.is_none() {
        document["message"] = json!(text);
        output.message(&text, document);
        return None;
    }
    let lines: Vec<String> = failed
        .iter()
        .filter_map(|row| {
            let text = |column: &str| row[column].as_str();
            Some(format!("{} {}: {}", text("kind")?, text("name")?, text("message")?))
        })
        .collect();
    let mut messages: Vec<String> = refused.iter().map(|failure| failure.message.clone()).collect();
    if !failed.is_empty() {
        messages.push(format!("{} of {} objects could not be set up", failed.len(), rows.len()));
    }
    let details = refused.and_then(|failure| failure.detail).into_iter().chain(lines);
    let mut failure = Failure::work(messages.join(", "))
        .detail(details.collect::<Vec<_>>().join("\n"))
        .hint("Correct their catalogs and call `dfa init` again; the others are set up.");
    failure.document = Some(Box::new(document));
    Some(failure)
}
