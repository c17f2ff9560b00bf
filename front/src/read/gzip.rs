//! Gzip as gzip(1) reads it: member after member, and zeros behind the last one, with which tapes and blocks are filled up.

use flate2::bufread::GzDecoder;
use std::io::{self, BufRead, Read};

pub struct Gzip<R> {
    state: State<R>,
}

enum State<R> {
    Member(Box<GzDecoder<R>>),
    Ended,
}

impl<R: BufRead> Gzip<R> {
    pub fn new(source: R) -> Self {
        Gzip { state: State::Member(Box::new(GzDecoder::new(source))) }
    }
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let State::Member(member) = &mut self.state {
            let length = member.read(buffer)?;
            if length > 0 || buffer.is_empty() {
                return Ok(length);
            }
            let State::Member(member) = std::mem::replace(&mut self.state, State::Ended) else { break };
            let mut source = member.into_inner();
            if skip_zeros(&mut source)? {
                self.state = State::Member(Box::new(GzDecoder::new(source)));
            }
        }
        Ok(0)
    }
}

/// Whether something other than zeros follows.
fn skip_zeros(source: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let available = source.fill_buf()?;
        if available.is_empty() {
            return Ok(false);
        }
        match available.iter().position(|byte| *byte != 0) {
            Some(at) => {
                source.consume(at);
                return Ok(true);
            }
            None => {
                let length = available.len();
                source.consume(length);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{write::GzEncoder, Compression};
    use std::io::Write;

    fn member(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        Gzip::new(bytes).read_to_string(&mut text).map(|_| text)
    }

    #[test]
    fn members_follow_each_other_and_zeros_fill_up() {
        let zeros = vec![0; 1000];
        assert_eq!(read(&[member("a"), member("b"), zeros.clone()].concat()).unwrap(), "ab");
        assert_eq!(read(&[member("a"), zeros, member("b")].concat()).unwrap(), "ab");
    }

    #[test]
    fn what_is_cut_off_or_followed_by_something_else_is_an_error() {
        let whole = member("some text that is long enough");
        for end in 1..whole.len() {
            assert!(read(&whole[..end]).is_err(), "{end}");
        }
        assert!(read(&[whole, b"rest".to_vec()].concat()).is_err());
    }
}
