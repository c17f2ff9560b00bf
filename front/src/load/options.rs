//! What a caller can say of a file.

use crate::read::{Compression, Format};

/// Whether the first line names the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Header {
    Infer,
    Yes,
    No,
}

/// What to do with more values than columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Extra {
    Error,
    Last,
}

/// What to do with refused rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum OnError {
    Reject,
    Skip,
}

/// How files are read.
#[derive(Debug, Clone)]
pub struct Options {
    pub truncate: bool,
    pub compression: Compression,
    pub format: Format,
    pub delimiter: char,
    /// `None`: values are not quoted.
    pub quote: Option<u8>,
    /// Text that means NULL, beside an empty value.
    pub null: Option<String>,
    /// Such a text and an empty value mean NULL in quotes, too.
    pub force_null: bool,
    pub encoding: &'static encoding_rs::Encoding,
    pub header: Header,
    pub by_position: bool,
    pub extra: Extra,
    pub on_error: OnError,
    pub show_progress: bool,
}
