//! What cannot be read as what it is said to be, with its place.

use std::fmt;
use std::io;

/// A fault of a text. It travels as the cause of an [`io::Error`], through whatever reads the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// Counted from 1, as editors do.
    pub line: u64,
    /// Character of the line, from 1, where it is known.
    pub column: Option<u64>,
    pub what: String,
    /// What to do about it.
    pub hint: &'static str,
}

impl Malformed {
    pub fn new(line: u64, what: impl Into<String>, hint: &'static str) -> Self {
        Malformed { line, column: None, what: what.into(), hint }
    }

    /// The fault that an error brings along, if it is one of the text.
    pub fn of(error: &io::Error) -> Option<&Malformed> {
        error.get_ref().and_then(|cause| cause.downcast_ref::<Malformed>())
    }
}

impl fmt::Display for Malformed {
    /// `line 2, column 6: 0xe9 is no valid UTF-8`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.what)
    }
}

impl std::error::Error for Malformed {}

impl From<Malformed> for io::Error {
    fn from(malformed: Malformed) -> Self {
        io::Error::new(io::ErrorKind::InvalidData, malformed)
    }
}
