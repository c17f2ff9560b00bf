//! The binary form of COPY as columns of polars.

mod builder;
mod numeric;

use crate::refusal::{Refusal, Result};
use builder::Builder;
use bytes::{Buf, BytesMut};
use polars::prelude::DataFrame;
use postgres_types::Type;

const SIGNATURE: &[u8; 11] = b"PGCOPY\n\xff\r\n\0";
/// No value of Postgres is greater.
const MOST_BYTES: usize = 1 << 30;

/// How the values of a column are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Flag,
    Small,
    Whole,
    Big,
    Single,
    Double,
    Numeric,
    Text,
    Date,
    Time,
    Timestamp,
    /// `timestamptz`, in UTC.
    Moment,
}

impl Kind {
    /// The kind of a type; `None`: its values are to be had as text.
    pub fn of(kind: u32) -> Option<Kind> {
        Some(match Type::from_oid(kind)? {
            Type::BOOL => Kind::Flag,
            Type::INT2 => Kind::Small,
            Type::INT4 => Kind::Whole,
            Type::INT8 => Kind::Big,
            Type::FLOAT4 => Kind::Single,
            Type::FLOAT8 => Kind::Double,
            Type::NUMERIC => Kind::Numeric,
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME => Kind::Text,
            Type::DATE => Kind::Date,
            Type::TIME => Kind::Time,
            Type::TIMESTAMP => Kind::Timestamp,
            Type::TIMESTAMPTZ => Kind::Moment,
            _ => return None,
        })
    }
}

/// Reads a stream piece by piece; pieces end where the network has it.
pub struct Decoder {
    names: Vec<String>,
    builders: Vec<Builder>,
    buffer: BytesMut,
    begun: bool,
    rows: usize,
}

impl Decoder {
    pub fn new(columns: &[(String, Kind)]) -> Decoder {
        let mut names: Vec<String> = Vec::with_capacity(columns.len());
        for (name, _) in columns {
            // A load may give a name twice, a frame may not.
            let more = (2..).map(|number| format!("{name}_{number}"));
            let free = std::iter::once(name.clone()).chain(more).find(|name| !names.contains(name));
            names.extend(free);
        }
        Decoder {
            names,
            builders: columns.iter().map(|it| Builder::of(it.1)).collect(),
            buffer: BytesMut::new(),
            begun: false,
            rows: 0,
        }
    }

    /// Rows that are there and not taken yet.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// # Errors
    /// Numbers of one column that have no common scale.
    pub fn take(&mut self) -> Result<DataFrame> {
        let columns = self.names.iter().zip(&mut self.builders).map(|(name, builder)| builder.take(name));
        let columns = columns.collect::<Result<Vec<_>>>()?;
        Ok(DataFrame::new(std::mem::take(&mut self.rows), columns)?)
    }

    /// # Errors
    /// What is no such stream, a value that no column of polars holds.
    pub fn push(&mut self, piece: &[u8]) -> Result<()> {
        self.buffer.extend_from_slice(piece);
        if !self.begun {
            let Some(head) = self.buffer.get(..19) else { return Ok(()) };
            if head[..11] != *SIGNATURE {
                return Err(broken());
            }
            let extension = usize::try_from(i32::from_be_bytes([head[15], head[16], head[17], head[18]]));
            let length = 19 + extension.map_err(|_| broken())?;
            if self.buffer.len() < length {
                return Ok(());
            }
            self.buffer.advance(length);
            self.begun = true;
        }
        while let Some(length) = self.next_row()? {
            let row = self.buffer.split_to(length);
            if length > 2 {
                self.read(&row[2..])?;
            }
        }
        Ok(())
    }

    /// The length of the row at the beginning, if all of it is there; the end of the stream is a row of its two bytes.
    fn next_row(&self) -> Result<Option<usize>> {
        let Some(fields) = self.buffer.get(..2) else { return Ok(None) };
        let fields = i16::from_be_bytes([fields[0], fields[1]]);
        if fields == -1 {
            return Ok(Some(2));
        }
        if usize::try_from(fields) != Ok(self.builders.len()) {
            return Err(broken());
        }
        let mut at = 2;
        for _ in 0..fields {
            let Some(length) = self.buffer.get(at..at + 4) else { return Ok(None) };
            at += 4;
            match i32::from_be_bytes([length[0], length[1], length[2], length[3]]) {
                -1 => {}
                length => {
                    at += usize::try_from(length).ok().filter(|it| *it <= MOST_BYTES).ok_or_else(broken)?
                }
            }
        }
        Ok((self.buffer.len() >= at).then_some(at))
    }

    fn read(&mut self, mut row: &[u8]) -> Result<()> {
        for (name, builder) in self.names.iter().zip(&mut self.builders) {
            let value = usize::try_from(row.get_i32()).ok().map(|length| {
                let (value, rest) = row.split_at(length);
                row = rest;
                value
            });
            builder.push(value, name)?;
        }
        self.rows += 1;
        Ok(())
    }
}

fn broken() -> Refusal {
    Refusal::new("what the server sends is not the binary form of COPY")
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::*;

    fn stream(rows: &[Vec<Option<Vec<u8>>>]) -> Vec<u8> {
        let mut stream = SIGNATURE.to_vec();
        stream.extend([0; 8]);
        for row in rows {
            stream.extend(i16::try_from(row.len()).unwrap().to_be_bytes());
            for value in row {
                let length = value.as_ref().map_or(-1, |value| i32::try_from(value.len()).unwrap());
                stream.extend(length.to_be_bytes());
                stream.extend(value.as_deref().unwrap_or_default());
            }
        }
        stream.extend((-1_i16).to_be_bytes());
        stream
    }

    #[test]
    fn a_stream_is_read_wherever_its_pieces_end() {
        let rows = [Some("o'b"), None, Some("")]
            .map(|text| vec![text.map(|text| text.as_bytes().to_vec()), Some(vec![0; 4])]);
        let stream = stream(&rows);
        for size in 1..stream.len() {
            let mut decoder = Decoder::new(&[("id".into(), Kind::Text), ("ds".into(), Kind::Date)]);
            stream.chunks(size).for_each(|piece| decoder.push(piece).unwrap());
            assert_eq!(decoder.rows(), 3);
            let frame = decoder.take().unwrap();
            let ids: Vec<_> = frame.column("id").unwrap().str().unwrap().iter().collect();
            assert_eq!(ids, [Some("o'b"), None, Some("")]);
            assert_eq!(frame.column("ds").unwrap().dtype(), &DataType::Date);
            assert_eq!(decoder.rows(), 0);
        }
        let mut decoder = Decoder::new(&[("id".into(), Kind::Text)]);
        assert!(decoder.push(b"something else that is no copy").is_err());
    }

    #[test]
    fn each_type_has_its_column_and_its_nulls() {
        let kinds = [
            (Kind::Flag, vec![1], DataType::Boolean),
            (Kind::Small, 7_i16.to_be_bytes().to_vec(), DataType::Int16),
            (Kind::Whole, 7_i32.to_be_bytes().to_vec(), DataType::Int32),
            (Kind::Big, 7_i64.to_be_bytes().to_vec(), DataType::Int64),
            (Kind::Single, 7_f32.to_be_bytes().to_vec(), DataType::Float32),
            (Kind::Double, 7_f64.to_be_bytes().to_vec(), DataType::Float64),
            (Kind::Text, b"x".to_vec(), DataType::String),
            (Kind::Date, vec![0; 4], DataType::Date),
            (Kind::Time, vec![0; 8], DataType::Time),
            (Kind::Timestamp, vec![0; 8], DataType::Datetime(TimeUnit::Microseconds, None)),
            (Kind::Moment, vec![0; 8], DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC))),
        ];
        for (kind, bytes, dtype) in kinds {
            let mut decoder = Decoder::new(&[("it".into(), kind)]);
            decoder.push(&stream(&[vec![Some(bytes)], vec![None]])).unwrap();
            let frame = decoder.take().unwrap();
            let column = frame.column("it").unwrap();
            assert_eq!((column.dtype(), column.len(), column.null_count()), (&dtype, 2, 1), "{kind:?}");
        }
    }
}
