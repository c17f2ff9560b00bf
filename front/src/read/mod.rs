//! The one way in which rows come out of files and streams: `dfa load`, bodies of REST and the first rows of a catalog read
//! CSV and JSON here, by the same rules and with the same refusals.

#[cfg(test)]
mod any_input;
pub mod csv;
mod decode;
mod gzip;
pub mod json;
mod objects;
pub mod parquet;
mod source;

pub use crate::malformed::Malformed;
pub use decode::{encoding, Decode};
pub use gzip::Gzip;
pub use objects::Objects;
pub use source::{inputs, open, Compression, Content, Format, Input};

/// The longest line of CSV or object of JSON, in bytes: what is read of a stream at once.
pub const LONGEST: usize = 16 * 1024 * 1024;
