//! What operating a table needs: where its files land, how many steps run at once, over which machines it lies.

use super::{Place, Words};

/// Where files with rows of a table land, by themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSource {
    pub place: Place,
    /// A path or a pattern, such as `landing/src_sale/*.csv.gz`.
    pub path: String,
    /// Options of `dfa load` by their names there, each with a value that it takes; a flag has `true`.
    pub options: Vec<(FileOption, String)>,
}

/// An option of `dfa load`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileOption {
    Compression,
    Format,
    Delimiter,
    Quote,
    Null,
    ForceNull,
    Encoding,
    Header,
    ByPosition,
    Extra,
    OnError,
    Truncate,
}

impl FileOption {
    pub const WORDS: Words<FileOption> = &[
        ("compression", FileOption::Compression),
        ("format", FileOption::Format),
        ("delimiter", FileOption::Delimiter),
        ("quote", FileOption::Quote),
        ("null", FileOption::Null),
        ("force_null", FileOption::ForceNull),
        ("encoding", FileOption::Encoding),
        ("header", FileOption::Header),
        ("by_position", FileOption::ByPosition),
        ("extra", FileOption::Extra),
        ("on_error", FileOption::OnError),
        ("truncate", FileOption::Truncate),
    ];
}

/// At most so many steps that name this limit run at once in the background.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    pub name: String,
    pub most: u32,
}

/// How a table lies on the machines of a Citus cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distribution {
    /// By the values of a column, beside the rows of another table with the same values.
    By { place: Place, column: String, colocate_with: Option<String> },
    /// Whole on each.
    Reference,
}
