//! `dfa load`: files into a table by COPY, all in one transaction, in flat memory.
//!
//! A blocking thread reads and encodes batches while the session sends the one before. Values that are not surely
//! right are asked of the server, in its own words, before COPY would stumble over them; in the same session, since there
//! may be no other.

mod ask;
mod batch;
mod binary;
mod columns;
mod days;
mod delimited;
mod judge;
mod landed;
mod ndjson;
mod numeric;
mod options;
mod parquet;
mod prepare;
mod send;
mod table;
mod text_rows;
mod types;

pub use batch::Reject;
pub use options::{delimiter, quote, Extra, Header, OnError, Options, Quote};

use crate::db::path::{OF_ROLE_LOCAL, PINNED_LOCAL};
use crate::db::{Ask, Client, Columns};
use crate::failure::{Failure, Result};
use crate::read::{self, Content, Input};
use batch::Producer;
use indicatif::{ProgressBar, ProgressStyle};
use send::Tally;
use std::sync::Arc;
use std::time::{Duration, Instant};
use table::Table;
use tokio_postgres::Transaction;

/// What a load did.
pub struct Report {
    pub table: String,
    pub rows: u64,
    pub refused: u64,
    /// The first of the refused rows; all of them with `--on-error skip`.
    pub rejects: Vec<Reject>,
    pub committed: bool,
    pub duration: Duration,
}

/// A load that others at work made fail is tried so often.
pub const MAX_TRIES: usize = 5;

/// Whether a load can be done again from the start, in another session, after it was ended because it and another session
/// waited for each other.
pub fn may_be_tried_again(failure: &Failure, inputs: &[Input]) -> bool {
    has(failure, "40P01") && inputs.iter().all(|input| matches!(input, Input::File(_)))
}

/// Whether somebody else had the table, or rows of it, until `dfa.lock_timeout` was over.
pub fn waited_too_long(failure: &Failure) -> bool {
    has(failure, "55P03")
}

fn has(failure: &Failure, sqlstate: &str) -> bool {
    failure.sqlstate.as_deref() == Some(sqlstate)
}

/// The failure of a load that waited too long, with who has what it waited for, asked in another session.
pub async fn with_holder(client: &mut Client, name: &str, failure: Failure) -> Failure {
    let told = holder(client, name).await.ok().flatten().map(|holder| format!("Waited for {holder}."));
    let detail = failure.detail.clone().into_iter().chain(told).reduce(|all, one| all + "\n" + &one);
    Failure { detail, ..failure }.hint("Try again when that session is done, or raise dfa.lock_timeout.")
}

async fn holder(client: &mut Client, name: &str) -> Result<Option<String>> {
    let transaction = client.transaction().await?;
    let found = transaction.ask_opt(include_str!("find_table.sql"), &[&name]).await?;
    let Some(table) = found else { return Ok(None) };
    let (table, schema): (String, String) = (table.value("name")?, table.value("schema")?);
    let holder = transaction.ask_opt(include_str!("holder.sql"), &[&schema, &table]).await?;
    Ok(holder.map(|row| row.value("holder")).transpose()?)
}

/// Loads files into a table of the catalog.
pub async fn load(client: &mut Client, name: &str, inputs: &[Input], options: &Options) -> Result<Report> {
    let transaction = client.transaction().await?;
    // What is read may pause for as long as it likes: that is no forgotten transaction.
    transaction.batch_execute("set local idle_in_transaction_session_timeout = 0").await?;
    let report = load_in(&transaction, name, inputs, options).await?;
    match report.committed {
        true => transaction.commit().await?,
        false => transaction.rollback().await?,
    }
    Ok(report)
}

/// [`load`] in a transaction of the caller, who commits what the report says is to be committed, and undoes the rest.
pub async fn load_in(
    transaction: &Transaction<'_>,
    name: &str,
    inputs: &[Input],
    options: &Options,
) -> Result<Report> {
    let start = Instant::now();
    settle(transaction).await?;
    let table = Table::find(transaction, name).await?;
    // What is next runs triggers, defaults and checks of the table.
    transaction.batch_execute(OF_ROLE_LOCAL).await?;
    if options.truncate {
        transaction.batch_execute(&format!("truncate {}", table.qualified())).await?;
    }
    let mut tally = Tally::new(options.on_error);
    for input in inputs {
        let file = (inputs.len() > 1).then(|| Arc::from(input.name()));
        load_file(transaction, &table, input, file, options, &mut tally).await?;
        if tally.is_over() {
            break;
        }
    }
    transaction.batch_execute(PINNED_LOCAL).await?;
    let committed = tally.refused == 0 || options.on_error == OnError::Skip;
    if committed {
        landed::record(transaction, &table, &tally, start.elapsed()).await?;
    }
    Ok(Report {
        table: table.name,
        rows: if committed { tally.rows } else { 0 },
        refused: tally.refused,
        rejects: tally.rejects,
        committed,
        duration: start.elapsed(),
    })
}

/// Times without a zone are read in that of DFA, whoever loads them, and nobody is waited for longer than
/// `dfa.lock_timeout`. For this transaction alone: behind a pooler the session is another's next.
async fn settle(transaction: &Transaction<'_>) -> Result<()> {
    transaction.ask("select set_config('TimeZone', dfa.time_zone(), true)", &[]).await?;
    transaction
        .ask(
            "select set_config('lock_timeout', current_setting('dfa.lock_timeout'), true)
             where current_setting('lock_timeout') = '0'",
            &[],
        )
        .await?;
    Ok(())
}

async fn load_file(
    transaction: &Transaction<'_>,
    table: &Table,
    input: &Input,
    file: Option<Arc<str>>,
    options: &Options,
    tally: &mut Tally,
) -> Result<()> {
    let bar = progress(options.show_progress, input);
    let (source, known, how) = (input.clone(), table.clone(), options.clone());
    let shown = bar.clone();
    let named = file.clone();
    let name = move |failure: Failure| match &named {
        Some(file) if !failure.message.starts_with(file.as_ref()) => {
            Failure { message: format!("{file}: {}", failure.message), ..failure }
        }
        _ => failure,
    };
    // Opening reads the first rows already.
    let producer = tokio::task::spawn_blocking(move || producer(&source, &known, &how, &shown))
        .await
        .map_err(|error| Failure::work(format!("reading the file stopped: {error}")))?
        .map_err(&name)?;
    let outcome = send::copy(transaction, table, producer, file, tally).await;
    bar.finish_and_clear();
    outcome.map_err(name)
}

fn producer(input: &Input, table: &Table, options: &Options, bar: &ProgressBar) -> Result<Box<dyn Producer>> {
    let content = read::open(input, options.compression, options.format, options.encoding, bar)?;
    Ok(match content {
        Content::Parquet(file) => parquet::open(input, file, table, options, bar)?,
        Content::Json(text) => Box::new(ndjson::Objects::open(text, table, options)),
        Content::Csv(text) => Box::new(delimited::Records::open(text, table, options)?),
    })
}

/// Bytes of a text file or rows of a Parquet file, on a terminal only.
fn progress(shown: bool, input: &Input) -> ProgressBar {
    if !shown {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    let template = match input {
        Input::File(_) => "{msg} {bar:30} {percent}% {elapsed} left {eta}",
        Input::Stdin => "{msg} {bytes} {elapsed}",
    };
    let style = ProgressStyle::with_template(template);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(input.name());
    bar
}
