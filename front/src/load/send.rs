//! Sends batches to the server while the next one is made.

use super::ask::{self, Known};
use super::batch::{Batch, Part, Place, Producer, Reject};
use super::columns::Columns;
use super::days::Days;
use super::options::OnError;
use super::prepare::prepare_copy;
use super::table::Table;
use crate::db::ident;
use crate::failure::{Failure, Result};
use bytes::{BufMut, Bytes, BytesMut};
use futures_util::SinkExt;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_postgres::{CopyInSink, Statement, Transaction};

/// What has been sent and refused so far.
pub struct Tally {
    pub rows: u64,
    pub refused: u64,
    pub rejects: Vec<Reject>,
    pub days: Days,
    /// Rows came whose day the server alone can tell.
    pub has_hidden_days: bool,
    /// The columns that rows were given for.
    pub given: std::collections::BTreeSet<String>,
    on_error: OnError,
    known: Known,
}

/// Rejects that are shown before a load is given up.
const ENOUGH: u64 = 20;

impl Tally {
    pub fn new(on_error: OnError) -> Self {
        Tally {
            rows: 0,
            refused: 0,
            rejects: Vec::new(),
            days: Days::default(),
            has_hidden_days: false,
            given: std::collections::BTreeSet::new(),
            on_error,
            known: Known::default(),
        }
    }

    /// Whether enough rows were refused to give up.
    pub fn is_over(&self) -> bool {
        self.on_error == OnError::Reject && self.refused > ENOUGH
    }

    fn refuse(&mut self, rejects: Vec<Reject>, file: Option<&Arc<str>>) {
        // Rejects that are kept for a file grow with it; they are the exception, and named in full.
        const KEPT: usize = 1_000_000;
        self.refused += rejects.len() as u64;
        let room = KEPT.saturating_sub(self.rejects.len());
        let named = rejects.into_iter().map(|reject| Reject { file: file.cloned(), ..reject });
        self.rejects.extend(named.take(room));
    }

    fn take(&mut self, part: &Part, table: &Table) {
        self.rows += part.ends.len() as u64;
        part.dated.iter().flatten().for_each(|dated| self.days.see(*dated));
        self.has_hidden_days |= table.dated_by.is_some() && part.columns.dated.is_none();
    }
}

/// Copies what the producer of one file makes into the table.
pub async fn copy(
    transaction: &Transaction<'_>,
    table: &Table,
    mut producer: Box<dyn Producer>,
    file: Option<Arc<str>>,
    tally: &mut Tally,
) -> Result<()> {
    let binary = producer.is_binary();
    let mut copies = Copies { transaction, table, binary, file, statements: Vec::new(), open: None };
    let (sender, mut batches) = mpsc::channel(2);
    let reading = tokio::task::spawn_blocking(move || read_all(&mut *producer, &sender));
    while let Some(batch) = batches.recv().await {
        copies.take(batch, tally).await?;
        if tally.is_over() {
            return Ok(());
        }
    }
    reading.await.map_err(|error| Failure::work(format!("reading the file stopped: {error}")))??;
    copies.close().await
}

fn read_all(producer: &mut dyn Producer, sender: &mpsc::Sender<Batch>) -> Result<()> {
    loop {
        let batch = producer.next()?;
        if batch.is_empty() || sender.blocking_send(batch).is_err() {
            return Ok(());
        }
    }
}

/// One COPY after another: another begins where rows give other columns, and where the server was asked in between.
struct Copies<'t> {
    transaction: &'t Transaction<'t>,
    table: &'t Table,
    binary: bool,
    file: Option<Arc<str>>,
    statements: Vec<(Arc<Columns>, Statement)>,
    open: Option<Copy>,
}

/// A COPY under way.
struct Copy {
    sink: Pin<Box<CopyInSink<Bytes>>>,
    columns: Arc<Columns>,
    rows: u64,
    /// From which of its rows on they stand one after another in the file, and where.
    places: Vec<(u64, Place)>,
}

impl Copies<'_> {
    async fn take(&mut self, batch: Batch, tally: &mut Tally) -> Result<()> {
        tally.refuse(batch.rejects, self.file.as_ref());
        for mut part in batch.parts {
            if tally.known.leaves_open(&part) {
                self.close().await?;
                let rejects =
                    ask::settle(self.transaction, &mut part, &mut tally.known, &mut tally.days).await?;
                tally.refuse(rejects, self.file.as_ref());
            }
            tally.take(&part, self.table);
            self.send(part, tally).await?;
        }
        Ok(())
    }

    async fn send(&mut self, part: Part, tally: &mut Tally) -> Result<()> {
        if part.ends.is_empty() {
            return Ok(());
        }
        let continues = self.open.as_ref().is_some_and(|copy| Arc::ptr_eq(&copy.columns, &part.columns));
        if !continues {
            self.close().await?;
            tally.given.extend(part.columns.filled.iter().map(|column| column.name.clone()));
            self.open = Some(self.begin(&part.columns).await?);
        }
        let Some(copy) = &mut self.open else { return Ok(()) };
        for place in &part.places {
            let expected = copy.places.last().map(|(row, place)| place.plus(copy.rows - row));
            if expected != Some(*place) {
                copy.places.push((copy.rows, *place));
            }
            copy.rows += 1;
        }
        copy.sink.send(part.bytes.freeze()).await.map_err(Failure::from)
    }

    async fn begin(&mut self, columns: &Arc<Columns>) -> Result<Copy> {
        let statement = self.statement(columns).await?;
        let mut sink = Box::pin(self.transaction.copy_in(&statement).await?);
        if self.binary {
            // Signature, flags, no extension: the manual's page of COPY, "Binary Format".
            sink.send(Bytes::from_static(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0")).await?;
        }
        Ok(Copy { sink, columns: columns.clone(), rows: 0, places: Vec::new() })
    }

    async fn statement(&mut self, columns: &Arc<Columns>) -> Result<Statement> {
        const KEPT: usize = 64;
        if let Some((_, statement)) = self.statements.iter().find(|(known, _)| Arc::ptr_eq(known, columns)) {
            return Ok(statement.clone());
        }
        let names: Vec<String> = columns.filled.iter().map(|column| ident(&column.name)).collect();
        let format = if self.binary { "binary" } else { "text" };
        let copy =
            format!("copy {} ({}) from stdin (format {format})", self.table.qualified(), names.join(", "));
        let statement = prepare_copy(self.transaction, &copy).await?;
        if self.statements.len() == KEPT {
            self.statements.clear();
        }
        self.statements.push((columns.clone(), statement.clone()));
        Ok(statement)
    }

    async fn close(&mut self) -> Result<()> {
        let Some(mut copy) = self.open.take() else { return Ok(()) };
        if self.binary {
            let mut end = BytesMut::new();
            end.put_i16(-1);
            copy.sink.send(end.freeze()).await?;
        }
        match copy.sink.as_mut().finish().await {
            Ok(_) => Ok(()),
            Err(error) => Err(refused(error, &copy.places, self.file.as_deref())),
        }
    }
}

/// A constraint that a row breaks is found by the server, which names the row in its context: by its place in the COPY,
/// which is not that in the file.
fn refused(error: tokio_postgres::Error, places: &[(u64, Place)], file: Option<&str>) -> Failure {
    let context = error.as_db_error().and_then(|reported| reported.where_().map(str::to_owned));
    let mut failure = Failure::from(error);
    failure.message = format!("{}; nothing was loaded", failure.message);
    if let Some(context) = context {
        let lines: Vec<String> = context.lines().map(|line| in_file(line, places, file)).collect();
        failure.detail =
            failure.detail.into_iter().chain([lines.join("\n")]).reduce(|all, one| all + "\n" + &one);
    }
    failure
}

/// `COPY src_sale, line 3, column day: "…"` as `COPY src_sale, line 4, column day: "…"`, with the file before it.
fn in_file(context: &str, places: &[(u64, Place)], file: Option<&str>) -> String {
    let place = context.strip_prefix("COPY ").and_then(|copy| {
        let (table, rest) = copy.split_once(", line ")?;
        let digits = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
        let row = rest[..digits].parse::<u64>().ok()?.checked_sub(1)?;
        let (first, place) = places.iter().rfind(|(first, _)| *first <= row)?;
        let file = file.map_or(String::new(), |file| format!("{file}: "));
        Some(format!("{file}COPY {table}, {}{}", place.plus(row - first), &rest[digits..]))
    });
    place.unwrap_or_else(|| context.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_a_copy_is_told_by_its_place_in_the_file() {
        let places = [(0, Place::Line(2)), (3, Place::Line(9))];
        let told = |context| in_file(context, &places, None);
        assert_eq!(told("COPY t, line 2"), "COPY t, line 3");
        assert_eq!(told("COPY t, line 4, column a: \"x\""), "COPY t, line 9, column a: \"x\"");
        assert_eq!(told("PL/pgSQL function f() line 3 at RAISE"), "PL/pgSQL function f() line 3 at RAISE");
        assert_eq!(
            in_file("COPY t, line 1", &[(0, Place::Row(7))], Some("a.parquet")),
            "a.parquet: COPY t, row 7"
        );
    }
}
