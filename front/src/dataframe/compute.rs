//! The process that computes: an order and the rows of a `load` come in, the rows for `save` go out.
//!
//! It is a process of its own since what polars has begun nobody can stop in a thread, and no bound holds its memory there:
//! this one is killed, and its memory is the system's again.

use super::watch;
use super::wire::{Order, Piece};
use crate::failure::{Failure, Result};
use bytes::Bytes;
use dfa_dataframe::{Arguments, Decoder, Encoder, Kind, Refusal, Work};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};
use tokio::signal::unix::{signal, SignalKind};

/// Rows of a piece of the input.
const ROWS: usize = 16_384;
/// Bytes of a piece of the result.
const BYTES: usize = 1 << 16;

/// Why there is no result.
enum Stopped {
    Refused(Refusal),
    /// Nobody reads or writes any more.
    Alone(io::Error),
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Stopped {
        Stopped::Refused(refusal)
    }
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Stopped {
        Stopped::Alone(error)
    }
}

/// Computes what stdin orders.
pub fn compute() -> Result<()> {
    // What stops the service may reach its whole group; the service says when this ends.
    let _ignored = signal(SignalKind::terminate());
    let mut input = BufReader::with_capacity(BYTES, io::stdin().lock());
    let mut output = BufWriter::with_capacity(BYTES, io::stdout().lock());
    let mut line = String::new();
    let order = input.read_line(&mut line).and_then(|_| Ok(serde_json::from_str::<Order>(&line)?));
    let order = order.map_err(|error| Failure::work(format!("no order to compute: {error}")))?;
    watch::begin(order.service, order.memory);
    let answered = catch_unwind(AssertUnwindSafe(|| answer(&order, &mut input, &mut output)));
    let answered = answered
        .unwrap_or_else(|_| Err(Refusal::new("the function failed: this is a fault of the service").into()));
    let said = match answered {
        Err(Stopped::Refused(refusal)) => Piece::Refused(refusal).write(&mut output),
        Err(Stopped::Alone(error)) => Err(error),
        Ok(()) => Piece::End.write(&mut output),
    };
    said.and_then(|()| output.flush()).map_err(|error| Failure::work(error.to_string()))
}

fn answer(
    order: &Order,
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> std::result::Result<(), Stopped> {
    let names: Vec<String> = order.columns.iter().map(|it| it.0.clone()).collect();
    let mut work = dfa_dataframe::begin(&order.function, &Arguments(order.arguments.clone()), &names)?;
    let kind = |(name, oid): &(String, u32)| (name.clone(), Kind::of(*oid).unwrap_or(Kind::Text));
    let mut decoder = Decoder::new(&order.columns.iter().map(kind).collect::<Vec<_>>());
    let mut any = false;
    loop {
        let piece = input.fill_buf()?;
        let length = piece.len();
        decoder.push(piece)?;
        input.consume(length);
        if decoder.rows() >= ROWS || length == 0 && decoder.rows() > 0 {
            any = true;
            take(&mut *work, &mut decoder, order)?;
        }
        if length == 0 {
            break;
        }
    }
    if any {
        result(work, order, output)?;
    }
    Ok(())
}

fn take(work: &mut dyn Work, decoder: &mut Decoder, order: &Order) -> dfa_dataframe::Result<()> {
    work.take(decoder.take()?)?;
    if work.memory() > order.memory {
        return Err(Refusal::new(format!(
            "function '{}' needs more than {} MB for its input",
            order.function,
            order.memory >> 20
        ))
        .hint("Let the load give fewer rows, gathered by id and period, or raise dfa.dataframe_memory."));
    }
    Ok(())
}

/// Writes the result as it comes: of each part the rows, then the notes. What is written is seen before the next part is
/// computed, which may take long.
fn result(work: Box<dyn Work>, order: &Order, output: &mut impl Write) -> std::result::Result<(), Stopped> {
    for part in work.finish()? {
        let part = part?;
        if part.frame.height() > 0 {
            let mut rows = Encoder::new(&part.frame)?;
            Piece::Rows(rows.types()).write(output)?;
            while let Some(text) = rows.next(BYTES) {
                Piece::Bytes(text.into()).write(output)?;
            }
            Piece::Done.write(output)?;
        }
        if !part.notes.is_empty() {
            Piece::Notes.write(output)?;
            let mut notes = Bytes::from(dfa_dataframe::notes(order.step, &order.process, &part.notes));
            while !notes.is_empty() {
                Piece::Bytes(notes.split_to(BYTES.min(notes.len()))).write(output)?;
            }
            Piece::Done.write(output)?;
        }
        output.flush()?;
    }
    Ok(())
}
