//! Sends batches to the server while the next one is made.

use super::ask;
use super::batch::{Batch, Producer, Reject};
use super::options::OnError;
use super::table::Table;
use crate::db::ident;
use crate::failure::{Failure, Result};
use bytes::{BufMut, Bytes, BytesMut};
use futures_util::SinkExt;
use std::collections::HashSet;
use std::pin::Pin;
use tokio::sync::mpsc;
use tokio_postgres::{Client, CopyInSink, Transaction};

/// What has been sent and refused so far.
pub struct Tally {
    pub rows: u64,
    pub refused: u64,
    pub rejects: Vec<Reject>,
    pub days: Option<(String, String)>,
    on_error: OnError,
}

/// Rejects that are shown before a load is given up.
const ENOUGH: u64 = 20;

impl Tally {
    pub fn new(on_error: OnError) -> Self {
        Tally { rows: 0, refused: 0, rejects: Vec::new(), days: None, on_error }
    }

    /// Whether enough rows were refused to give up.
    pub fn is_over(&self) -> bool {
        self.on_error == OnError::Reject && self.refused > ENOUGH
    }

    fn add(&mut self, batch: &mut Batch) {
        // Rejects that are kept for a file grow with it; they are the exception, and named in full.
        const KEPT: usize = 1_000_000;
        self.rows += batch.ends.len() as u64;
        self.refused += batch.rejects.len() as u64;
        let room = KEPT.saturating_sub(self.rejects.len());
        self.rejects.extend(batch.rejects.drain(..).take(room));
        if let Some((first, last)) = batch.days.take() {
            let mut both = Batch { days: self.days.take(), ..Batch::default() };
            both.see_day(&first);
            both.see_day(&last);
            self.days = both.days;
        }
    }
}

/// Copies what a producer makes into the table.
pub async fn copy(
    transaction: &Transaction<'_>,
    checker: &Client,
    table: &Table,
    mut producer: Box<dyn Producer>,
    tally: &mut Tally,
) -> Result<()> {
    let mapping = producer.mapping().clone();
    if mapping.is_empty() {
        return Ok(());
    }
    let columns: Vec<String> = mapping.iter().map(|column| ident(&column.name)).collect();
    let binary = producer.is_binary();
    let format = if binary { "binary" } else { "text" };
    let sql = format!("copy {} ({}) from stdin (format {format})", table.qualified(), columns.join(", "));
    let sink: CopyInSink<Bytes> = transaction.copy_in(&sql).await?;
    let mut sink = Box::pin(sink);
    if binary {
        // Signature, flags, no extension: the manual's page of COPY, "Binary Format".
        sink.send(Bytes::from_static(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0")).await?;
    }
    let (sender, mut batches) = mpsc::channel(2);
    let reading = tokio::task::spawn_blocking(move || read_all(&mut *producer, &sender));
    let mut known = HashSet::new();
    while let Some(mut batch) = batches.recv().await {
        if !batch.unsure.is_empty() {
            ask::settle(checker, &mapping, &mut batch, &mut known).await?;
        }
        tally.add(&mut batch);
        send(&mut sink, &mut batch).await?;
        if tally.is_over() {
            return Ok(());
        }
    }
    reading.await.map_err(|error| Failure::work(format!("reading the file stopped: {error}")))??;
    if binary {
        let mut end = BytesMut::new();
        end.put_i16(-1);
        sink.send(end.freeze()).await?;
    }
    sink.as_mut().finish().await.map_err(refused)?;
    Ok(())
}

fn read_all(producer: &mut dyn Producer, sender: &mpsc::Sender<Batch>) -> Result<()> {
    loop {
        let batch = producer.next()?;
        if batch.is_empty() || sender.blocking_send(batch).is_err() {
            return Ok(());
        }
    }
}

async fn send(sink: &mut Pin<Box<CopyInSink<Bytes>>>, batch: &mut Batch) -> Result<()> {
    let bytes = std::mem::take(&mut batch.bytes).freeze();
    if bytes.is_empty() {
        return Ok(());
    }
    sink.send(bytes).await.map_err(refused)
}

/// A constraint that a row breaks is found by the server, which names the row in its context.
fn refused(error: tokio_postgres::Error) -> Failure {
    let place = error.as_db_error().and_then(|reported| reported.where_().map(str::to_owned));
    let mut failure = Failure::from(error);
    failure.message = format!("{}; nothing was loaded", failure.message);
    if let Some(place) = place {
        failure.detail = Some(match failure.detail {
            Some(detail) => format!("{detail}\n{place}"),
            None => place,
        });
    }
    failure
}
