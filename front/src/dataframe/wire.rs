//! What goes between the service and the process that computes: an order of one line, then the bytes of COPY as they come;
//! back come pieces, each a letter, a length and its bytes.

use bytes::{Buf, Bytes, BytesMut};
use dfa_dataframe::Refusal;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io::{Error, Result, Write};

/// How a process ends that needs more memory than it may have: too much of it is gone to say so in a piece.
pub const NEEDS_TOO_MUCH: i32 = 12;
/// Letter and length.
const HEAD: usize = 5;

/// What is to be computed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    /// The process of the service, for which alone it is computed.
    pub service: u32,
    pub step: i64,
    pub process: String,
    pub function: String,
    pub arguments: HashMap<String, String>,
    /// Names and types of the columns that come.
    pub columns: Vec<(String, u32)>,
    /// Bytes that may be kept of them.
    pub memory: usize,
}

/// A part of the answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    /// Rows follow, of columns of these types.
    Rows(Vec<String>),
    /// Notes follow.
    Notes,
    /// Rows, or notes.
    Bytes(Bytes),
    /// These were all of them; more may be computed.
    Done,
    Refused(Refusal),
    /// All is said.
    End,
}

impl Piece {
    pub fn write(&self, to: &mut impl Write) -> Result<()> {
        match self {
            Piece::Rows(types) => write(to, b'R', &serde_json::to_vec(types)?),
            Piece::Notes => write(to, b'N', &[]),
            Piece::Bytes(bytes) => write(to, b'B', bytes),
            Piece::Refused(Refusal { message, detail, hint }) => {
                write(to, b'F', &serde_json::to_vec(&(message, detail, hint))?)
            }
            Piece::Done => write(to, b'D', &[]),
            Piece::End => write(to, b'E', &[]),
        }
    }

    /// Takes the piece at the beginning of what has come, if all of it is there.
    pub fn take(from: &mut BytesMut) -> Result<Option<Piece>> {
        let Some(mut head) = from.get(..HEAD) else { return Ok(None) };
        let letter = head.get_u8();
        let length = head.get_u32() as usize;
        if from.len() < HEAD + length {
            return Ok(None);
        }
        from.advance(HEAD);
        let bytes = from.split_to(length).freeze();
        Ok(Some(match letter {
            b'R' => Piece::Rows(serde_json::from_slice(&bytes)?),
            b'N' => Piece::Notes,
            b'B' => Piece::Bytes(bytes),
            b'F' => {
                let (message, detail, hint) = serde_json::from_slice(&bytes)?;
                Piece::Refused(Refusal { message, detail, hint })
            }
            b'D' => Piece::Done,
            b'E' => Piece::End,
            other => return Err(Error::other(format!("'{}' begins no piece", char::from(other)))),
        }))
    }
}

fn write(to: &mut impl Write, letter: u8, bytes: &[u8]) -> Result<()> {
    let length = u32::try_from(bytes.len()).map_err(Error::other)?;
    to.write_all(&[letter])?;
    to.write_all(&length.to_be_bytes())?;
    to.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_as_they_went_wherever_the_stream_is_cut() {
        let pieces = [
            Piece::Rows(vec!["text".to_owned(), "numeric".to_owned()]),
            Piece::Bytes(Bytes::from_static(b"a\t1\n")),
            Piece::Bytes(Bytes::new()),
            Piece::Done,
            Piece::Notes,
            Piece::Refused(Refusal::new("ü").hint("x")),
            Piece::End,
        ];
        let mut stream = Vec::new();
        pieces.iter().for_each(|piece| piece.write(&mut stream).unwrap());
        for size in 1..=stream.len() {
            let (mut come, mut taken) = (BytesMut::new(), Vec::new());
            for part in stream.chunks(size) {
                come.extend_from_slice(part);
                while let Some(piece) = Piece::take(&mut come).unwrap() {
                    taken.push(piece);
                }
            }
            assert_eq!((taken.as_slice(), come.len()), (pieces.as_slice(), 0), "{size}");
        }
    }

    #[test]
    fn what_begins_no_piece_is_an_error() {
        assert!(Piece::take(&mut BytesMut::from(&b"?\0\0\0\0"[..])).is_err());
    }
}
