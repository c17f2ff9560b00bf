//! `dfa load`

use crate::db;
use crate::failure::{Failure, Result};
use crate::load::{self, delimiter, quote, Extra, Header, OnError, Options, Quote, Reject, Report};
use crate::output::Output;
use crate::read::{self, Compression, Format, Input};
use crate::settings::Settings;
use serde_json::{json, Value};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Everything lands in one transaction: all rows, or none when a row is refused (unless --on-error skip).

Examples:
  dfa load -f transactions.parquet -t src_transaction --truncate
  dfa load -f sales.csv.gz -t sst --delimiter ';' --encoding windows-1252 --null NULL
  dfa load -f lines.ndjson -t src_line --on-error skip --rejects refused.json
  dfa load -t src_sale 2024-0*.csv
  zcat sales.gz | dfa load -f - -t src_sale")]
pub struct Arguments {
    /// Files to load, in order, in one transaction: paths, patterns such as '2024-*.csv', or - for standard input.
    #[arg(short, long = "file", value_name = "FILE", num_args = 1.., required_unless_present = "more")]
    file: Vec<String>,
    /// Files, as -f takes them.
    #[arg(value_name = "FILE")]
    more: Vec<String>,
    /// Table, by name or short name.
    #[arg(short, long, value_name = "NAME")]
    table: String,
    /// Empty the table first, in the same transaction.
    #[arg(long)]
    truncate: bool,
    /// How the file is compressed (infer: by its first bytes).
    #[arg(short, long, value_enum, default_value_t = Compression::Infer)]
    compression: Compression,
    /// What the file holds (infer: by its name and first bytes).
    #[arg(long, value_enum, default_value_t = Format::Infer)]
    format: Format,
    /// Separator of CSV columns, one character; \t is a tab.
    #[arg(long, default_value = ",", value_parser = delimiter)]
    delimiter: char,
    /// Quote of CSV values, one character, or none.
    #[arg(long, default_value = "\"", value_parser = quote)]
    quote: Quote,
    /// Text that means NULL, beside an empty value; both without quotes.
    #[arg(long, value_name = "TEXT")]
    null: Option<String>,
    /// An empty value, or the text of --null, means NULL in quotes, too.
    #[arg(long)]
    force_null: bool,
    /// Encoding of the text, such as utf-8, windows-1252, utf-16le; a byte order mark wins.
    #[arg(long, default_value = "utf-8", value_parser = read::encoding)]
    encoding: &'static encoding_rs::Encoding,
    /// Whether the first CSV line names the columns (infer: if it holds column names).
    #[arg(long, value_enum, default_value_t = Header::Infer)]
    header: Header,
    /// Take the columns in the table's order, whatever the file calls them.
    #[arg(long)]
    by_position: bool,
    /// What to do with more values than columns: refuse the line, or keep them in the last column.
    #[arg(long, value_enum, default_value_t = Extra::Error)]
    extra: Extra,
    /// What to do with refused rows: load nothing, or load the others.
    #[arg(long, value_enum, default_value_t = OnError::Reject)]
    on_error: OnError,
    /// File for the refused rows, as NDJSON.
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

pub async fn run(arguments: Arguments, settings: &Settings, output: Output) -> Result<()> {
    let inputs = read::inputs(&[arguments.file, arguments.more].concat())?;
    let options = Options {
        truncate: arguments.truncate,
        compression: arguments.compression,
        format: arguments.format,
        delimiter: arguments.delimiter,
        quote: arguments.quote.0,
        null: arguments.null,
        force_null: arguments.force_null,
        encoding: arguments.encoding,
        header: arguments.header,
        by_position: arguments.by_position,
        extra: arguments.extra,
        on_error: arguments.on_error,
        show_progress: !output.json,
    };
    let mut tries = 1;
    let report = loop {
        match once(settings, &arguments.table, &inputs, &options).await {
            Err(failure) if load::may_be_tried_again(&failure, &inputs) && tries < load::MAX_TRIES => {
                tries += 1;
            }
            Err(failure) if load::waited_too_long(&failure) => {
                let mut client = db::connect(settings).await.map_err(|_| failure.clone())?;
                return Err(load::with_holder(&mut client, &arguments.table, failure).await);
            }
            outcome => break outcome?,
        }
    };
    if let Some(path) = &arguments.rejects {
        write_rejects(path, &report.rejects)?;
    }
    tell(&report, &options, output)
}

async fn once(settings: &Settings, table: &str, inputs: &[Input], options: &Options) -> Result<Report> {
    let mut client = db::connect(settings).await?;
    let cancel = client.cancel_token();
    let canceller = db::Canceller::new(&settings.database, db::tls::connector(&settings.certificate)?);
    let work = load::load(&mut client, table, inputs, options);
    tokio::select! {
        outcome = work => outcome,
        failure = db::stopped() => {
            // The transaction goes with the session; this only spares the server the rest of its statement.
            let _ = canceller.cancel(&cancel).await;
            Err(failure)
        }
    }
}

fn write_rejects(path: &PathBuf, rejects: &[Reject]) -> Result<()> {
    let lines: String = rejects.iter().map(|reject| format!("{}\n", reject.to_json())).collect();
    std::fs::write(path, lines).map_err(|error| Failure::work(format!("{}: {error}", path.display())))
}

fn tell(report: &Report, options: &Options, output: Output) -> Result<()> {
    const SHOWN: usize = 20;
    let mut lines: Vec<String> = report.rejects.iter().take(SHOWN).map(ToString::to_string).collect();
    if report.refused > SHOWN as u64 && options.on_error == OnError::Skip {
        lines.push(format!("… and {} more", report.refused - SHOWN as u64));
    }
    if !report.committed {
        let more = if report.refused > SHOWN as u64 { "more than " } else { "" };
        let count = report.refused.min(SHOWN as u64);
        let plural = if count == 1 { "row was" } else { "rows were" };
        return Err(Failure::work(format!(
            "{more}{count} {plural} refused; nothing was loaded into '{}'",
            report.table
        ))
        .detail(lines.join("\n"))
        .hint(hint(&report.rejects)));
    }
    if !output.json {
        lines.iter().for_each(|line| eprintln!("{line}"));
    }
    let seconds = report.duration.as_secs_f64();
    let rate = if seconds > 0.0 { report.rows as f64 / seconds } else { report.rows as f64 };
    let refused =
        if report.refused > 0 { format!(", {} refused", thousands(report.refused)) } else { String::new() };
    let text = format!(
        "Success: Load {} row{} to '{}' in {seconds:.1} s ({} rows/s{refused})",
        thousands(report.rows),
        if report.rows == 1 { "" } else { "s" },
        report.table,
        thousands(rate as u64)
    );
    let rejects: Vec<Value> = report.rejects.iter().map(Reject::to_json).collect();
    output.message(
        &text,
        json!({ "message": text, "table": report.table, "rows": report.rows, "refused": report.refused,
                "seconds": seconds, "rejects": rejects }),
    );
    Ok(())
}

/// What to do about refused rows; words that mean NULL somewhere else are the most frequent reason.
fn hint(rejects: &[Reject]) -> String {
    const NULLS: [&str; 9] = ["NA", "N/A", "NULL", "null", "None", "nil", "\\N", "-", "#N/A"];
    let value = |reject: &Reject| reject.value.clone().unwrap_or_default();
    let words = rejects.iter().map(value);
    let mut hint = "Correct the rows, or load the others with --on-error skip.".to_owned();
    if let Some(word) = words.clone().find(|word| NULLS.contains(&word.trim())) {
        hint.push_str(&format!(" --null '{word}' takes that for NULL."));
    } else if words.into_iter().any(|word| word.is_empty())
        && rejects.iter().any(|reject| reject.value.is_some())
    {
        hint.push_str(" --force-null takes empty values in quotes for NULL.");
    }
    hint
}

/// `1,469,307`
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([0, 12, 1234, 1_469_307].map(thousands), ["0", "12", "1,234", "1,469,307"]);
    }
}
