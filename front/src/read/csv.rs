//! CSV and its kin as `COPY … csv` reads it.
//!
//! A reader of our own, since those of crates tell neither a quote that is never closed, nor a quoted empty value from an
//! empty one, and have no bound on a line.

use super::{Malformed, LONGEST};
use std::io::{self, Read};

const PIECE: usize = 1 << 18;
/// The longest delimiter in UTF-8, and `\r\n`: so much is looked at together.
const LOOK_AHEAD: usize = 4;

/// How the values of a line are told from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    pub delimiter: char,
    /// `None`: values are not quoted.
    pub quote: Option<u8>,
}

impl Default for Dialect {
    fn default() -> Self {
        Dialect { delimiter: ',', quote: Some(b'"') }
    }
}

/// A line's values; a line is more than one of the file where a quoted value has line ends.
#[derive(Debug, Default)]
pub struct Record {
    text: Vec<u8>,
    /// Where each value ends in `text`, and whether it was quoted.
    ends: Vec<(usize, bool)>,
    /// The line of the file on which it begins, from 1.
    pub line: u64,
}

/// One value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value<'r> {
    pub text: &'r str,
    pub quoted: bool,
}

impl Value<'_> {
    /// NULL is an empty value without quotes, as for COPY.
    pub fn is_null(&self) -> bool {
        self.text.is_empty() && !self.quoted
    }
}

impl Record {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// # Errors
    /// A source that gave something else than UTF-8.
    pub fn values(&self) -> io::Result<impl Iterator<Item = Value<'_>> + '_> {
        let text = std::str::from_utf8(&self.text)
            .map_err(|_| Malformed::new(self.line, "the line is not valid UTF-8", ""))?;
        let mut start = 0;
        Ok(self.ends.iter().map(move |&(end, quoted)| {
            let value = Value { text: text.get(start..end).unwrap_or_default(), quoted };
            start = end;
            value
        }))
    }
}

/// How the lines of a file end; the first line decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineEnd {
    Unknown,
    /// `\n` or `\r\n`.
    Newline,
    /// `\r` alone.
    Return,
}

/// What comes after a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    Value,
    Line,
}

pub struct Reader<R> {
    source: R,
    dialect: Dialect,
    delimiter: Vec<u8>,
    /// Bytes that end a piece of an unquoted value.
    special: [bool; 256],
    buffer: Vec<u8>,
    left: std::ops::Range<usize>,
    at_end: bool,
    line: u64,
    line_end: LineEnd,
    /// A line without anything is a row, as it is of a file with one column.
    pub blank_is_row: bool,
}

impl<R: Read> Reader<R> {
    /// Reads a source of UTF-8.
    pub fn new(source: R, dialect: Dialect) -> Self {
        let delimiter = dialect.delimiter.to_string().into_bytes();
        let mut special = [false; 256];
        for byte in [delimiter[0], b'\n', b'\r'].into_iter().chain(dialect.quote) {
            special[usize::from(byte)] = true;
        }
        Reader {
            source,
            dialect,
            delimiter,
            special,
            buffer: vec![0; PIECE],
            left: 0..0,
            at_end: false,
            line: 1,
            line_end: LineEnd::Unknown,
            blank_is_row: false,
        }
    }

    /// The next line; `false` at the end.
    pub fn read(&mut self, record: &mut Record) -> io::Result<bool> {
        loop {
            record.text.clear();
            record.ends.clear();
            record.line = self.line;
            if self.available()?.is_empty() {
                return Ok(false);
            }
            while self.value(record)? == After::Value {}
            let is_blank = record.text.is_empty() && matches!(record.ends.as_slice(), [(_, false)]);
            if !is_blank || self.blank_is_row {
                return Ok(true);
            }
        }
    }

    /// What is at hand: as much as one looks at together, less only before the end.
    fn available(&mut self) -> io::Result<&[u8]> {
        while self.left.len() < LOOK_AHEAD && !self.at_end {
            self.buffer.copy_within(self.left.clone(), 0);
            self.left = 0..self.left.len();
            match self.source.read(&mut self.buffer[self.left.end..])? {
                0 => self.at_end = true,
                length => self.left.end += length,
            }
        }
        Ok(&self.buffer[self.left.clone()])
    }

    /// Moves bytes into the value under way.
    fn take(&mut self, record: &mut Record, length: usize) -> io::Result<()> {
        if record.text.len() + length > LONGEST {
            let what = format!("the line that begins here is longer than {LONGEST} bytes");
            return Err(Malformed::new(record.line, what, "").into());
        }
        record.text.extend_from_slice(&self.buffer[self.left.start..self.left.start + length]);
        self.left.start += length;
        Ok(())
    }

    /// One value and what ends it.
    fn value(&mut self, record: &mut Record) -> io::Result<After> {
        let start = record.text.len();
        let mut quoted = false;
        loop {
            let available = &self.buffer[self.left.clone()];
            let plain = available.iter().position(|byte| self.special[usize::from(*byte)]);
            let length = plain.unwrap_or(available.len());
            if length > 0 {
                if quoted && !available[..length].iter().all(|byte| matches!(byte, b' ' | b'\t')) {
                    return Err(self.behind_a_quote(record));
                }
                self.take(record, length)?;
            }
            let available = self.available()?;
            let Some(&byte) = available.first() else {
                record.ends.push((record.text.len(), quoted));
                return Ok(After::Line);
            };
            if !self.special[usize::from(byte)] {
                continue;
            }
            let available = &self.buffer[self.left.clone()];
            if available.starts_with(&self.delimiter) {
                self.left.start += self.delimiter.len();
                record.ends.push((record.text.len(), quoted));
                return Ok(After::Value);
            }
            if matches!(byte, b'\n' | b'\r') {
                self.end_line(byte, available.get(1) == Some(&b'\n'))?;
                record.ends.push((record.text.len(), quoted));
                return Ok(After::Line);
            }
            let only_blanks = record.text[start..].iter().all(|byte| matches!(byte, b' ' | b'\t'));
            match self.dialect.quote {
                _ if quoted => return Err(self.behind_a_quote(record)),
                Some(quote) if quote == byte && only_blanks => {
                    self.left.start += 1;
                    self.quoted(record, quote)?;
                    quoted = true;
                }
                // A quote within a value is one of its characters: 5" pipe.
                _ => self.take(record, 1)?,
            }
        }
    }

    /// The rest of a quoted value, to the quote that closes it.
    fn quoted(&mut self, record: &mut Record, quote: u8) -> io::Result<()> {
        let opened = self.line;
        loop {
            let available = self.available()?;
            if available.is_empty() {
                let what = "unterminated CSV quoted field: the quote that opens here is never closed";
                return Err(Malformed::new(opened, what, QUOTES).into());
            }
            let at = memchr::memchr(quote, available);
            let length = at.unwrap_or(available.len());
            let lines = memchr::memchr_iter(b'\n', &available[..length]).count() as u64;
            if record.text.len() + length > LONGEST {
                let what = format!(
                    "unterminated CSV quoted field: the quote that opens here is not closed within {LONGEST} bytes"
                );
                return Err(Malformed::new(opened, what, QUOTES).into());
            }
            self.take(record, length)?;
            self.line += lines;
            if at.is_some() {
                self.left.start += 1;
                if self.available()?.first() != Some(&quote) {
                    return Ok(());
                }
                self.take(record, 1)?;
            }
        }
    }

    fn end_line(&mut self, byte: u8, newline_follows: bool) -> io::Result<()> {
        let (found, length) = match byte {
            b'\r' if newline_follows => (LineEnd::Newline, 2),
            b'\r' => (LineEnd::Return, 1),
            _ => (LineEnd::Newline, 1),
        };
        if self.line_end == LineEnd::Unknown {
            self.line_end = found;
        }
        if self.line_end != found {
            let what = match found {
                LineEnd::Return => "unquoted carriage return found in data",
                _ => "unquoted newline found in data",
            };
            return Err(Malformed::new(
                self.line,
                what,
                "Lines end alike; a value with a line end is quoted.",
            )
            .into());
        }
        self.left.start += length;
        self.line += 1;
        Ok(())
    }

    fn behind_a_quote(&self, record: &Record) -> io::Error {
        let what = format!("something stands behind the quote that closes value {}", record.ends.len() + 1);
        Malformed::new(self.line, what, QUOTES).into()
    }
}

const QUOTES: &str = "A quote within a quoted value is written twice.";

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines, `|` between values, `'…'` around quoted ones; and the fault that ended the reading.
    fn read_in(text: &str, dialect: Dialect) -> (Vec<String>, Option<String>) {
        struct Bytewise<'t>(&'t [u8]);
        impl Read for Bytewise<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.0.read(buffer.get_mut(..1).unwrap_or_default())
            }
        }
        let mut found = Vec::new();
        for source in [Box::new(text.as_bytes()) as Box<dyn Read>, Box::new(Bytewise(text.as_bytes()))] {
            let mut reader = Reader::new(source, dialect);
            let (mut record, mut lines) = (Record::default(), Vec::new());
            let fault = loop {
                match reader.read(&mut record) {
                    Ok(false) => break None,
                    Err(error) => break Some(error.to_string()),
                    Ok(true) => {}
                }
                let values: Vec<String> = record
                    .values()
                    .unwrap()
                    .map(
                        |value| {
                            if value.quoted {
                                format!("'{}'", value.text)
                            } else {
                                value.text.to_owned()
                            }
                        },
                    )
                    .collect();
                lines.push(format!("{}: {}", record.line, values.join("|")));
            };
            found.push((lines, fault));
        }
        assert_eq!(found[0], found[1], "in one piece and byte by byte");
        found.swap_remove(0)
    }

    fn read(text: &str) -> (Vec<String>, Option<String>) {
        read_in(text, Dialect::default())
    }

    fn lines(text: &str) -> Vec<String> {
        let (lines, fault) = read(text);
        assert_eq!(fault, None);
        lines
    }

    #[test]
    fn values_are_told_apart_and_lines_counted() {
        assert_eq!(
            lines("a,b\r\n1,\"x,\"\"y\"\"\nz\"\n\n\n,\"\"\n3,5\" pipe"),
            ["1: a|b", "2: 1|'x,\"y\"\nz'", "6: |''", "7: 3|5\" pipe"]
        );
        assert_eq!(lines("a,b\r1,2\r\r3,\n".trim_end()), ["1: a|b", "2: 1|2", "4: 3|"]);
        assert_eq!(lines("a, \"b,c\" ,d\n"), ["1: a|' b,c '|d"]);
        assert_eq!(lines(""), Vec::<String>::new());
    }

    #[test]
    fn any_character_may_stand_between_values() {
        let dialect = |delimiter, quote| Dialect { delimiter, quote };
        assert_eq!(read_in("a¦b©¦\"ü¦\"\n", dialect('¦', Some(b'"'))).0, ["1: a|b©|'ü¦'"]);
        assert_eq!(read_in("a\t\"b\n", dialect('\t', None)).0, ["1: a|\"b"]);
        assert_eq!(read_in("a|'b|'\n", dialect('|', Some(b'\''))).0, ["1: a|'b|'"]);
    }

    #[test]
    fn a_quote_that_is_never_closed_is_told_with_the_line_where_it_opens() {
        let (lines, fault) = read("id,name\n20,\"oops\n21,b\n22,c\n");
        assert_eq!(lines, ["1: id|name"]);
        assert_eq!(
            fault.unwrap(),
            "line 2: unterminated CSV quoted field: the quote that opens here is never closed"
        );
        assert!(read("a\n\"").1.unwrap().starts_with("line 2: unterminated"));
    }

    #[test]
    fn what_stands_behind_a_closing_quote_is_refused() {
        for text in ["32,\"a\"b\n", "32,\"a\"b\"c\"\n", "32,\"a\" \"b\"\n", "32,\"a\\\"b\"\n"] {
            let fault = read(text).1.unwrap();
            assert_eq!(fault, "line 1: something stands behind the quote that closes value 2", "{text}");
        }
    }

    #[test]
    fn lines_end_alike() {
        assert_eq!(read("a,b\n1,x\ry\n").1.unwrap(), "line 2: unquoted carriage return found in data");
        assert_eq!(read("a,b\r1,x\ny\r").1.unwrap(), "line 2: unquoted newline found in data");
    }

    #[test]
    fn a_line_has_a_bound_in_quotes_and_without() {
        for open in ["a\n", "a\n\""] {
            let source = open.as_bytes().chain(io::repeat(b'x'));
            let mut reader = Reader::new(source, Dialect::default());
            let mut record = Record::default();
            assert!(reader.read(&mut record).unwrap());
            let fault = reader.read(&mut record).unwrap_err().to_string();
            assert!(fault.starts_with("line 2: ") && fault.ends_with("16777216 bytes"), "{fault}");
        }
    }
}
