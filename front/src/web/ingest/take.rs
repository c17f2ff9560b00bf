//! The rows of a file into the table, in one transaction: kept, or taken back after a look.

use super::parquet;
use super::upload::{body, feed, FileFormat};
use super::Table;
use crate::db::{Columns, Session};
use crate::http::{chunks, Lines, Piece, Problem};
use crate::web::asked::Asked;
use crate::web::number::{Count, Maybe};
use crate::web::task::plain;
use axum::extract::multipart::Field;
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::sync::mpsc;

/// Rows that are shown as they are read.
const SHOWN: usize = 20;
/// Refused rows that are shown; all can be downloaded.
const REFUSED: i64 = 200;
/// Columns of them.
const COLUMNS: usize = 40;
/// Lines of rows that are remembered.
const LINES: usize = 2_000_000;

/// What is done with a file.
#[derive(Clone, Copy)]
pub struct How {
    pub mode: &'static str,
    /// Good rows are kept where others are refused.
    pub skip: bool,
    /// Not a look alone.
    pub load: bool,
}

/// What became of a file, or would.
pub struct Taken {
    pub file: String,
    pub loaded: bool,
    /// Of all rows, or of the first ones.
    pub whole: bool,
    pub success: Count,
    pub failed: Count,
    pub process_id: String,
    pub columns: Vec<Matched>,
    pub rows: Vec<Vec<String>>,
    pub refused: Vec<Refused>,
}

impl Taken {
    /// The columns of the rows that are shown.
    pub fn heads(&self) -> Vec<&Matched> {
        self.columns.iter().filter(|column| column.in_file).take(COLUMNS).collect()
    }
}

/// A column of the file, or one of the table that the file has not.
pub struct Matched {
    pub name: String,
    /// Its type in the table.
    pub kind: Option<String>,
    pub in_file: bool,
    /// What a row without it cannot be.
    pub needed: bool,
}

/// A row that was refused.
pub struct Refused {
    pub line: u64,
    pub column: Maybe<String>,
    pub value: String,
    pub reason: String,
}

#[derive(Deserialize)]
struct Kept {
    position: u64,
    column_name: Maybe<String>,
    reason: String,
    row: Option<Value>,
}

/// A look takes the first piece of a file alone and reads the rest.
pub async fn take(asked: &Asked, table: &Table, file: Field<'_>, how: How) -> Result<Taken, Problem> {
    let name = file.file_name().unwrap_or_default().to_owned();
    let format = match FileFormat::of(&name) {
        Ok(format) => format,
        Err(problem) => {
            feed(file, None).await?;
            return Err(problem);
        }
    };
    let (fed, taken) = match format {
        FileFormat::Lines(shape, coding) => {
            let (sender, body) = body();
            let pieces = chunks(Lines { shape, coding, body }, table.json_columns.clone());
            tokio::join!(feed(file, Some(sender)), put(asked, table, pieces, how))
        }
        FileFormat::Parquet => {
            let kept = parquet::keep(file).await?;
            (Ok(()), put(asked, table, parquet::pieces(kept), how).await)
        }
    };
    let mut taken = taken?;
    fed?;
    taken.file = name;
    Ok(taken)
}

async fn put(
    asked: &Asked,
    table: &Table,
    pieces: mpsc::Receiver<Result<Piece, Problem>>,
    how: How,
) -> Result<Taken, Problem> {
    let mut session = asked.work().await?;
    let put = rows(&mut session, table, pieces, how).await;
    match put {
        Ok(taken) if taken.loaded => {
            session.commit().await?;
            Ok(taken)
        }
        other => {
            session.rollback().await?;
            other
        }
    }
}

async fn rows(
    session: &mut Session,
    table: &Table,
    mut pieces: mpsc::Receiver<Result<Piece, Problem>>,
    how: How,
) -> Result<Taken, Problem> {
    // Every refused row is wanted, with its line; whether the others stay is decided at the end.
    const BEGIN: &str = "select dfa.ingest_begin($1, action => $2, on_error => 'skip') as process_id";
    const CHUNK: &str = "select dfa.ingest_chunk($1, $2, $3::pg_catalog.json)";
    const END: &str = "select success_rows, failed_rows from dfa.ingest_end($1)";
    const REFUSALS: &str = "select position, column_name, reason, row from dfa.rejected_row
         where process_id = $1 order by position limit $2";
    session
        .query("select pg_catalog.set_config('idle_in_transaction_session_timeout', '60s', true)", &[])
        .await?;
    let process_id: String = session.call_one(BEGIN, &[&table.name, &how.mode]).await?.value("process_id")?;
    let (mut number, mut whole) = (0_i32, true);
    let (mut first, mut lines) = (Vec::new(), Vec::new());
    while let Some(piece) = pieces.recv().await {
        let piece = piece?;
        if number == 0 {
            first = shown(&piece.text);
        } else if !how.load {
            whole = false;
            continue;
        }
        let room = LINES.saturating_sub(lines.len()).min(piece.lines.len());
        lines.extend_from_slice(&piece.lines[..room]);
        session.call(CHUNK, &[&process_id, &number, &piece.text]).await.map_err(crate::http::of_rows)?;
        number += 1;
    }
    let row = session.call_one(END, &[&process_id]).await.map_err(crate::http::of_rows)?;
    let (success, failed): (i64, i64) = (row.value("success_rows")?, row.value("failed_rows")?);
    let kept: Vec<Kept> = session.list(REFUSALS, &[&process_id, &REFUSED]).await?;
    let refused = |kept: Kept| {
        let place = usize::try_from(kept.position).unwrap_or_default().wrapping_sub(1);
        let named = kept.column_name.0.as_ref();
        let value =
            kept.row.as_ref().and_then(Value::as_object).zip(named).map(|(row, name)| plain(row.get(name)));
        Refused {
            line: lines.get(place).copied().unwrap_or(kept.position),
            column: kept.column_name,
            value: value.unwrap_or_default().chars().take(200).collect(),
            reason: kept.reason,
        }
    };
    let columns = matched(table, &first);
    let cells = |row: &Map<String, Value>| {
        columns.iter().filter(|it| it.in_file).take(COLUMNS).map(|it| plain(row.get(&it.name))).collect()
    };
    Ok(Taken {
        file: String::new(),
        loaded: how.load && (failed == 0 || how.skip),
        whole,
        success: Count(success),
        failed: Count(failed),
        process_id,
        rows: first.iter().map(cells).collect(),
        refused: kept.into_iter().map(refused).collect(),
        columns,
    })
}

/// The first rows, as they were read.
fn shown(piece: &str) -> Vec<Map<String, Value>> {
    let rows: Vec<Value> = serde_json::from_str(piece).unwrap_or_default();
    rows.into_iter()
        .take(SHOWN)
        .filter_map(|row| match row {
            Value::Object(row) => Some(row),
            _ => None,
        })
        .collect()
}

/// The columns of the file in their order, then those of the table that it has not.
fn matched(table: &Table, rows: &[Map<String, Value>]) -> Vec<Matched> {
    let mut names: Vec<&String> = Vec::new();
    for name in rows.iter().flat_map(Map::keys) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let of_table = |name: &str| table.columns.iter().find(|column| column.name == name);
    let in_file = names.iter().map(|name| Matched {
        name: (*name).clone(),
        kind: of_table(name).map(|column| column.kind.clone()),
        in_file: true,
        needed: false,
    });
    let missing = table.columns.iter().filter(|column| !names.contains(&&column.name));
    let missing = missing.map(|column| Matched {
        name: column.name.clone(),
        kind: Some(column.kind.clone()),
        in_file: false,
        needed: column.needed || column.key,
    });
    in_file.chain(missing).collect()
}
