//! Rows out of the database into a file, by COPY and in flat memory.

mod parquet;
mod text;

use crate::db::{path, Client};
use crate::failure::{Failure, Result};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    Ndjson,
    Parquet,
}

impl Format {
    /// By the ending of the file; whether it is compressed by zstd.
    ///
    /// # Errors
    /// An ending that says nothing.
    pub fn of(file: &Path) -> Result<(Format, bool)> {
        let name =
            file.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        let (name, is_compressed) = match name.strip_suffix(".zst") {
            Some(name) => (name, true),
            None => (name.as_str(), false),
        };
        match (name.rsplit_once('.').map(|(_, ending)| ending), is_compressed) {
            (Some("csv"), _) => Ok((Format::Csv, is_compressed)),
            (Some("ndjson" | "jsonl"), _) => Ok((Format::Ndjson, is_compressed)),
            (Some("parquet"), false) => Ok((Format::Parquet, false)),
            _ => Err(Failure::usage(format!("the ending of '{}' says no format", file.display()))
                .hint("Use .csv, .ndjson or .parquet; .csv.zst and .ndjson.zst are compressed, Parquet is so by itself.")),
        }
    }
}

/// A file beside the one that it becomes when it is whole.
struct Unfinished {
    path: PathBuf,
    becomes: PathBuf,
    is_whole: bool,
}

impl Unfinished {
    fn create(becomes: &Path) -> Result<(Unfinished, File)> {
        let mut name = becomes.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let path = becomes.with_file_name(name);
        let file = File::create(&path)
            .map_err(|error| Failure::usage(format!("'{}' cannot be written: {error}", becomes.display())))?;
        Ok((Unfinished { path, becomes: becomes.to_owned(), is_whole: false }, file))
    }

    fn finish(mut self) -> Result<()> {
        std::fs::rename(&self.path, &self.becomes)?;
        self.is_whole = true;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.is_whole {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Writes the rows of a query, which may be any that returns rows; their number.
///
/// # Errors
/// A query that the server refuses, a file that cannot be written: then there is no file, or the one that was there.
pub async fn write(
    client: &Client,
    query: &str,
    format: Format,
    is_compressed: bool,
    file: &Path,
) -> Result<u64> {
    let query = query.trim().trim_end_matches(';');
    let (unfinished, handle) = Unfinished::create(file)?;
    client.begin().await?;
    // The names of a query are those that they are in psql; it changes nothing.
    client.batch_execute(path::OF_ROLE_LOCAL).await?;
    client.batch_execute("set transaction read only").await?;
    let written = async {
        match format {
            Format::Parquet => parquet::write(client, query, handle).await,
            _ if is_compressed => {
                let mut out = zstd::Encoder::new(BufWriter::new(handle), 0)?;
                let rows = text::write(client, query, format, &mut out).await?;
                out.finish()?.flush()?;
                Ok(rows)
            }
            _ => {
                let mut out = BufWriter::new(handle);
                let rows = text::write(client, query, format, &mut out).await?;
                out.flush()?;
                Ok(rows)
            }
        }
    };
    let outcome: Result<u64> = written.await;
    let _ = client.rollback().await;
    let rows = outcome?;
    unfinished.finish()?;
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_the_format() {
        let of = |name: &str| Format::of(Path::new(name)).ok();
        assert_eq!(of("a.csv"), Some((Format::Csv, false)));
        assert_eq!(of("x/A.CSV.ZST"), Some((Format::Csv, true)));
        assert_eq!(of("a.b.ndjson"), Some((Format::Ndjson, false)));
        assert_eq!(of("a.parquet"), Some((Format::Parquet, false)));
        for wrong in ["a", "a.parquet.zst", "a.xlsx", "a.zst", ""] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}
