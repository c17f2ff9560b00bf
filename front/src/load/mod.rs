//! `dfa load`: files into a table by COPY, all in one transaction, in flat memory.
//!
//! A blocking thread reads and encodes batches while the session sends the one before. Values that are not surely
//! right are asked of the server, in its own words, before COPY would stumble over them.

mod ask;
mod batch;
mod columns;
mod delimited;
mod judge;
mod landed;
mod ndjson;
mod numeric;
mod options;
mod parquet;
mod scalar;
mod send;
mod source;
mod table;
mod text_rows;

pub use batch::Reject;
pub use options::{Compression, Extra, Format, Header, OnError, Options};

use crate::failure::Result;
use batch::Producer;
use indicatif::{ProgressBar, ProgressStyle};
use send::Tally;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use table::Table;
use tokio_postgres::{Client, Transaction};

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

/// Loads files into a table of the catalog. `checker` is a second session, for questions while COPY is under way.
pub async fn load(
    client: &mut Client,
    checker: &Client,
    name: &str,
    files: &[PathBuf],
    options: &Options,
) -> Result<Report> {
    let start = Instant::now();
    let transaction = client.transaction().await?;
    // Times without an offset are read by the clock of runs.
    transaction.batch_execute("select set_config('timezone', dfa.time_zone(), true)").await?;
    let table = Table::find(&transaction, name).await?;
    if options.truncate {
        transaction.batch_execute(&format!("truncate {}", table.qualified())).await?;
    }
    let mut tally = Tally::new(options.on_error);
    for file in files {
        load_file(&transaction, checker, &table, file, options, &mut tally).await?;
        if tally.is_over() {
            break;
        }
    }
    let committed = tally.refused == 0 || options.on_error == OnError::Skip;
    if committed {
        landed::record(&transaction, &table, &tally, start.elapsed()).await?;
        transaction.commit().await?;
    } else {
        transaction.rollback().await?;
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

async fn load_file(
    transaction: &Transaction<'_>,
    checker: &Client,
    table: &Table,
    file: &Path,
    options: &Options,
    tally: &mut Tally,
) -> Result<()> {
    let bar = progress(options.show_progress, file);
    let format = source::format_of(file, options)?;
    let producer: Box<dyn Producer> = match format {
        Format::Parquet => parquet::open(file, table, options, &bar)?,
        Format::Ndjson => Box::new(ndjson::Lines::open(source::open(file, options, &bar)?, table, options)?),
        Format::Csv | Format::Infer => {
            Box::new(delimited::Records::open(source::open(file, options, &bar)?, table, options)?)
        }
    };
    let outcome = send::copy(transaction, checker, table, producer, tally).await;
    bar.finish_and_clear();
    outcome
}

/// Bytes of a text file or rows of a Parquet file, on a terminal only.
fn progress(shown: bool, file: &Path) -> ProgressBar {
    if !shown {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let style = ProgressStyle::with_template("{msg} {bar:30} {percent}% {elapsed} left {eta}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(name);
    bar
}
