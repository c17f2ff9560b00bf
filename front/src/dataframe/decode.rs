//! The binary form of COPY as columns.

use super::frame::{Column, Decimal, Frame, Values};
use super::refusal::{Refusal, Result};
use bytes::{Buf, BytesMut};
use tokio_postgres::types::Type;

const SIGNATURE: &[u8; 11] = b"PGCOPY\n\xff\r\n\0";
/// 2000-01-01, where Postgres' days and microseconds begin, from 1970-01-01.
const DAYS: i32 = 10_957;
const MICROS: i64 = 946_684_800_000_000;
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
    Timestamp,
}

impl Kind {
    /// `None`: the value is to be had as text.
    pub fn of(kind: &Type) -> Option<Kind> {
        Some(match *kind {
            Type::BOOL => Kind::Flag,
            Type::INT2 => Kind::Small,
            Type::INT4 => Kind::Whole,
            Type::INT8 => Kind::Big,
            Type::FLOAT4 => Kind::Single,
            Type::FLOAT8 => Kind::Double,
            Type::NUMERIC => Kind::Numeric,
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME => Kind::Text,
            Type::DATE => Kind::Date,
            Type::TIMESTAMP => Kind::Timestamp,
            _ => return None,
        })
    }

    fn empty(self) -> Values {
        match self {
            Kind::Flag => Values::Flag(Vec::new()),
            Kind::Small | Kind::Whole | Kind::Big => Values::Whole(Vec::new()),
            Kind::Single | Kind::Double => Values::Double(Vec::new()),
            Kind::Numeric => Values::Decimal(Vec::new()),
            Kind::Text => Values::Text(Vec::new()),
            Kind::Date => Values::Date(Vec::new()),
            Kind::Timestamp => Values::Timestamp(Vec::new()),
        }
    }
}

/// Reads a stream piece by piece; pieces end where the network has it.
pub struct Decoder {
    columns: Vec<(String, Kind)>,
    buffer: BytesMut,
    begun: bool,
    frame: Frame,
}

impl Decoder {
    pub fn new(columns: Vec<(String, Kind)>) -> Decoder {
        let mut decoder = Decoder { columns, buffer: BytesMut::new(), begun: false, frame: Frame::default() };
        decoder.frame = decoder.empty();
        decoder
    }

    fn empty(&self) -> Frame {
        Frame { columns: self.columns.iter().map(|(name, kind)| Column::new(name, kind.empty())).collect() }
    }

    /// Rows that are there and not taken yet.
    pub fn rows(&self) -> usize {
        self.frame.rows()
    }

    pub fn take(&mut self) -> Frame {
        let empty = self.empty();
        std::mem::replace(&mut self.frame, empty)
    }

    /// # Errors
    /// What is no such stream, a number that does not fit.
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
        if usize::try_from(fields) != Ok(self.columns.len()) {
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
        for ((name, kind), column) in self.columns.iter().zip(&mut self.frame.columns) {
            let length = row.get_i32();
            let value = match usize::try_from(length) {
                Ok(length) => {
                    let (value, rest) = row.split_at(length);
                    row = rest;
                    Some(value)
                }
                Err(_) => None,
            };
            put(&mut column.values, *kind, value, name)?;
        }
        Ok(())
    }
}

fn broken() -> Refusal {
    Refusal::new("what the server sends is not the binary form of COPY")
}

fn fixed<const N: usize>(value: Option<&[u8]>) -> Result<Option<[u8; N]>> {
    value.map(|value| value.try_into().map_err(|_| broken())).transpose()
}

fn put(into: &mut Values, kind: Kind, value: Option<&[u8]>, name: &str) -> Result<()> {
    match into {
        Values::Flag(values) => values.push(fixed::<1>(value)?.map(|it| it[0] != 0)),
        Values::Whole(values) => values.push(match kind {
            Kind::Small => fixed(value)?.map(|it| i16::from_be_bytes(it).into()),
            Kind::Whole => fixed(value)?.map(|it| i32::from_be_bytes(it).into()),
            _ => fixed(value)?.map(i64::from_be_bytes),
        }),
        Values::Double(values) => values.push(match kind {
            Kind::Single => fixed(value)?.map(|it| f32::from_be_bytes(it).into()),
            _ => fixed(value)?.map(f64::from_be_bytes),
        }),
        Values::Decimal(values) => values.push(value.map(|it| numeric(it, name)).transpose()?),
        Values::Text(values) => {
            let text = value.map(|it| std::str::from_utf8(it).map(Into::into).map_err(|_| broken()));
            values.push(text.transpose()?);
        }
        Values::Date(values) => values.push(fixed(value)?.map(i32::from_be_bytes).map(|day| match day {
            i32::MAX | i32::MIN => day,
            day => day.saturating_add(DAYS),
        })),
        Values::Timestamp(values) | Values::Moment(values) => {
            values.push(fixed(value)?.map(i64::from_be_bytes).map(|micros| match micros {
                i64::MAX | i64::MIN => micros,
                micros => micros.saturating_add(MICROS),
            }));
        }
    }
    Ok(())
}

/// `numeric_send` in numeric.c: digits in base 10000, the weight of the first, a sign, digits after the point.
fn numeric(mut value: &[u8], column: &str) -> Result<Decimal> {
    if value.len() < 8 {
        return Err(broken());
    }
    let (digits, weight) = (value.get_i16(), value.get_i16());
    let (sign, scale) = (value.get_u16(), value.get_u16());
    match sign {
        0xc000 => return Ok(Decimal::NAN),
        0xd000 => return Ok(Decimal::INFINITY),
        0xf000 => return Ok(Decimal::NEGATIVE_INFINITY),
        _ => {}
    }
    let count = usize::try_from(digits).ok().filter(|it| value.len() == it * 2).ok_or_else(broken)?;
    let too_long = || {
        Refusal::new(format!("a number of column '{column}' has more than 38 digits"))
            .hint("Cast it in the load: ::double precision, or ::text to keep every digit.")
    };
    let mut all: i128 = 0;
    // The power of ten of the last group, beside the digits that the scale asks for.
    let mut power = (i32::from(weight) + 1) * 4;
    for _ in 0..count {
        let group = value.get_i16();
        power -= 4;
        let shift = power + i32::from(scale);
        let group = i128::from(group);
        // The last group may hold zeros beyond the scale.
        let term = match u32::try_from(shift) {
            Ok(shift) => 10_i128.checked_pow(shift).and_then(|power| group.checked_mul(power)),
            Err(_) => 10_i128.checked_pow(shift.unsigned_abs()).map(|power| group / power),
        };
        all = if group == 0 {
            all
        } else {
            term.and_then(|term| all.checked_add(term)).ok_or_else(too_long)?
        };
    }
    Ok(Decimal { digits: if sign == 0x4000 { -all } else { all }, scale })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::encode_numeric;

    fn decimal(text: &str) -> Result<Decimal> {
        let mut bytes = BytesMut::new();
        encode_numeric(text, &mut bytes).unwrap();
        numeric(&bytes[4..], "y")
    }

    #[test]
    fn numerics_come_as_they_are() {
        for text in [
            "0",
            "1",
            "-1",
            "10000",
            "0.0001",
            "12345.678",
            "-0.00000012",
            "99999999999999999999999999999999999.999",
            "100.00",
            "0.10",
        ] {
            assert_eq!(decimal(text).unwrap().to_string(), text);
        }
        assert_eq!(decimal("NaN").unwrap().to_string(), "NaN");
        assert!(decimal("inf").unwrap().to_f64().is_infinite());
        assert!(decimal(&"9".repeat(40)).unwrap_err().message.contains("'y'"));
    }

    #[test]
    fn a_stream_is_read_wherever_its_pieces_end() {
        let mut stream = SIGNATURE.to_vec();
        stream.extend([0; 8]);
        for value in [Some("o'b"), None, Some("")] {
            stream.extend(2_i16.to_be_bytes());
            match value {
                Some(text) => {
                    stream.extend(i32::try_from(text.len()).unwrap().to_be_bytes());
                    stream.extend(text.as_bytes());
                }
                None => stream.extend((-1_i32).to_be_bytes()),
            }
            stream.extend(4_i32.to_be_bytes());
            stream.extend(0_i32.to_be_bytes());
        }
        stream.extend((-1_i16).to_be_bytes());
        for size in 1..stream.len() {
            let mut decoder = Decoder::new(vec![("id".into(), Kind::Text), ("ds".into(), Kind::Date)]);
            stream.chunks(size).for_each(|piece| decoder.push(piece).unwrap());
            let frame = decoder.take();
            assert_eq!(
                frame.columns[0].values,
                Values::Text(vec![Some("o'b".into()), None, Some("".into())])
            );
            assert_eq!(frame.columns[1].values, Values::Date(vec![Some(DAYS); 3]));
        }
        let mut decoder = Decoder::new(vec![("id".into(), Kind::Text)]);
        assert!(decoder.push(b"something else that is no copy").is_err());
    }
}
