//! Rows of text in COPY's text format, each value judged on the way.

use super::batch::{Batch, Place, Reject, Unsure};
use super::columns::Mapping;
use super::judge::{judge, Verdict};
use super::table::Table;
use bytes::BufMut;

/// Writes rows for the columns of a file.
pub struct TextRows {
    pub mapping: Mapping,
    /// The column that dates the table.
    dated_by: Option<usize>,
}

impl TextRows {
    pub fn new(table: &Table, mapping: Mapping) -> Self {
        let dated_by =
            table.dated_by.as_ref().and_then(|name| mapping.iter().position(|column| column.name == *name));
        TextRows { mapping, dated_by }
    }

    /// Adds a row, or its refusal; `None` is NULL.
    pub fn push(&self, batch: &mut Batch, place: Place, values: &[Option<&str>]) {
        let start = batch.bytes.len();
        for (index, (column, value)) in self.mapping.iter().zip(values).enumerate() {
            if index > 0 {
                batch.bytes.put_u8(b'\t');
            }
            let refused = |value: Option<&str>, reason: String| Reject {
                place,
                column: Some(column.name.clone()),
                value: value.map(str::to_owned),
                reason,
            };
            let Some(text) = value else {
                if column.not_null {
                    return batch.refuse_row(
                        start,
                        refused(None, "a value is missing, and the column takes no null".to_owned()),
                    );
                }
                batch.bytes.put_slice(b"\\N");
                continue;
            };
            match judge(text, column) {
                Verdict::Fine => {}
                Verdict::Unsure => {
                    batch.unsure.push(Unsure {
                        row: batch.ends.len(),
                        column: index,
                        value: (*text).to_owned(),
                    });
                }
                Verdict::Refused(reason) => return batch.refuse_row(start, refused(Some(text), reason)),
            }
            escape(text, &mut batch.bytes);
        }
        batch.bytes.put_u8(b'\n');
        batch.end_row(place);
        if let Some(Some(text)) = self.dated_by.map(|index| values[index]) {
            if let Some(day) = text.trim().get(..10).filter(|day| day.as_bytes()[4] == b'-') {
                batch.see_day(day);
            }
        }
    }
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
