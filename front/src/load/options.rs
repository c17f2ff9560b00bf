//! What a caller can say of a file.

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Compression {
    Infer,
    None,
    Gzip,
    Bz2,
    Zip,
    Xz,
    Zstd,
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    Infer,
    Csv,
    Ndjson,
    Parquet,
}

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
    pub encoding: &'static encoding_rs::Encoding,
    pub header: Header,
    pub by_position: bool,
    pub extra: Extra,
    pub on_error: OnError,
    pub show_progress: bool,
}
