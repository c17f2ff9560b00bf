//! JSON of rows: an object on each line, a list of objects, or objects one after another over any lines.

use super::{Malformed, LONGEST};
use serde::de::IgnoredAny;
use std::io::{self, BufRead, Read};

/// Deeper than any row is meant; what reads it further on has a limit, too.
const DEEPEST: usize = 500;

/// How the objects stand in a text, which its beginning tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Unknown,
    /// One on each line: a line that is none is refused alone.
    Lines,
    /// `[…, …]`, over any lines.
    List {
        first: bool,
    },
    /// One after another, over any lines.
    Values,
    Ended,
}

pub struct Documents<R> {
    source: R,
    shape: Shape,
    text: Vec<u8>,
    line: u64,
}

/// The text of what should be an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Document<'d> {
    /// The line on which it begins, from 1.
    pub line: u64,
    pub text: &'d str,
}

impl<R: BufRead> Documents<R> {
    /// Reads a source of UTF-8.
    pub fn new(source: R) -> Self {
        Documents { source, shape: Shape::Unknown, text: Vec::new(), line: 1 }
    }

    /// The next one; `None` at the end.
    pub fn next(&mut self) -> io::Result<Option<Document<'_>>> {
        self.text.clear();
        if self.shape == Shape::Unknown {
            self.begin()?;
        }
        let line = match self.shape {
            Shape::Lines => self.next_line()?,
            Shape::List { first } => self.next_of_list(first)?,
            Shape::Values => self.next_value()?,
            Shape::Unknown | Shape::Ended => None,
        };
        let Some(line) = line else { return Ok(None) };
        let text = std::str::from_utf8(&self.text)
            .map_err(|_| Malformed::new(line, "the line is not valid UTF-8", ""))?;
        let text = text.trim();
        if is_too_deep(text) {
            let what = format!("the row is nested deeper than {DEEPEST} levels");
            return Err(Malformed::new(line, what, "").into());
        }
        Ok(Some(Document { line, text }))
    }

    /// Looks at the first object, and leaves it in `text` where that takes a whole line.
    fn begin(&mut self) -> io::Result<()> {
        match self.peek()? {
            None => self.shape = Shape::Ended,
            Some(b'[') => {
                self.source.consume(1);
                self.shape = Shape::List { first: true };
            }
            Some(_) => {
                self.shape = Shape::Lines;
                self.read_line()?;
                let whole = serde_json::from_slice::<IgnoredAny>(&self.text);
                if whole.is_err_and(|error| error.is_eof()) {
                    // The object goes on in the next line.
                    self.shape = Shape::Values;
                }
            }
        }
        Ok(())
    }

    /// The next line that is not blank; its number.
    fn next_line(&mut self) -> io::Result<Option<u64>> {
        loop {
            if self.text.is_empty() {
                self.read_line()?;
            }
            if self.text.is_empty() {
                return Ok(None);
            }
            let line = self.line;
            self.line += 1;
            if !self.text.trim_ascii().is_empty() {
                return Ok(Some(line));
            }
            self.text.clear();
        }
    }

    fn read_line(&mut self) -> io::Result<()> {
        (&mut self.source).take(LONGEST as u64 + 1).read_until(b'\n', &mut self.text)?;
        if self.text.len() > LONGEST {
            return Err(too_long(self.line));
        }
        Ok(())
    }

    fn next_of_list(&mut self, first: bool) -> io::Result<Option<u64>> {
        let wrong = |line, what: &str| Err(Malformed::new(line, what, "").into());
        match self.peek()? {
            Some(b']') => {
                self.source.consume(1);
                self.shape = Shape::Ended;
                return match self.peek()? {
                    None => Ok(None),
                    Some(_) => wrong(self.line, "something stands behind the end of the list"),
                };
            }
            Some(b',') if !first => {
                self.source.consume(1);
                self.peek()?;
            }
            Some(_) if !first => return wrong(self.line, "a comma or the end of the list belongs here"),
            Some(_) => {}
            None => return wrong(self.line, "the list has no end"),
        }
        self.shape = Shape::List { first: false };
        let line = self.line;
        self.scan()?;
        Ok(Some(line))
    }

    fn next_value(&mut self) -> io::Result<Option<u64>> {
        if self.text.is_empty() && self.peek()?.is_none() {
            return Ok(None);
        }
        let line = self.line;
        self.scan()?;
        if self.text.is_empty() {
            return Err(Malformed::new(line, "this is not a JSON object", "").into());
        }
        Ok(Some(line))
    }

    /// The next byte that is no blank; lines are counted on the way.
    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            let available = self.source.fill_buf()?;
            if available.is_empty() {
                return Ok(None);
            }
            let blanks = available.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let lines = memchr::memchr_iter(b'\n', &available[..blanks]).count() as u64;
            let next = available.get(blanks).copied();
            self.source.consume(blanks);
            self.line += lines;
            if next.is_some() {
                return Ok(next);
            }
        }
    }

    /// One value into `text`, where its first line may be already.
    fn scan(&mut self) -> io::Result<()> {
        let begun = self.line;
        let mut extent = Extent::default();
        // An object whose first line is there already does not end within it.
        extent.end_in(&self.text);
        self.line += memchr::memchr_iter(b'\n', &self.text).count() as u64;
        loop {
            let available = self.source.fill_buf()?;
            if available.is_empty() {
                // What is not whole is told by the parser.
                return Ok(());
            }
            let end = extent.end_in(available);
            let length = end.unwrap_or(available.len());
            self.text.extend_from_slice(&available[..length]);
            self.line += memchr::memchr_iter(b'\n', &available[..length]).count() as u64;
            self.source.consume(length);
            if self.text.len() > LONGEST {
                return Err(too_long(begun));
            }
            if end.is_some() {
                return Ok(());
            }
        }
    }
}

fn too_long(line: u64) -> io::Error {
    Malformed::new(line, format!("the row that begins here is longer than {LONGEST} bytes"), "").into()
}

/// How far a value reaches, seen piece by piece.
#[derive(Debug, Default)]
struct Extent {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Extent {
    /// Where the value ends in this piece: behind its last bracket, or before what follows a bare word.
    fn end_in(&mut self, piece: &[u8]) -> Option<usize> {
        for (at, byte) in piece.iter().enumerate() {
            if self.escaped {
                self.escaped = false;
                continue;
            }
            match byte {
                b'\\' if self.in_string => self.escaped = true,
                b'"' => self.in_string = !self.in_string,
                _ if self.in_string => {}
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth == 0 => return Some(at),
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return Some(at + 1);
                    }
                }
                b',' if self.depth == 0 => return Some(at),
                _ => {}
            }
        }
        None
    }
}

fn is_too_deep(text: &str) -> bool {
    // Most rows have not that many brackets at all.
    if memchr::memchr2_iter(b'{', b'[', text.as_bytes()).nth(DEEPEST).is_none() {
        return false;
    }
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(u64, String)>, String> {
        let mut found = Vec::new();
        for size in [1, 3, 8192] {
            let mut documents = Documents::new(io::BufReader::with_capacity(size, text.as_bytes()));
            let mut rows = Vec::new();
            let outcome = loop {
                match documents.next() {
                    Ok(Some(document)) => rows.push((document.line, document.text.to_owned())),
                    Ok(None) => break Ok(rows),
                    Err(error) => break Err(error.to_string()),
                }
            };
            found.push(outcome);
        }
        assert!(found.iter().all(|outcome| *outcome == found[0]), "{found:?}");
        found.swap_remove(0)
    }

    fn rows(expected: &[(u64, &str)]) -> Result<Vec<(u64, String)>, String> {
        Ok(expected.iter().map(|(line, text)| (*line, (*text).to_owned())).collect())
    }

    #[test]
    fn objects_stand_on_lines_in_a_list_or_one_after_another() {
        assert_eq!(read("{\"a\": 1}\r\n\n {\"a\": 2}"), rows(&[(1, "{\"a\": 1}"), (3, "{\"a\": 2}")]));
        assert_eq!(
            read("\n[{\"a\":\n \"]},\\\"\"},\n\n{\"b\": [1, {}]}, 5]\n"),
            rows(&[(2, "{\"a\":\n \"]},\\\"\"}"), (5, "{\"b\": [1, {}]}"), (5, "5")])
        );
        assert_eq!(read("{\n\"a\": 1\n}\n{\"b\":\n2}\n"), rows(&[(1, "{\n\"a\": 1\n}"), (4, "{\"b\":\n2}")]));
        assert_eq!(read(" \n"), rows(&[]));
        assert_eq!(read("[ ]"), rows(&[]));
    }

    #[test]
    fn a_line_that_is_no_object_leaves_the_others_alone() {
        assert_eq!(read("{}\n{\"a\":\n{}\n"), rows(&[(1, "{}"), (2, "{\"a\":"), (3, "{}")]));
    }

    #[test]
    fn a_list_is_whole_or_an_error() {
        for (text, what) in [
            ("[{}", "line 1: the list has no end"),
            ("[{} {}]", "line 1: a comma or the end of the list belongs here"),
            ("[{}]\n{}", "line 2: something stands behind the end of the list"),
        ] {
            assert_eq!(read(text), Err(what.to_owned()));
        }
    }

    #[test]
    fn a_row_is_neither_too_long_nor_too_deep() {
        let deep = format!("{{\"a\": {}{}}}", "[".repeat(1000), "]".repeat(1000));
        assert_eq!(read(&deep), Err("line 1: the row is nested deeper than 500 levels".to_owned()));
        let many = format!("{{\"a\": [{}]}}", "[],".repeat(1000).trim_end_matches(','));
        assert!(read(&many).is_ok());
        let mut documents = Documents::new(io::BufReader::new(io::repeat(b'{')));
        assert!(documents.next().unwrap_err().to_string().ends_with("is longer than 16777216 bytes"));
    }
}
