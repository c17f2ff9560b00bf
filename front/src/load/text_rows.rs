//! Rows of text in COPY's text format, each value judged on the way.

use super::batch::{Batch, Dated, Place, Reject, Unsure};
use super::columns::Columns;
use super::judge::{day_of, instant_of, judge, Verdict};
use bytes::BufMut;
use std::sync::Arc;
use tokio_postgres::types::Type;

/// Adds a row, or its refusal; `None` is NULL.
pub fn push<'v>(
    batch: &mut Batch,
    columns: &Arc<Columns>,
    place: Place,
    values: impl Iterator<Item = Option<&'v str>>,
) {
    let part = batch.part(columns);
    let mut dated = None;
    for (index, (column, value)) in columns.filled.iter().zip(values).enumerate() {
        if index > 0 {
            part.bytes.put_u8(b'\t');
        }
        let Some(text) = value else {
            if column.not_null {
                part.undo_row();
                let reason = "a value is missing, and the column takes no null";
                return batch.rejects.push(Reject::new(place, Some(&column.name), None, reason));
            }
            part.bytes.put_slice(b"\\N");
            continue;
        };
        let mut verdict = judge(text, column);
        if verdict == Verdict::Fine && columns.dated == Some(index) {
            dated = match column.data_type {
                Type::TIMESTAMPTZ => instant_of(text).map(Dated::Instant),
                _ => day_of(text).map(Dated::Day),
            };
            if dated.is_none() {
                // Of which day it is, the zone of the database says.
                verdict = Verdict::Unsure;
            }
        }
        match verdict {
            Verdict::Fine => {}
            Verdict::Unsure => {
                let row = part.ends.len();
                part.unsure.push(Unsure { row, column: index, value: text.to_owned() });
            }
            Verdict::Refused(reason) => {
                part.undo_row();
                return batch.rejects.push(Reject::new(place, Some(&column.name), Some(text), reason));
            }
        }
        escape(text, &mut part.bytes);
    }
    part.bytes.put_u8(b'\n');
    part.end_row(place, dated);
}

/// COPY's text format escapes backslash, tab and line ends.
fn escape(text: &str, into: &mut bytes::BytesMut) {
    let bytes = text.as_bytes();
    let mut start = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let letter = match byte {
            b'\\' => b'\\',
            b'\t' => b't',
            b'\n' => b'n',
            b'\r' => b'r',
            _ => continue,
        };
        into.put_slice(&bytes[start..at]);
        into.put_slice(&[b'\\', letter]);
        start = at + 1;
    }
    into.put_slice(&bytes[start..]);
}
