//! CSV and NDJSON.

use super::Format;
use crate::db::Client;
use crate::failure::{Failure, Result};
use futures_util::StreamExt;
use std::io::Write;
use tokio_postgres::binary_copy::BinaryCopyOutStream;
use tokio_postgres::types::Type;

pub async fn write(client: &Client, query: &str, format: Format, out: &mut impl Write) -> Result<u64> {
    match format {
        Format::Csv => csv(client, query, out).await,
        _ => ndjson(client, query, out).await,
    }
}

/// What COPY calls CSV, with a heading: `dfa load` reads the same values from it.
async fn csv(client: &Client, query: &str, out: &mut impl Write) -> Result<u64> {
    let stream = client.copy_out(format!("copy ({query}\n) to stdout (format csv, header)").as_str()).await?;
    let mut stream = std::pin::pin!(stream);
    // The server sends a message for each row, and one for the heading.
    let mut messages = 0_u64;
    while let Some(chunk) = stream.next().await {
        out.write_all(&chunk?)?;
        messages += 1;
    }
    Ok(messages.saturating_sub(1))
}

/// An object on each line, as row_to_json makes it. In binary, where a text is not escaped once more.
async fn ndjson(client: &Client, query: &str, out: &mut impl Write) -> Result<u64> {
    let statement =
        format!("copy (select pg_catalog.row_to_json(exported)::pg_catalog.text from ({query}\n) as exported) to stdout (format binary)");
    let stream = client.copy_out(statement.as_str()).await?;
    let mut rows = std::pin::pin!(BinaryCopyOutStream::new(stream, &[Type::TEXT]));
    let mut number = 0;
    while let Some(row) = rows.next().await {
        let row = row?;
        let line: &str = row.try_get(0).map_err(Failure::from)?;
        // Outside of texts, where a value of type json may have it.
        out.write_all(line.replace(['\n', '\r'], " ").as_bytes())?;
        out.write_all(b"\n")?;
        number += 1;
    }
    Ok(number)
}
