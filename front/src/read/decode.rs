//! Text in any encoding as UTF-8. A byte that is none of the encoding is an error with its place, never another character.

use super::Malformed;
use encoding_rs::{Decoder, DecoderResult, Encoding};
use std::io::{self, Read};

const PIECE: usize = 1 << 16;

/// Reads UTF-8 out of a stream in some encoding; a byte order mark wins over what is said, and is left out.
pub struct Decode<R> {
    source: R,
    decoder: Decoder,
    input: Vec<u8>,
    /// What of `input` is not decoded yet.
    left: std::ops::Range<usize>,
    /// The last bytes of the input before.
    before: Vec<u8>,
    output: Vec<u8>,
    /// What of `output` is not taken yet.
    ready: std::ops::Range<usize>,
    /// Where the output ends in the text: lines ended before, characters of the line under way.
    line: u64,
    characters: u64,
    at_end: bool,
    fault: Option<Malformed>,
}

impl<R: Read> Decode<R> {
    pub fn new(source: R, encoding: &'static Encoding) -> Self {
        Decode {
            source,
            decoder: encoding.new_decoder(),
            input: vec![0; PIECE],
            left: 0..0,
            before: Vec::new(),
            // A character of one byte becomes three at most.
            output: vec![0; PIECE * 3],
            ready: 0..0,
            line: 0,
            characters: 0,
            at_end: false,
            fault: None,
        }
    }

    /// Decodes the next piece into the empty output; what stands before a fault is given first.
    fn refill(&mut self) -> io::Result<()> {
        while self.ready.is_empty() {
            if let Some(fault) = self.fault.take() {
                return Err(fault.into());
            }
            if self.at_end {
                return Ok(());
            }
            if self.left.is_empty() {
                self.before = self.input[..self.left.end].iter().rev().take(4).rev().copied().collect();
                self.left = 0..self.source.read(&mut self.input)?;
            }
            let last = self.left.is_empty();
            let input = &self.input[self.left.clone()];
            let (result, read, written) =
                self.decoder.decode_to_utf8_without_replacement(input, &mut self.output, last);
            self.count(written);
            if let DecoderResult::Malformed(length, beyond) = result {
                // It may have begun in the piece before.
                let bytes = [&self.before, &self.input[..self.left.start + read]].concat();
                let end = bytes.len() - usize::from(beyond);
                let start = end.saturating_sub(usize::from(length));
                self.fault = Some(self.malformed(&bytes[start..end]));
            }
            self.left.start += read;
            self.ready = 0..written;
            self.at_end = last && result == DecoderResult::InputEmpty;
        }
        Ok(())
    }

    fn count(&mut self, written: usize) {
        let output = &self.output[..written];
        let lines = memchr::memchr_iter(b'\n', output).count() as u64;
        let tail = match memchr::memrchr(b'\n', output) {
            Some(at) => {
                self.characters = 0;
                &output[at + 1..]
            }
            None => output,
        };
        self.line += lines;
        self.characters += tail.iter().filter(|byte| **byte & 0xc0 != 0x80).count() as u64;
    }

    fn malformed(&self, bytes: &[u8]) -> Malformed {
        let bytes: Vec<String> = bytes.iter().map(|byte| format!("0x{byte:02x}")).collect();
        let what = format!("{} is not valid {}", bytes.join(" "), self.decoder.encoding().name());
        let hint = "Is the encoding right? See --encoding.";
        Malformed { line: self.line + 1, column: Some(self.characters + 1), what, hint }
    }
}

impl<R: Read> Read for Decode<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.refill()?;
        let length = buffer.len().min(self.ready.len());
        buffer[..length].copy_from_slice(&self.output[self.ready.start..self.ready.start + length]);
        self.ready.start += length;
        Ok(length)
    }
}

/// The encoding of a label, such as utf-8 or windows-1252.
///
/// # Errors
/// A label that the web platform does not know.
pub fn encoding(label: &str) -> Result<&'static encoding_rs::Encoding, String> {
    encoding_rs::Encoding::for_label(label.as_bytes()).ok_or_else(|| {
        format!("'{label}' is no encoding; known are utf-8, windows-1252, iso-8859-1, utf-16le and others")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{UTF_16LE, UTF_8, WINDOWS_1252};

    fn read(bytes: &[u8], encoding: &'static Encoding) -> Result<String, String> {
        let mut text = String::new();
        match Decode::new(bytes, encoding).read_to_string(&mut text) {
            Ok(_) => Ok(text),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn every_encoding_becomes_utf_8_without_its_mark() {
        assert_eq!(read(b"\xef\xbb\xbfa\xc3\xbc", UTF_8), Ok("aü".to_owned()));
        assert_eq!(read(b"a\xfc", WINDOWS_1252), Ok("aü".to_owned()));
        assert_eq!(read(b"\xff\xfea\0\xfc\0", UTF_8), Ok("aü".to_owned()));
        assert_eq!(read(b"", UTF_8), Ok(String::new()));
    }

    #[test]
    fn bytes_that_are_no_text_are_named_with_their_place() {
        let wrong = |what: &str| Err(what.to_owned());
        assert_eq!(read(b"id,n\n1,caf\xe9\n", UTF_8), wrong("line 2, column 6: 0xe9 is not valid UTF-8"));
        assert_eq!(
            read("ü\u{20ac}".as_bytes().split_last().unwrap().1, UTF_8),
            wrong("line 1, column 2: 0xe2 0x82 is not valid UTF-8")
        );
        assert_eq!(read(b"\xed\xa0\x80", UTF_8), wrong("line 1, column 1: 0xed is not valid UTF-8"));
        assert_eq!(
            read(b"a\0\0\xd8b\0", UTF_16LE),
            wrong("line 1, column 2: 0x00 0xd8 is not valid UTF-16LE")
        );
        assert_eq!(read(b"a\0b", UTF_16LE), wrong("line 1, column 2: 0x62 is not valid UTF-16LE"));
    }

    #[test]
    fn a_place_is_right_however_far_behind_it_is() {
        let mut text = "é,x\n".repeat(100_000).into_bytes();
        text.extend(b"ab\xff");
        assert_eq!(read(&text, UTF_8), Err("line 100001, column 3: 0xff is not valid UTF-8".to_owned()));
    }
}
